/** JSON paths and regular expressions. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { goJsonEncode } from '../../../lib/expression/go/json-encode.ts';
import { jsonpath } from '../../../lib/expression/go/jsonpath.ts';
import {
  compileRegexp,
  findAll,
  regexpMatches,
  replaceAll,
  splitText,
} from '../../../lib/expression/go/regexp.ts';
import { survives } from '../survives.ts';

const document = JSON.stringify({
  books: [
    { title: 'A', price: 8, tags: ['x'] },
    { title: 'B', price: 12 },
    { title: 'C', price: 9, sold: true },
  ],
  store: { name: 'S', length: 7 },
});

describe('jsonpath', () => {
  test.each([
    ['$.books[1].title', '"B"'],
    ['$.books[-1:].title', '["C"]'],
    ["$['books'][0,2]['title']", '["A","C"]'],
    ['$.books[?(@.price > 8 && @.price < 10)].title', '["C"]'],
    ['$.books[?(@.sold)].price', '[9]'],
    ['$..price', '[8,12,9]'],
    ['$.books[(@.length-1)].title', '"C"'],
    ['$.books.length', '3'],
    ['$.store.length', '7'],
    ['$.books[?(@.title =~ "^[AB]$")][1].price', '12'],
    ['$.store.*', '[7,"S"]'],
    ['$.books[::-2].title', '["C","A"]'],
  ])('%s', (path, json) => expect(goJsonEncode(jsonpath(document, path))).toBe(json));

  test.each(['', 'books', '$.gone', '$.books[9]', '$.store[0]', '$[', '$.books[x]', '$.books[?(1 % 0)]'])(
    'refuses %j',
    (path) => expect(() => jsonpath(document, path)).toThrow(),
  );

  test('gives up on paths that multiply', () => {
    const nested = `${'[['.repeat(12)}1${',2],[3]]'.repeat(12)}`;
    expect(() => jsonpath(nested, `$${'..*'.repeat(40)}`)).toThrow();
  });

  test('survives any path', () => {
    const piece = fc.constantFrom(
      ...'$@.*[]()?\'"=!<>&|+-/%0129,: x',
      '..',
      'title',
      'length',
      '@.price',
      ' in ',
    );
    const path = fc.array(piece, { maxLength: 25 }).map((pieces) => `$${pieces.join('')}`);
    fc.assert(
      fc.property(path, (text) => survives(() => jsonpath(document, text))),
      { numRuns: 500 },
    );
  });
});

describe('regexp', () => {
  test('leaves out an empty match right after another', () => {
    expect(findAll(compileRegexp('a*'), 'baac', -1)).toEqual(['', 'aa', '']);
    expect(splitText(compileRegexp('a*'), 'baac', -1)).toEqual(['b', 'c']);
    expect(findAll(compileRegexp('x'), 'abc', -1)).toBeNull();
  });

  test('expands names, numbers and dollars', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the braces belong to Go's template.
    expect(replaceAll(compileRegexp('(?P<x>a)(b)?'), 'ab-a', '[${x}|$2|$2x|$$]')).toBe('[a|b||$]-[a|||$]');
  });

  test.each(['(', '[', 'a**', '(?=a)', '\\1', 'x{1001}'])('refuses %s', (source) => {
    expect(() => compileRegexp(source)).toThrow(/^error parsing regexp/);
  });

  test('stays linear where others blow up', () => {
    expect(regexpMatches(compileRegexp('^(a+)+$'), `${'a'.repeat(5000)}b`)).toBe(false);
  });

  test('survives any source', () => {
    const source = fc.string({ unit: fc.constantFrom(...'ab()[]{}*+?|^$\\.,:0123<>P-'), maxLength: 20 });
    fc.assert(
      fc.property(source, fc.string(), (text, value) =>
        survives(() => regexpMatches(compileRegexp(text), value)),
      ),
    );
  });
});
