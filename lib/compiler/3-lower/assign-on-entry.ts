/** Assigns variables where a run of steps begins, without a state of its own where the first step can do it. */
import type { Assignments, PassStep, Step, Way } from './plan.ts';

/** `fallback` is put before a first step whose assignments would come too late (at its end) or cannot be had. */
export function assignOnEntry(
  steps: readonly Step[],
  assign: Assignments,
  fallback: Omit<PassStep, 'assign'>,
): readonly Step[] {
  if (Object.keys(assign).length === 0) return steps;
  const [first, ...rest] = steps;
  if (first?.kind === 'choice') {
    const add = <W extends Way>(way: W): W => ({ ...way, assign: { ...assign, ...way.assign } });
    return [{ ...first, rules: first.rules.map(add), otherwise: add(first.otherwise) }, ...rest];
  }
  if (first?.kind === 'pass') return [{ ...first, assign: { ...assign, ...first.assign } }, ...rest];
  if (first?.kind === 'task') {
    const caught = first.catch?.map((clause) => ({ ...clause, assign: { ...assign, ...clause.assign } }));
    const next = { ...first, assign: { ...assign, ...first.assign } };
    return [caught === undefined ? next : { ...next, catch: caught }, ...rest];
  }
  return [{ ...fallback, assign }, ...steps];
}
