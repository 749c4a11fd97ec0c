/** expr-lang's functions on lists and maps. */

import { goFormat, goTypeOf, sortedKeys } from '../../go/format.ts';
import { GoError } from '../../go-error.ts';
import type { GoList, GoMap, GoValue } from '../../values.ts';
import { ANY_LIST, kindOf } from '../go-types.ts';
import { methodOf } from '../methods.ts';
import type { Budget, Builtin } from './builtins.ts';
import { elementAt, entryOf, fetchValue, textOfKey } from './fetch.ts';
import { equal, integerOf, isList, isMap } from './operators.ts';
import { sortValues } from './sort.ts';

const MAX_DEPTH = 1_000;

export function listOfAny(items: readonly GoValue[]): GoList {
  return { kind: 'list', type: ANY_LIST, items };
}

function kindName(value: GoValue): string {
  return value === null ? 'invalid' : kindOf(goTypeOf(value));
}

function itemsOf(value: GoValue, what: string): readonly GoValue[] {
  if (isList(value)) return value.items ?? [];
  throw new GoError(`cannot ${what} ${kindName(value)}`);
}

function mapOf(value: GoValue, what: string): GoMap {
  if (isMap(value)) return value;
  throw new GoError(`cannot ${what.replace('%', kindName(value))}`);
}

/** Go's order is random; here it is that of the keys. */
function keysOf(map: GoMap): readonly GoValue[] {
  return sortedKeys(map).map((text) => map.keys?.get(text) ?? text);
}

function valuesOf(map: GoMap): readonly GoValue[] {
  return sortedKeys(map).map((text) => map.entries?.get(text) ?? null);
}

function toPairs([value = null]: readonly GoValue[]): GoValue {
  const map = mapOf(value, 'transform % to pairs');
  const values = valuesOf(map);
  const pairs = keysOf(map).map((key, at): GoValue => {
    return { kind: 'list', type: '[2]interface {}', items: [key, values[at] ?? null] };
  });
  return { kind: 'list', type: '[][2]interface {}', items: pairs };
}

function fromPairs([value = null]: readonly GoValue[]): GoValue {
  const entries = new Map<string, GoValue>();
  const keys = new Map<string, GoValue>();
  const map: GoMap = { kind: 'map', type: 'map[interface {}]interface {}', entries, keys };
  for (const pair of itemsOf(value, 'transform from pairs')) {
    if (!isList(pair)) throw new GoError(`invalid pair ${goFormat(pair)}`);
    const [key, item, ...more] = pair.items ?? [];
    if (key === undefined || item === undefined || more.length > 0) {
      throw new GoError(`invalid pair length ${goFormat(pair)}`);
    }
    putEntry(map, entries, keys, key, item);
  }
  return map;
}

/** Puts an entry under a key of any type. */
export function putEntry(
  map: GoMap,
  entries: Map<string, GoValue>,
  keys: Map<string, GoValue>,
  key: GoValue,
  item: GoValue,
): void {
  const text = textOfKey(map, key);
  entries.set(text, item);
  if (typeof key !== 'string' || text !== key) keys.set(text, key);
}

/** `get`: nil where there is nothing, no error. */
function get([from = null, key = null]: readonly GoValue[]): GoValue {
  const method = typeof key === 'string' ? methodOf(from, key) : undefined;
  if (method) return method;
  if (typeof from === 'string' || isList(from)) return elementAt(from, key).value ?? null;
  return isMap(from) ? (entryOf(from, key) ?? null) : null;
}

/** The first or last element, nil where there is none or the value has none. */
function end(at: bigint): Builtin {
  return ([value = null]) => {
    try {
      return fetchValue(value, at);
    } catch (error) {
      if (error instanceof GoError) return null;
      throw error;
    }
  };
}

function take([value = null, count = null]: readonly GoValue[]): GoValue {
  const items = itemsOf(value, 'take from');
  const wanted = integerOf(count);
  if (wanted === undefined) throw new GoError(`cannot take ${kindName(count)} elements`);
  if (wanted < 0n) throw new GoError('reflect.Value.Slice: slice index out of bounds');
  const size = wanted > BigInt(items.length) ? items.length : Number(wanted);
  return isList(value) && value.items !== null ? { ...value, items: items.slice(0, size) } : value;
}

function uniq([value = null]: readonly GoValue[], { step }: Budget): GoValue {
  const kept: GoValue[] = [];
  const simple = new Set<string | number | bigint>();
  for (const item of itemsOf(value, 'uniq')) {
    const key = simpleKey(item);
    if (key === undefined) step(kept.length);
    if (key === undefined ? kept.some((each) => equal(item, each)) : simple.has(key)) continue;
    if (key !== undefined) simple.add(key);
    kept.push(item);
  }
  return listOfAny(kept);
}

/** Strings and numbers are compared by a set; 1 and 1.0 are one. */
function simpleKey(item: GoValue): string | number | bigint | undefined {
  if (typeof item === 'string') return `s${item}`;
  if (typeof item === 'number') return Number.isNaN(item) ? undefined : item;
  const integer = integerOf(item);
  if (integer === undefined) return undefined;
  return BigInt.asIntN(53, integer) === integer ? Number(integer) : integer;
}

function flattened(items: readonly GoValue[], grow: (size: number) => void, depth = 0): readonly GoValue[] {
  if (depth > MAX_DEPTH) throw new GoError('recursion depth exceeded');
  grow(items.length);
  return items.flatMap((item) => (isList(item) ? flattened(item.items ?? [], grow, depth + 1) : [item]));
}

const concat: Builtin = (args, { grow }) => {
  const items: GoValue[] = [];
  for (const arg of args) {
    const more = itemsOf(arg, 'concat');
    grow(more.length);
    for (const item of more) items.push(item);
  }
  return items.length === 0 ? { kind: 'list', type: ANY_LIST, items: null } : listOfAny(items);
};

const sort: Builtin = (args, { grow }) => {
  const [list = null, order = 'asc'] = args;
  if (typeof order !== 'string')
    throw new GoError(`sort order argument must be a string (got ${goTypeOf(order)})`);
  if (order !== 'asc' && order !== 'desc') throw new GoError(`invalid order ${order}, expected asc or desc`);
  const sortable = isList(list) && /^\[\](?:interface \{\}|int|float64|string)$/.test(list.type);
  if (!sortable) return { kind: 'list', type: ANY_LIST, items: null };
  const items = list.items ?? [];
  grow(items.length);
  return listOfAny(sortValues(items, items, order === 'desc'));
};

export const listFunctions: readonly (readonly [string, Builtin])[] = [
  ['first', end(0n)],
  ['last', end(-1n)],
  ['get', get],
  ['take', take],
  ['keys', ([value = null]) => listOfAny(keysOf(mapOf(value, 'get keys from %')))],
  ['values', ([value = null]) => listOfAny(valuesOf(mapOf(value, 'get values from %')))],
  ['toPairs', toPairs],
  ['fromPairs', fromPairs],
  [
    'reverse',
    ([value = null], { grow }) => {
      const items = itemsOf(value, 'reverse');
      grow(items.length);
      return listOfAny(items.toReversed());
    },
  ],
  ['uniq', uniq],
  ['concat', concat],
  ['flatten', ([value = null], { grow }) => listOfAny(flattened(itemsOf(value, 'flatten'), grow))],
  ['sort', sort],
];
