/** `depends` as a Test over the phases of the tasks that it names, which the machine or the compiler decides. */
import type { DagTask } from '../../argo/invocation.ts';
import { type DependsAst, plainResults, refsOf, type TaskResult } from '../../expression/depends/ast.ts';
import { parseDepends } from '../../expression/depends/parse.ts';
import type { NodePhase } from '../../protocol/outcome.ts';
import { all, any, not, phaseIn } from './condition.ts';
import type { Test } from './value.ts';

/** Argo's message of a task whose dependencies do not let it run (dag.go executeDAGTask). */
export const OMITTED = 'omitted: depends condition not met';

type Lookup = (name: string) => DagTask | undefined;
type HeldIn = (name: string) => string | undefined;

/**
 * The condition under which the task runs; undefined where it says nothing, `null` where it says more than phases can
 * tell and the handler must be asked. `held` gives the variable of a task's outcome.
 */
export function dependsTest(task: DagTask, lookup: Lookup, held: HeldIn): Test | null | undefined {
  const text = task.depends ?? (task.dependencies ?? []).join(' && ');
  if (text === '') return undefined;
  const parsed = parseDepends(text);
  if (!parsed.ok) return null;
  const isKnown = refsOf(parsed.ast).every(
    (ref) => lookup(ref.task) !== undefined && held(ref.task) !== undefined,
  );
  return isKnown ? testOf(parsed.ast, lookup, held) : null;
}

function testOf(ast: DependsAst, lookup: Lookup, held: HeldIn): Test | null {
  switch (ast.kind) {
    case 'ref': {
      const results = ast.result === undefined ? plainResults(lookup(ast.task)?.continueOn) : [ast.result];
      return any(resultTests(held(ast.task) ?? '', results));
    }
    case 'not': {
      const operand = testOf(ast.operand, lookup, held);
      return operand && not(operand);
    }
    case 'and':
    case 'or':
      return joined(ast.kind, ast, lookup, held);
    default:
      return null;
  }
}

/** `a && b && c` is one question about three tasks, however it was put in brackets. */
function joined(kind: 'and' | 'or', ast: DependsAst, lookup: Lookup, held: HeldIn): Test | null {
  const parts: Test[] = [];
  const open: DependsAst[] = [ast];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.kind === kind) {
      open.push(next.right, next.left);
      continue;
    }
    const test = testOf(next, lookup, held);
    if (test === null) return null;
    parts.push(test);
  }
  return kind === 'and' ? all(parts) : any(parts);
}

/** A daemon's phase is Running once it is ready (lib/protocol/outcome.ts). */
const PHASE_OF: Readonly<Partial<Record<TaskResult, NodePhase>>> = {
  Succeeded: 'Succeeded',
  Failed: 'Failed',
  Errored: 'Error',
  Skipped: 'Skipped',
  Omitted: 'Omitted',
  Daemoned: 'Running',
};

/** Status words, as dag.go evaluateDependsLogic means them. */
function resultTests(outcome: string, results: readonly TaskResult[]): readonly Test[] {
  const phases = results.flatMap((result) => PHASE_OF[result] ?? []);
  const own: readonly Test[] = phases.length === 0 ? [] : [phaseIn(outcome, phases)];
  return [...own, ...results.flatMap((result) => itemsTest(outcome, result))];
}

function itemsTest(outcome: string, result: TaskResult): readonly Test[] {
  const phases = `$${outcome}.phases`;
  if (result === 'AnySucceeded') return [{ kind: 'text', text: `"Succeeded" in ${phases}` }];
  return result === 'AllFailed' ? [{ kind: 'text', text: `$string(${phases}) = '["Failed"]'` }] : [];
}
