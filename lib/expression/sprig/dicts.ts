/** Dictionaries. As in Go, `set`, `unset` and the merges change the map that they are given. */
import { goKindOf, itemsOf } from '../go/format.ts';
import { compareGoStrings } from '../go/utf8.ts';
import { GoError } from '../go-error.ts';
import type { GoFunction, GoMap, GoValue } from '../values.ts';
import { toText } from './cast.ts';
import { isEmpty } from './deep-equal.ts';
import { define, defineVariadic, mustTwin } from './define.ts';
import { listOf, mapOf, stringList } from './results.ts';

const anyMap = 'map[string]interface {}';
const merge = defineVariadic('merge', ['map'], 'map', 'interface {}', (sources, target) =>
  mergeAll(target, sources, false),
);
const mergeOverwrite = defineVariadic('mergeOverwrite', ['map'], 'map', 'interface {}', (sources, target) =>
  mergeAll(target, sources, true),
);
const deepCopy = define('deepCopy', ['any'], 'interface {}', (value) => {
  if (value === null) throw new GoError('reflect: call of reflect.Value.Type on zero Value');
  return copy(value, 0);
});

export const dictFunctions: readonly GoFunction[] = [
  defineVariadic('dict', [], 'any', anyMap, dict),
  define('get', ['map', 'string'], 'interface {}', (map, key) =>
    has(map, key) ? (map.entries?.get(key) ?? null) : '',
  ),
  define('set', ['map', 'string', 'any'], anyMap, (map, key, value) => {
    if (map.entries === null) throw new GoError('assignment to entry in nil map');
    mutable(map).set(key, value);
    return map;
  }),
  define('unset', ['map', 'string'], anyMap, (map, key) => {
    if (map.entries !== null) mutable(map).delete(key);
    return map;
  }),
  define('hasKey', ['map', 'string'], 'bool', has),
  defineVariadic('pluck', ['string'], 'map', '[]interface {}', (maps, key) =>
    listOf(maps.filter((map) => has(map, key)).map((map) => map.entries?.get(key) ?? null)),
  ),
  defineVariadic('keys', [], 'map', '[]string', (maps) => stringList(maps.flatMap(sortedKeys))),
  define('values', ['map'], '[]interface {}', (map) =>
    listOf(sortedKeys(map).map((key) => map.entries?.get(key) ?? null)),
  ),
  defineVariadic('pick', ['map'], 'string', anyMap, (keys, map) => select(map, (key) => keys.includes(key))),
  defineVariadic('omit', ['map'], 'string', anyMap, (keys, map) => select(map, (key) => !keys.includes(key))),
  merge,
  mustTwin(merge),
  mergeOverwrite,
  mustTwin(mergeOverwrite),
  deepCopy,
  mustTwin(deepCopy),
  defineVariadic('dig', [], 'any', '(interface {}, error)', dig),
];

function has(map: GoMap, key: string): boolean {
  return map.entries?.has(key) ?? false;
}

/*
 * Go's maps are references, and templates rely on it: `let _ = sprig.set(d, "a", 1); d`. The maps that an
 * expression sees belong to its evaluation, so changing them changes nothing outside it.
 */
function mutable(map: GoMap): Map<string, GoValue> {
  return map.entries as Map<string, GoValue>;
}

/** Go's order of keys is random; a fixed one keeps runs equal. */
function sortedKeys(map: GoMap): string[] {
  return [...(map.entries?.keys() ?? [])].sort(compareGoStrings);
}

function dict(values: readonly GoValue[]): GoMap {
  const entries = new Map<string, GoValue>();
  for (let at = 0; at < values.length; at += 2) {
    const value = values[at + 1];
    entries.set(toText(values[at] ?? null), value === undefined ? '' : value);
  }
  return mapOf(entries);
}

function select(map: GoMap, test: (key: string) => boolean): GoMap {
  return mapOf(new Map([...(map.entries ?? [])].filter(([key]) => test(key))));
}

function mergeAll(target: GoMap, sources: readonly GoMap[], overwrite: boolean): GoMap {
  let result = target;
  for (const source of sources) {
    if (source.entries === null) continue;
    if (result.entries === null) result = mapOf(new Map());
    mergeInto(result, source, overwrite, 0);
  }
  return result;
}

/** `mergo.Merge`: fills what is missing or empty, or overwrites everything; maps merge inwards. */
function mergeInto(target: GoMap, source: GoMap, overwrite: boolean, depth: number): void {
  if (depth > 100) throw new GoError('the maps to merge are nested too deep');
  const entries = mutable(target);
  for (const [key, value] of source.entries ?? []) {
    if (value === null) {
      if (overwrite) entries.set(key, null);
      continue;
    }
    const present = entries.get(key) ?? null;
    if (isMap(value) && isMap(present) && present.entries !== null && target !== source) {
      mergeInto(present, value, overwrite, depth + 1);
    }
    const isKept = !isEmpty(present) && isMap(value) && isMap(present);
    if (!isKept && (overwrite || isEmpty(present))) entries.set(key, value);
  }
}

function isMap(value: GoValue): value is GoMap {
  return typeof value === 'object' && value?.kind === 'map';
}

/** What lies at the keys before the last two arguments, the default and the dictionary. */
function dig(values: readonly GoValue[]): GoValue {
  if (values.length < 3) throw new GoError('dig needs at least three arguments');
  const otherwise = values.at(-2) ?? null;
  let current: GoValue = values.at(-1) ?? null;
  const keys = values.slice(0, -2);
  if (!keys.every((key) => typeof key === 'string'))
    throw new GoError('interface conversion: a key is not string');
  for (const key of keys) {
    if (!isMap(current) || current.type !== anyMap) {
      throw new GoError(`interface conversion: interface {} is ${goKindOf(current)}, not ${anyMap}`);
    }
    if (!has(current, key)) return otherwise;
    current = current.entries?.get(key) ?? null;
  }
  return current;
}

function copy(value: GoValue, depth: number): GoValue {
  if (depth > 1000) throw new GoError('deepCopy error: nested too deep');
  if (typeof value !== 'object' || value === null) return value;
  if (value.kind === 'list' && value.items) {
    return { ...value, items: itemsOf(value).map((item) => copy(item, depth + 1)) };
  }
  if (value.kind !== 'map' || !value.entries) return value;
  return {
    ...value,
    entries: new Map([...value.entries].map(([key, item]) => [key, copy(item, depth + 1)])),
  };
}
