/** No text makes `depends` throw, and the tree as written decides as the rewritten logic does. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type DependsNode,
  evaluateDepends,
  evaluateDependsAst,
} from '../../../lib/expression/depends/evaluate.ts';
import { parseDepends } from '../../../lib/expression/depends/parse.ts';
import { rewriteDepends } from '../../../lib/expression/depends/rewrite.ts';

const piece = fc.constantFrom(
  ...['a', 'b', 'c-d', 'a.Failed', 'b.Succeeded', 'c-d.AllFailed', 'and', '&&', '||', '!', '(', ')', '=='],
  ...['!=', '?', ':', '??', ';', '.', "'", '"', '`', '/*', '//', '-', '\\'],
);
const text = fc.oneof(
  fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join(' ')),
  fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const phase = fc.constantFrom('Succeeded', 'Failed', 'Error', 'Skipped', 'Omitted', 'Running', 'Pending');

test('every text has a decision or an error with a place', () => {
  fc.assert(
    fc.property(text, phase, phase, (depends, first, second) => {
      const nodeOf = (task: string): DependsNode => ({ phase: task === 'a' ? first : second }) as DependsNode;
      const parsed = parseDepends(depends);
      if (!parsed.ok) expect(parsed.position).toSatisfy((at: number) => at >= 0 && at <= depends.length);
      const rewritten = rewriteDepends({ depends }, () => ({}));
      if (!rewritten.ok || depends === '') return;
      const decided = evaluateDepends(rewritten.logic, nodeOf);
      if (!parsed.ok || depends.includes('/')) return;
      // Words in quotes are named, too, so that only the logic waits for them.
      const same = evaluateDependsAst(parsed.ast, nodeOf);
      if (!/['"`]/.test(depends)) expect(same).toEqual(decided);
    }),
    { numRuns: 3_000 },
  );
});
