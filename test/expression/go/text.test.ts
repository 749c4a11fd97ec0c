/** Go strings, numbers and JSON as text. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { goFormat } from '../../../lib/expression/go/format.ts';
import { goJsonDecode } from '../../../lib/expression/go/json-decode.ts';
import { goJsonEncode } from '../../../lib/expression/go/json-encode.ts';
import { parseGoFloat, parseGoInt } from '../../../lib/expression/go/parse-number.ts';
import { goQuote } from '../../../lib/expression/go/quote.ts';
import { goBytes, goLength, goSlice, goString } from '../../../lib/expression/go/utf8.ts';

describe('Go strings', () => {
  test('keep bytes that are not UTF-8', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(Array.from(goBytes(goString(bytes)))).toEqual(Array.from(bytes));
      }),
    );
  });

  test('count and cut by bytes', () => {
    expect(goLength('é')).toBe(2);
    expect(goSlice('aé', 0, 2) + goSlice('aé', 2, 3)).not.toBe('aé');
    expect(goString(goBytes(goSlice('aé', 0, 2) + goSlice('aé', 2, 3)))).toBe('aé');
  });

  test.each([
    ['a"b\n', '"a\\"b\\n"'],
    ['\u0001é\u200b', '"\\x01é\\u200b"'],
    [goString(Uint8Array.of(0xff)), '"\\xff"'],
  ])('quote %j', (text, quoted) => expect(goQuote(text)).toBe(quoted));
});

describe('Go numbers', () => {
  test.each([
    ['010', 0 as const, 8n],
    ['08', 0 as const, undefined],
    ['0x_1F', 0 as const, 31n],
    ['1_000', 10 as const, undefined],
    ['+7', 10 as const, 7n],
    ['9223372036854775808', 10 as const, undefined],
    ['-9223372036854775808', 10 as const, -9223372036854775808n],
  ])('ParseInt(%s, %i)', (text, base, value) => expect(parseGoInt(text, base)).toBe(value));

  test.each([
    ['1_000.5', 1000.5],
    ['0x1p4', 16],
    ['-Inf', Number.NEGATIVE_INFINITY],
    ['1e400', undefined],
    ['', undefined],
    ['1__0', undefined],
  ])('ParseFloat(%s)', (text, value) => expect(parseGoFloat(text)).toBe(value));

  test.each([
    [1e6, '1e+06'],
    [123456, '123456'],
    [1e-5, '1e-05'],
    [-0, '-0'],
    [0.1, '0.1'],
    [Number.NaN, 'NaN'],
  ])('%%v of %d', (value, text) => expect(goFormat(value)).toBe(text));
});

describe('Go JSON', () => {
  test('sorts keys, escapes HTML and writes floats as encoding/json does', () => {
    const value = goJsonDecode('{"b": 1e21, "a": "<&>\\u2028", "c": 1e-7, "d": [1.0, null]}');
    const text = '{"a":"\\u003c\\u0026\\u003e\\u2028","b":1e+21,"c":1e-7,"d":[1,null]}';
    expect(goJsonEncode(value)).toBe(text);
  });

  test('reads back what it writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = goJsonEncode(goJsonDecode(JSON.stringify(value)));
        expect(goJsonEncode(goJsonDecode(text))).toBe(text);
      }),
    );
  });

  test.each(['', '{', '[1,]', '01', '1e999', '[1] 2'])('refuses %s', (text) => {
    expect(() => goJsonDecode(text)).toThrow();
  });
});
