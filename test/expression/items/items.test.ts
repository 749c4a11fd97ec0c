/** Items of loops: texts, variables, names of nodes, sequences and their formats. */
import { describe, expect, test } from 'vitest';
import { exactJsonText, parseExactJson } from '../../../lib/expression/items/exact-json.ts';
import { formatInteger } from '../../../lib/expression/items/format-integer.ts';
import {
  itemKind,
  itemNodeSuffix,
  itemOf,
  itemScope,
  itemText,
  parseItems,
} from '../../../lib/expression/items/item.ts';
import { expandSequence } from '../../../lib/expression/items/sequence.ts';

function itemsOf(withParam: string) {
  const parsed = parseItems(withParam);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.items;
}

describe('exact JSON', () => {
  test.each([
    ['1.0', '1.0'],
    [' [ 1e3 , -0 ] ', '[1e3,-0]'],
    ['{"b": 1, "a": 2, "b": 3}', '{"b":1,"a":2,"b":3}'],
    ['"\\u00e9\\/"', '"\\u00e9\\/"'],
    ['"<&>"', '"\\u003c\\u0026\\u003e"'],
  ])('%s', (text, compact) => {
    const parsed = parseExactJson(text);
    expect(parsed.ok && exactJsonText(parsed.value)).toBe(compact);
  });

  test.each<[string, number]>([
    ['', 0],
    ['[1,]', 3],
    ['[1 2]', 3],
    ['{"a" 1}', 5],
    ['{a: 1}', 1],
    ['{"a": 1,}', 8],
    ['"a\nb"', 2],
    ['"\\x"', 2],
    ['01', 1],
    ['1.', 1],
    ['nul', 0],
    ['1 x', 2],
    ['['.repeat(2_000), 1_001],
  ])('%j is refused', (text, position) =>
    expect(parseExactJson(text)).toMatchObject({ ok: false, position }),
  );
});

describe('items', () => {
  test.each<[string, string, string]>([
    ['1.50', '1.50', '(0:1.50)'],
    ['false', 'false', '(0:false)'],
    ['"a\\tb"', 'a\tb', '(0:a\\tb)'],
    ['"f(x)"', 'f(x)', '(0:fx)'],
    ['null', 'null', '(0:[])'],
    ['[1.0, "x", [2]]', '[1.0,"x",[2]]', '(0:[1.0 x [2]])'],
    ['{"b": "y", "a": 1.0}', '{"a":1.0,"b":"y"}', '(0:a:1.0,b:y)'],
    ['{"a": 1, "a": 2}', '{"a":2}', '(0:a:2)'],
    ['1e999', '', '(0:1e999)'],
    ['[1e999]', '', '(0:[1e999])'],
  ])('%s', (json, value, suffix) => {
    const [item] = itemsOf(`[${json}]`);
    expect(itemScope(item!).get('item')).toBe(value);
    expect(itemNodeSuffix(0, item!)).toBe(suffix);
  });

  test('a map brings a variable for each key, strings with their escapes', () => {
    const [item] = itemsOf('[{"k": "a\\nb", "n": 1.0, "l": [1, 2], "h": "<b>"}]');
    expect(Object.fromEntries(itemScope(item!))).toMatchObject({
      'item.k': 'a\\nb',
      'item.n': '1.0',
      'item.l': '[1,2]',
      'item.h': '<b>',
    });
  });

  test('a list brings no variables but itself', () => {
    expect([...itemScope(itemsOf('[[1]]')[0]!).keys()]).toEqual(['item']);
  });

  test('values of YAML become items', () => {
    const item = itemOf({ a: [1, 1e21, null, true], 'b<': '"' });
    expect(itemKind(item)).toBe('map');
    expect(itemText(item)).toBe('{"a":[1,1e+21,null,true],"b<":"\\""}');
  });

  test('withParam is a list or null', () => {
    expect(itemsOf('null')).toEqual([]);
    expect(parseItems('{}')).toMatchObject({ ok: false, position: 0 });
    expect(parseItems('[1, oops]')).toMatchObject({ ok: false, position: 4 });
  });
});

describe('sequences', () => {
  function texts(sequence: Parameters<typeof expandSequence>[0]): string {
    const got = expandSequence(sequence);
    return got.ok ? got.items.map(itemText).join(' ') : got.error;
  }

  test.each([
    [{ count: 3 }, '0 1 2'],
    [{ count: '2', start: '8', format: 'n%03d' }, 'n008 n009'],
    [{ start: 2, end: -1 }, '2 1 0 -1'],
    [{ count: -1 }, '0 -1 -2'],
    [{ count: 0 }, ''],
    [{ count: 9, end: 1 }, '0 1'],
    [{ start: 4 }, 'neither end nor count was specified in withSequence'],
    [{ count: '1x' }, 'strconv.Atoi: parsing "1x": invalid syntax'],
    [{ count: 1, format: 'a"' }, "invalid character '%' after top-level value"],
  ])('%j', (sequence, expected) => expect(texts(sequence)).toBe(expected));

  test('a sequence beyond what can be held is refused', () => {
    expect(texts({ count: '9000000000000000000' })).toContain('the limit is 1000000');
    expect(texts({ count: 1000, format: '%0999999d' })).toContain('more text than can be held');
  });

  test('items of a sequence are strings, whatever they look like', () => {
    const got = expandSequence({ count: 1 });
    expect(got.ok && got.items.map(itemKind)).toEqual(['string']);
  });
});

describe('formats', () => {
  test.each<[string, bigint, string]>([
    ['%d', -7n, '-7'],
    ['%+d|', 7n, '+7|'],
    ['%6.3d|', 7n, '   007|'],
    ['%-4d|', 7n, '7   |'],
    ['%#X', 255n, '0XFF'],
    ['%#b', 5n, '0b101'],
    ['%O', 8n, '0o10'],
    ['%c%%', 65n, 'A%'],
    ['%q', 39n, "'\\''"],
    ['%#U', 0x2318n, "U+2318 '\u2318'"],
    ['%s', 1n, '%!s(int=1)'],
    ['%[1]d %[1]x', 10n, '10 a'],
    ['%[2]d', 1n, '%!d(BADINDEX)'],
    ['%d %d', 1n, '1 %!d(MISSING)'],
    ['%*d', 3n, '%!d(MISSING)'],
    ['x', 1n, 'x%!(EXTRA int=1)'],
    ['%', 1n, '%!(NOVERB)%!(EXTRA int=1)'],
    ['%.0d|', 0n, '|'],
    ['%T', 1n, 'int'],
  ])('%s', (format, value, text) => expect(formatInteger(format, value)).toBe(text));
});
