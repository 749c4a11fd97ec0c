/**
 * How the tasks of a dag name each other: existing, without circles, in one way, asking for results that
 * there are.
 */

import type { DagTask } from '../../../argo/invocation.ts';
import { didYouMean } from '../../../diagnostics/did-you-mean.ts';
import type { Span } from '../../../diagnostics/source.ts';
import { findWithin } from '../../../diagnostics/span.ts';
import { findBadResult } from '../../../expression/depends/rewrite.ts';
import { findCycle } from '../cycle.ts';
import type { Dependencies } from '../dag-order.ts';
import { type Checker, report } from '../frame.ts';
import { loopsOf } from './loops.ts';

/** Answers whether the tasks can be put in an order. */
export function checkDependencies(
  checker: Checker,
  tasks: readonly DagTask[],
  dependencies: Dependencies,
): boolean {
  const byName = new Map(tasks.map((task) => [task.name, task]));
  const usesDepends = tasks.some(({ depends }) => Boolean(depends));
  let isComplete = true;
  for (const task of tasks) {
    if (!checkKnown(checker, task, byName, dependencies)) isComplete = false;
    checkForm(checker, task, usesDepends);
    checkResults(checker, task, byName, dependencies);
  }
  if (!isComplete) return false;
  const needsOf = (name: string) => [...(dependencies.get(name)?.keys() ?? [])];
  const cycle = findCycle([...byName.keys()], needsOf);
  if (!cycle) return true;
  const first = byName.get(cycle[0]!)!;
  const message = `these tasks wait for each other: ${cycle.join(' → ')}`;
  report(checker, 'dag-cycle', placeOf(checker, first, cycle[1]!), message);
  return false;
}

/** Where a task names another one. */
function placeOf({ spans }: Checker, task: DagTask, other: string): Span {
  if (task.depends) return findWithin(spans.of(task, 'depends'), other);
  const index = task.dependencies?.indexOf(other) ?? -1;
  return index >= 0 ? spans.of(task.dependencies!, index) : spans.key(task, 'dependencies');
}

function checkKnown(
  checker: Checker,
  task: DagTask,
  byName: ReadonlyMap<string, DagTask>,
  dependencies: Dependencies,
): boolean {
  let isKnown = true;
  for (const other of dependencies.get(task.name)?.keys() ?? []) {
    if (byName.has(other)) continue;
    isKnown = false;
    const message = `task "${task.name}" depends on "${other}", which is no task of this dag`;
    const span = placeOf(checker, task, other);
    report(checker, 'unknown-dependency', span, message, didYouMean(other, byName.keys()));
  }
  return isKnown;
}

function checkForm(checker: Checker, task: DagTask, usesDepends: boolean): void {
  const { spans } = checker;
  const hasDependencies = (task.dependencies?.length ?? 0) > 0;
  if ((usesDepends || hasDependencies) && /^\d/.test(task.name ?? '')) {
    const message = `task "${task.name}" begins with a digit, which depends and dependencies cannot read`;
    report(checker, 'invalid-name', spans.of(task, 'name'), message);
  }
  if (!usesDepends) return;
  if (hasDependencies) {
    const message = `task "${task.name}" has dependencies in a dag that uses depends`;
    const hint = `write depends: "${task.dependencies!.join(' && ')}"`;
    report(checker, 'mixed-dependencies', spans.key(task, 'dependencies'), message, { hint });
  }
  if (task.continueOn) {
    const message = `task "${task.name}" has continueOn in a dag that uses depends`;
    const hint = `say it where the others wait for it: "${task.name}.Succeeded || ${task.name}.Failed"`;
    report(checker, 'mixed-dependencies', spans.key(task, 'continueOn'), message, { hint });
  }
}

function checkResults(
  checker: Checker,
  task: DagTask,
  byName: ReadonlyMap<string, DagTask>,
  dependencies: Dependencies,
): void {
  const bad = task.depends ? findBadResult(task.depends) : undefined;
  if (bad) {
    const span = findWithin(checker.spans.of(task, 'depends'), `.${bad.result}`);
    const words = [
      'Succeeded',
      'Failed',
      'Errored',
      'Skipped',
      'Omitted',
      'Daemoned',
      'AnySucceeded',
      'AllFailed',
    ];
    const { hint = `use one of ${words.join(', ')}` } = didYouMean(bad.result, words);
    report(checker, 'invalid-depends', span, `"${bad.result}" is no result of a task`, { hint });
  }
  for (const [other, kind] of dependencies.get(task.name) ?? []) {
    const needed = byName.get(other);
    if (kind !== 'items' || !needed || loopsOf(needed).length > 0) continue;
    const message = `AnySucceeded and AllFailed are asked of "${other}", which is no loop`;
    const hint = `use ${other}.Succeeded or ${other}.Failed`;
    report(checker, 'invalid-depends', placeOf(checker, task, other), message, { hint });
  }
}
