/** Finds a circle in a graph of names. */

/**
 * The names of one circle, the first one repeated at the end; undefined when there is none.
 * It walks with a list of its own and not by recursion, since a chain of tasks may be long.
 */
export function findCycle(
  names: readonly string[],
  nextOf: (name: string) => readonly string[],
): readonly string[] | undefined {
  const done = new Set<string>();
  for (const start of names) {
    if (done.has(start)) continue;
    const path: { readonly name: string; readonly next: readonly string[]; at: number }[] = [];
    const onPath = new Set<string>();
    const enter = (name: string) => {
      path.push({ name, next: nextOf(name), at: 0 });
      onPath.add(name);
    };
    enter(start);
    while (path.length > 0) {
      const top = path.at(-1)!;
      const next = top.next[top.at++];
      if (next === undefined) {
        path.pop();
        onPath.delete(top.name);
        done.add(top.name);
      } else if (onPath.has(next)) {
        const circle = path.slice(path.findIndex(({ name }) => name === next)).map(({ name }) => name);
        return [...circle, next];
      } else if (!done.has(next)) enter(next);
    }
  }
  return undefined;
}
