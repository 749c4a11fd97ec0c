/** No text makes `when` throw, and parsing agrees with evaluating. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluateCronWhen, evaluateWhen, parseWhen } from '../../../lib/expression/when/when.ts';

const piece = fc.constantFrom(
  ...['a', 'b c', 'true', 'false', '1', '2.5', '0x1f', "'x'", "'2020-01-02'", '(', ')', '[', ']', 'in', ','],
  ...[
    '==',
    '!=',
    '<',
    '>=',
    '=~',
    '!~',
    '&&',
    '||',
    '!',
    '~',
    '-',
    '+',
    '**',
    '%',
    '<<',
    '?',
    ':',
    '??',
    '.',
    '\\',
  ],
);
const expression = fc.oneof(
  fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join(' ')),
  fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

test('every text has an answer or an error with a place in it', () => {
  fc.assert(
    fc.property(expression, (text) => {
      for (const result of [evaluateWhen(text), evaluateCronWhen(text)]) {
        if (result.ok) expect(typeof result.value).toBe('boolean');
        else expect(result.position).toSatisfy((at: number) => at >= 0 && at <= text.length);
      }
      if (evaluateWhen(text).ok && text !== '') expect(parseWhen(text).ok).toBe(true);
    }),
    { numRuns: 3_000 },
  );
});

test('a quoted word equals itself and nothing else', () => {
  const word = fc.stringMatching(/^[a-z ]{1,12}$/);
  fc.assert(
    fc.property(word, word, (left, right) => {
      expect(evaluateWhen(`'${left}' == "${right}"`)).toEqual({ ok: true, value: left === right });
    }),
  );
});
