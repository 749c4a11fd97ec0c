/** Sorts as expr-lang does, by `<`; equal elements keep their order, which Go leaves open. */
import type { GoValue } from '../../values.ts';
import { isLess } from './operators.ts';

/** The items in the order of their keys. Throws GoError for keys that have no order. */
export function sortValues(
  items: readonly GoValue[],
  keys: readonly GoValue[],
  descending: boolean,
): GoValue[] {
  const places = items.map((_, at) => at);
  const before = (a: number, b: number): boolean => isLess(keys[a] ?? null, keys[b] ?? null);
  places.sort((a, b) => {
    const [first, second] = descending ? [b, a] : [a, b];
    if (before(first, second)) return -1;
    return before(second, first) ? 1 : 0;
  });
  return places.map((at) => items[at] ?? null);
}
