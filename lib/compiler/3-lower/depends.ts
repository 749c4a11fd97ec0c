/** `depends` as a Choice: JSONata over the outcomes of the tasks that it names. */
import type { DagTask } from '../../argo/invocation.ts';
import { type DependsAst, plainResults, refsOf, type TaskResult } from '../../expression/depends/ast.ts';
import { parseDepends } from '../../expression/depends/parse.ts';
import { textOf } from './value.ts';

/** Argo's message of a task whose dependencies do not let it run (dag.go executeDAGTask). */
export const OMITTED = 'omitted: depends condition not met';

/**
 * The condition under which the task runs; undefined where it says nothing, `null` where it says more than phases can
 * tell and the handler must be asked. `held` gives the variable of a task's outcome.
 */
export function dependsCondition(
  task: DagTask,
  lookup: (name: string) => DagTask | undefined,
  held: (name: string) => string | undefined,
): string | null | undefined {
  const text = task.depends ?? (task.dependencies ?? []).join(' && ');
  if (text === '') return undefined;
  const parsed = parseDepends(text);
  if (!parsed.ok) return null;
  const conjunction = conjunctionOf(parsed.ast, lookup, held);
  if (conjunction !== undefined) return conjunction;
  const known = refsOf(parsed.ast).every(
    (ref) => lookup(ref.task) !== undefined && held(ref.task) !== undefined,
  );
  return known ? print(parsed.ast, lookup, held) : null;
}

/** A plain list of tasks that must all have gone well: one filter, however many there are. */
function conjunctionOf(
  ast: DependsAst,
  lookup: (name: string) => DagTask | undefined,
  held: (name: string) => string | undefined,
): string | undefined {
  const names: string[] = [];
  const open = [ast];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.kind === 'and') open.push(next.right, next.left);
    else if (next.kind === 'ref' && next.result === undefined) names.push(next.task);
    else return undefined;
  }
  const isPlain = (name: string) => {
    const task = lookup(name);
    return task !== undefined && held(name) !== undefined && plainResults(task.continueOn).length === 3;
  };
  if (names.length < 2 || !names.every(isPlain)) return undefined;
  const outcomes = [...new Set(names)].map((name) => `$${held(name)}`).join(', ');
  return `$count([${outcomes}][$not(phase in ["Succeeded", "Skipped"] or $exists(daemoned))]) = 0`;
}

function print(
  ast: DependsAst,
  lookup: (name: string) => DagTask | undefined,
  held: (name: string) => string | undefined,
): string | null {
  switch (ast.kind) {
    case 'ref': {
      const results = ast.result === undefined ? plainResults(lookup(ast.task)?.continueOn) : [ast.result];
      const outcome = `$${held(ast.task)}`;
      return `(${results.map((result) => resultText(outcome, result)).join(' or ')})`;
    }
    case 'not': {
      const operand = print(ast.operand, lookup, held);
      return operand === null ? null : `$not(${operand})`;
    }
    case 'and':
    case 'or': {
      const left = print(ast.left, lookup, held);
      const right = print(ast.right, lookup, held);
      return left === null || right === null ? null : `(${left} ${ast.kind} ${right})`;
    }
    default:
      return null;
  }
}

const PHASE_OF: Readonly<Partial<Record<TaskResult, string>>> = { Errored: 'Error' };

/** One status word, as dag.go evaluateDependsLogic means it. */
function resultText(outcome: string, result: TaskResult): string {
  switch (result) {
    case 'Daemoned':
      return `$exists(${outcome}.daemoned)`;
    case 'AnySucceeded':
      return `$count(${outcome}.items[phase = "Succeeded"]) > 0`;
    case 'AllFailed':
      return `($count(${outcome}.items) > 0 and $count(${outcome}.items[phase != "Failed"]) = 0)`;
    default:
      return `${outcome}.phase = ${textOf(PHASE_OF[result] ?? result)}`;
  }
}
