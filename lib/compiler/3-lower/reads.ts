/** Which outcomes a task's evaluation needs, so that payloads hold no more than what can be read. */
import type { DagTask } from '../../argo/invocation.ts';

/** Its dependencies for `depends`, and of its other ancestors those whose name its text mentions. */
export function readsOfTask(
  task: DagTask | undefined,
  dependencies: readonly string[],
  ancestors: (task: string) => readonly string[],
): readonly string[] {
  if (task === undefined) return dependencies;
  const inline = task.inline === undefined ? '' : JSON.stringify(task.inline);
  const text =
    JSON.stringify({ ...task, inline: undefined, depends: undefined, dependencies: undefined }) + inline;
  const names = text.includes('tasks') ? ancestors(task.name).filter((name) => text.includes(name)) : [];
  return [...new Set([...dependencies, ...names])];
}
