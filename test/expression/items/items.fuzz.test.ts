/** The exact JSON parser accepts what JSON.parse accepts, and no format makes a sequence throw. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exactJsonText, parseExactJson } from '../../../lib/expression/items/exact-json.ts';
import { formatInteger } from '../../../lib/expression/items/format-integer.ts';
import { itemNodeSuffix, itemScope, parseItems } from '../../../lib/expression/items/item.ts';
import { expandSequence } from '../../../lib/expression/items/sequence.ts';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test('JSON keeps its value, and every item has a name and a scope', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), (json) => {
      const parsed = parseExactJson(json);
      expect(parsed.ok && JSON.parse(exactJsonText(parsed.value))).toEqual(JSON.parse(json));
      const items = parseItems(`[${json}]`);
      if (!items.ok) throw new Error(items.error);
      for (const item of items.items) {
        expect(itemNodeSuffix(3, item)).toMatch(/^\(3:[^()]*\)$/);
        expect(itemScope(item).has('item')).toBe(true);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('broken JSON is refused where JSON.parse refuses it', () => {
  const piece = fc.constantFrom(
    '[',
    ']',
    '{',
    '}',
    ',',
    ':',
    '"',
    '\\',
    '1',
    '-',
    '.',
    'e',
    '0',
    'true',
    'null',
    ' ',
    'a',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('');
      expect(parseExactJson(text).ok).toBe(isJson(text));
    }),
    { numRuns: 5_000 },
  );
});

test('every format gives a text or an error', () => {
  const piece = fc.constantFrom(
    '%',
    '#',
    '0',
    '+',
    '-',
    ' ',
    '.',
    '*',
    '[1]',
    '[2]',
    '[',
    '5',
    '99',
    'd',
    'x',
    'q',
    'c',
    'U',
    's',
    '"',
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 10 }),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      (pieces, value) => {
        const format = pieces.join('');
        expect(typeof formatInteger(format, value)).toBe('string');
        expect(typeof expandSequence({ start: 60, count: 3, format }).ok).toBe('boolean');
      },
    ),
    { numRuns: 3_000 },
  );
});
