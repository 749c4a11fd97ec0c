/** Values by key, in the order in which they came. */
export function groupBy<T, V>(
  list: readonly T[],
  keyOf: (one: T) => string,
  pick: (one: T) => V,
): ReadonlyMap<string, V[]> {
  const groups = new Map<string, V[]>();
  for (const one of list) {
    const group = groups.get(keyOf(one));
    if (group === undefined) groups.set(keyOf(one), [pick(one)]);
    else group.push(pick(one));
  }
  return groups;
}
