/** Members of values by path: reading, setting, deleting. */
import { applyOperator } from './arithmetic.ts';
import { compare, described, fault, isList, isMap, type Json, type JsonMap, typeOf } from './value.ts';

/** `.[key]`; a key may be a slice, `{start, end}`. */
export function memberOf(value: Json, key: Json): Json {
  if (typeof key === 'string') {
    if (value === null) return null;
    if (!isMap(value)) throw fault(`expected an object but got: ${described(value)}`);
    return Object.hasOwn(value, key) ? value[key]! : null;
  }
  if (typeof key === 'number') {
    if (value === null) return null;
    if (!isList(value)) throw fault(`expected an array but got: ${described(value)}`);
    const at = Math.floor(key);
    return value[at < 0 ? at + value.length : at] ?? null;
  }
  if (isMap(key)) return sliceOf(value, key['start'] ?? null, key['end'] ?? null);
  if (isList(key) && isList(value)) return indicesOf(value, key);
  throw fault(`cannot index ${typeOf(value)} with ${typeOf(key)}`);
}

export function indicesOf(value: Json, wanted: Json): Json {
  if (value === null) return null;
  if (typeof value === 'string' && typeof wanted === 'string') {
    const found: number[] = [];
    if (wanted === '') return null;
    const points = [...value];
    const parts = [...wanted];
    for (let at = 0; at + parts.length <= points.length; at += 1)
      if (parts.every((one, index) => points[at + index] === one)) found.push(at);
    return found;
  }
  if (!isList(value)) throw fault(`indices(${inWords(wanted)}) cannot be applied to: ${described(value)}`);
  const parts = isList(wanted) ? wanted : [wanted];
  if (parts.length === 0) return null;
  const found: number[] = [];
  for (let at = 0; at + parts.length <= value.length; at += 1)
    if (parts.every((one, index) => compare(value[at + index]!, one) === 0)) found.push(at);
  return found;
}

function inWords(value: Json): string {
  return JSON.stringify(value);
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function rangeOf(length: number, start: Json, end: Json): Range {
  const bound = (value: Json, otherwise: number, round: (value: number) => number) => {
    if (value === null) return otherwise;
    if (typeof value !== 'number') throw fault(`expected a number for slicing but got: ${described(value)}`);
    const at = round(value);
    return Math.max(0, Math.min(length, at < 0 ? at + length : at));
  };
  const from = bound(start, 0, Math.floor);
  return { from, to: Math.max(from, bound(end, length, Math.ceil)) };
}

export function sliceOf(value: Json, start: Json, end: Json): Json {
  if (value === null) return null;
  if (typeof value === 'string') {
    const points = [...value];
    const { from, to } = rangeOf(points.length, start, end);
    return points.slice(from, to).join('');
  }
  if (!isList(value)) throw fault(`expected an array but got: ${described(value)}`);
  const { from, to } = rangeOf(value.length, start, end);
  return value.slice(from, to);
}

export function getPath(value: Json, path: readonly Json[]): Json {
  return path.reduce<Json>((at, key) => (at === null ? null : memberOf(at, key)), value);
}

const LONGEST_LIST = 1_000_000;

export function setPath(value: Json, path: readonly Json[], change: (value: Json) => Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return change(value);
  const changed = setPath(memberOf(value, key), rest, change);
  if (typeof key === 'string') return { ...((value ?? {}) as JsonMap), [key]: changed };
  const list = (value ?? []) as readonly Json[];
  if (typeof key !== 'number') {
    const { start = null, end = null } = key as JsonMap;
    if (!isList(changed)) throw fault(`expected an array but got: ${described(changed)}`);
    const { from, to } = rangeOf(list.length, start, end);
    return [...list.slice(0, from), ...changed, ...list.slice(to)];
  }
  const at = Math.floor(key) < 0 ? Math.floor(key) + list.length : Math.floor(key);
  if (at < 0) throw fault(`array index should not be negative: ${key}`);
  if (at > LONGEST_LIST) throw fault(`array index too large: ${key}`);
  return Array.from({ length: Math.max(list.length, at + 1) }, (_none, index) =>
    index === at ? changed : (list[index] ?? null),
  );
}

/** The last paths go first, so that the others stay where they are. */
export function deletePaths(value: Json, paths: readonly Json[]): Json {
  const sorted = [...paths].sort(compare).reverse();
  return sorted.reduce((at, path) => deletePath(at, path as readonly Json[]), value);
}

function deletePath(value: Json, path: readonly Json[]): Json {
  const [key, ...rest] = path;
  if (key === undefined) return null;
  if (value === null) return null;
  if (rest.length > 0) {
    const inner = memberOf(value, key);
    return inner === null ? value : setPath(value, [key], () => deletePath(inner, rest));
  }
  memberOf(value, key);
  if (typeof key === 'string') {
    const { [key]: _gone, ...kept } = value as JsonMap;
    return kept;
  }
  const list = value as readonly Json[];
  if (typeof key === 'number') {
    const at = key < 0 ? key + list.length : key;
    return list.filter((_one, index) => index !== at);
  }
  const { start = null, end = null } = key as JsonMap;
  const { from, to } = rangeOf(list.length, start, end);
  return [...list.slice(0, from), ...list.slice(to)];
}

/** What `|=` and its like do to a member, for operators with a value on their right. */
export function updated(operator: string, value: Json, right: Json): Json {
  if (operator === '//=') return value === null || value === false ? right : value;
  return applyOperator(operator.slice(0, -1) as '+', value, right);
}
