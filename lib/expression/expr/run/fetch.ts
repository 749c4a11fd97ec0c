/** Reading parts of values at run time: fields, elements, slices, `in`. */

import { goFormat, goTypeOf } from '../../go/format.ts';
import { goBytes, goLength, goSlice } from '../../go/utf8.ts';
import { GoError } from '../../go-error.ts';
import type { GoIntType, GoMap, GoValue } from '../../values.ts';
import { elementOf, keyOf, kindOf } from '../go-types.ts';
import { methodOf } from '../methods.ts';
import { equal, isList, isMap, isTagged, toInt } from './operators.ts';

/** The zero value of a type. */
export function zeroOf(type: string): GoValue {
  switch (kindOf(type)) {
    case 'string':
      return '';
    case 'bool':
      return false;
    case 'int':
      return 0n;
    case 'float64':
      return 0;
    case 'slice':
      return { kind: 'list', type, items: null };
    case 'map':
      return { kind: 'map', type, entries: null };
    case 'interface':
      return null;
    default:
      return /^u?int\d*$/.test(type) ? { kind: 'int', type: type as GoIntType, value: 0n } : null;
  }
}

/** Under which text a map holds the key; fails for keys of another type, as reflection does. */
export function keyText(map: GoMap, key: GoValue): string {
  const type = keyOf(map.type);
  if (key === null) return type === 'string' ? '' : '<nil>';
  if (type === 'string') {
    if (typeof key === 'string') return key;
    throw new GoError(
      `reflect.Value.MapIndex: value of type ${goTypeOf(key)} is not assignable to type string`,
    );
  }
  if (type !== 'interface {}' && type !== goTypeOf(key)) {
    throw new GoError(
      `reflect.Value.MapIndex: value of type ${goTypeOf(key)} is not assignable to type ${type}`,
    );
  }
  return textOfKey(map, key);
}

/** In a map of keys of any type, `1` and `"1"` have the same text: the later one gets its type added. */
export function textOfKey(map: GoMap, key: GoValue): string {
  if (isList(key) || isMap(key)) throw new GoError(`runtime error: hash of unhashable type ${goTypeOf(key)}`);
  const [text, type] = [goFormat(key), goTypeOf(key)];
  const long = `${text}\0${type}`;
  if (map.entries?.has(long)) return long;
  const held = map.keys?.get(text);
  const taken = map.entries?.has(text) && (held === undefined ? 'string' : goTypeOf(held)) !== type;
  return taken ? long : text;
}

/** The entry, undefined where there is none. */
export function entryOf(map: GoMap, key: GoValue): GoValue | undefined {
  return map.entries?.get(keyText(map, key));
}

/** `from[key]` or `from.key`. */
export function fetchValue(from: GoValue, key: GoValue): GoValue {
  const method = typeof key === 'string' ? methodOf(from, key) : undefined;
  if (method) return method;
  if (typeof from === 'string' || isList(from)) {
    const found = elementAt(from, key);
    if (found.value !== undefined) return found.value;
    throw new GoError(`index out of range: ${found.index} (array length is ${found.length})`);
  }
  const field = isTagged(from) && from.kind === 'map' ? fieldOf(from, key) : undefined;
  if (field !== undefined) return field;
  throw new GoError(`cannot fetch ${goFormat(key)} from ${goTypeOf(from)}`);
}

/** The entry of a map, the type's zero where it has none; the field of a struct. */
function fieldOf(from: GoMap, key: GoValue): GoValue | undefined {
  const struct = !from.type.startsWith('map[');
  if (struct) return typeof key === 'string' ? from.entries?.get(key) : undefined;
  const entry = entryOf(from, key);
  return entry === undefined ? zeroOf(elementOf(from.type)) : entry;
}

interface Element {
  readonly value: GoValue | undefined;
  readonly index: bigint;
  readonly length: number;
}

/** The element of a list or byte of a string, from the end for negative indexes. */
export function elementAt(from: GoValue, key: GoValue): Element {
  const index = toInt(key);
  const length = lengthOf(from);
  const wanted = index < 0n ? BigInt(length) + index : index;
  if (wanted < 0n || wanted >= BigInt(length)) return { value: undefined, index: wanted, length };
  const at = Number(wanted);
  const value: GoValue =
    typeof from === 'string'
      ? { kind: 'int', type: 'uint8', value: BigInt(goBytes(from)[at] ?? 0) }
      : ((isList(from) ? from.items?.[at] : null) ?? null);
  return { value, index: wanted, length };
}

/** Go's `len`: bytes of a string. */
export function lengthOf(value: GoValue): number {
  if (typeof value === 'string') return goLength(value);
  if (isList(value)) return value.items?.length ?? 0;
  if (isMap(value)) return value.entries?.size ?? 0;
  throw new GoError(`invalid argument for len (type ${goTypeOf(value)})`);
}

/** `value[from:to]`, with bounds that are cut to fit. */
export function sliceValue(value: GoValue, from: GoValue, to: GoValue): GoValue {
  if (typeof value !== 'string' && !isList(value)) throw new GoError(`cannot slice ${goFormat(from)}`);
  const length = lengthOf(value);
  const end = clampIndex(toInt(to), length);
  const start = Math.min(clampIndex(toInt(from), length), end);
  if (typeof value === 'string') return goSlice(value, start, end);
  return value.items === null ? value : { ...value, items: value.items.slice(start, end) };
}

function clampIndex(index: bigint, length: number): number {
  const counted = index < 0n ? BigInt(length) + index : index;
  if (counted < 0n) return 0;
  return counted > BigInt(length) ? length : Number(counted);
}

/** `needle in value`. */
export function contains(needle: GoValue, value: GoValue): boolean {
  if (value === null) return false;
  if (isList(value)) return (value.items ?? []).some((item) => equal(item, needle));
  if (isMap(value)) return entryOf(value, needle) !== undefined;
  // A time is a struct without a field that can be seen.
  if (typeof needle === 'string' && isTagged(value) && value.kind === 'time') return false;
  throw new GoError(`operator "in" not defined on ${goTypeOf(value)}`);
}
