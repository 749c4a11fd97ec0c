/** Go's `reflect.DeepEqual` and sprig's notion of an empty value. */
import { goTypeOf, isStruct, itemsOf } from '../go/format.ts';
import type { GoValue } from '../values.ts';

/** Equal in type and in everything inside; a nil list is not an empty one. */
export function deepEqual(a: GoValue, b: GoValue): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return a === b;
  if (goTypeOf(a) !== goTypeOf(b)) return false;
  if (a.kind === 'int' && b.kind === 'int') return a.value === b.value;
  if (a.kind === 'duration' && b.kind === 'duration') return a.nanos === b.nanos;
  if (a.kind === 'time' && b.kind === 'time') return a.nanos === b.nanos && a.zone === b.zone;
  if (a.kind === 'list' && b.kind === 'list') {
    const [left, right] = [itemsOf(a), itemsOf(b)];
    const isSame = (a.items === null) === (b.items === null) && left.length === right.length;
    return isSame && left.every((item, at) => deepEqual(item, right[at] ?? null));
  }
  if (a.kind === 'map' && b.kind === 'map') {
    const [left, right] = [a.entries ?? new Map<string, GoValue>(), b.entries ?? new Map<string, GoValue>()];
    const isSame = (a.entries === null) === (b.entries === null) && left.size === right.size;
    return (
      isSame && [...left].every(([key, item]) => right.has(key) && deepEqual(item, right.get(key) ?? null))
    );
  }
  return false;
}

/** nil, zero, false, and what has no elements. */
export function isEmpty(value: GoValue): boolean {
  if (value === null || value === '' || value === false || value === 0n || value === 0) return true;
  if (typeof value !== 'object') return false;
  switch (value.kind) {
    case 'int':
      return value.value === 0n;
    case 'duration':
      return value.nanos === 0n;
    case 'list':
      return itemsOf(value).length === 0;
    case 'map':
      return !isStruct(value) && (value.entries?.size ?? 0) === 0;
    default:
      return false;
  }
}
