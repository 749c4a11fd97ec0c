/** Which task waits for which, in what order Argo looks at them, and who is an ancestor of whom. */

import type { DagTask } from '../../argo/invocation.ts';
import { type DependencyKind, rewriteDepends } from '../../expression/depends/rewrite.ts';

export type Dependencies = ReadonlyMap<string, ReadonlyMap<string, DependencyKind>>;

/** What each task names in `depends` or `dependencies`, whether it exists or not. */
export function dependenciesOf(tasks: readonly DagTask[]): Dependencies {
  const byName = new Map(tasks.map((task) => [task.name, task]));
  const found = new Map<string, ReadonlyMap<string, DependencyKind>>();
  for (const task of tasks) {
    const { depends, dependencies } = task;
    const rewritten = rewriteDepends({ depends, dependencies }, (name) => byName.get(name) ?? {});
    found.set(task.name, rewritten.ok ? rewritten.dependencies : new Map());
  }
  return found;
}

/** The tasks in the order of Argo's topological sort; fewer than given when some wait for each other. */
export function sortTasks(tasks: readonly DagTask[], dependencies: Dependencies): readonly DagTask[] {
  const waiting = new Map<string, number>();
  const followers = new Map<string, DagTask[]>();
  for (const task of tasks) {
    const needs = dependencies.get(task.name) ?? new Map();
    waiting.set(task.name, needs.size);
    for (const need of needs.keys()) {
      const known = followers.get(need);
      if (known) known.push(task);
      else followers.set(need, [task]);
    }
  }
  const sorted = tasks.filter(({ name }) => waiting.get(name) === 0);
  for (let at = 0; at < sorted.length; at++) {
    for (const follower of followers.get(sorted[at]!.name) ?? []) {
      const left = (waiting.get(follower.name) ?? 0) - 1;
      waiting.set(follower.name, left);
      if (left === 0) sorted.push(follower);
    }
  }
  return sorted;
}

/** Answers whether one task waits for another, directly or not. */
export type Ancestry = (task: string, ancestor: string) => boolean;

/** Above this the table of pairs would take more than 100 MB, and each question is answered by a search. */
const largestTable = 30_000;

/**
 * One bit for each pair of tasks, filled the first time that a direct dependency does not settle the
 * question,
 * in one pass over the sorted tasks.
 */
export function ancestryOf(sorted: readonly DagTask[], dependencies: Dependencies): Ancestry {
  const positions = new Map(sorted.map(({ name }, index) => [name, index]));
  const words = (sorted.length + 31) >> 5;
  let bits: Uint32Array | undefined;
  const fill = (): Uint32Array => {
    const rows = new Uint32Array(words * sorted.length);
    sorted.forEach(({ name }, row) => {
      for (const need of dependencies.get(name)?.keys() ?? []) {
        const other = positions.get(need);
        if (other === undefined) continue;
        for (let word = 0; word < words; word++) rows[row * words + word]! |= rows[other * words + word]!;
        rows[row * words + (other >> 5)]! |= 1 << (other & 31);
      }
    });
    return rows;
  };
  return (task, ancestor) => {
    if (dependencies.get(task)?.has(ancestor)) return true;
    const row = positions.get(task);
    const column = positions.get(ancestor);
    if (row === undefined || column === undefined || column >= row) return false;
    if (sorted.length > largestTable) return isReachable(task, ancestor, positions, dependencies);
    bits ??= fill();
    return (bits[row * words + (column >> 5)]! & (1 << (column & 31))) !== 0;
  };
}

/** Follows dependencies from the task, but not past the ancestor in the order. */
function isReachable(
  task: string,
  ancestor: string,
  positions: ReadonlyMap<string, number>,
  dependencies: Dependencies,
): boolean {
  const least = positions.get(ancestor) ?? 0;
  const seen = new Set<string>();
  const open = [task];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const need of dependencies.get(name)?.keys() ?? []) {
      if (need === ancestor) return true;
      if (seen.has(need) || (positions.get(need) ?? -1) <= least) continue;
      seen.add(need);
      open.push(need);
    }
  }
  return false;
}
