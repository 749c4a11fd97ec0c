/** jq's functions that take values and give one value. */

import { add, split } from './arithmetic.ts';
import { indicesOf } from './paths.ts';
import { compare, described, fault, isList, isMap, type Json, jsonOf, keysOf, typeOf } from './value.ts';

type Key = `${string}/${number}`;
type ValueFunction = (value: Json, ...args: readonly Json[]) => Json;

function refuse(name: string, value: Json, ...args: readonly Json[]): never {
  const call = args.length === 0 ? name : `${name}(${args.map((one) => jsonOf(one)).join('; ')})`;
  throw fault(`${call} cannot be applied to: ${described(value)}`);
}

function onText(name: string, act: (text: string) => Json): ValueFunction {
  return (value) => (typeof value === 'string' ? act(value) : refuse(name, value));
}

function onTexts(name: string, act: (text: string, other: string) => Json): ValueFunction {
  return (value, other = null) =>
    typeof value === 'string' && typeof other === 'string' ? act(value, other) : refuse(name, value, other);
}

function onList(name: string, act: (list: readonly Json[]) => Json): ValueFunction {
  return (value) => (isList(value) ? act(value) : refuse(name, value));
}

function onNumber(name: string, act: (value: number) => number): ValueFunction {
  return (value) => (typeof value === 'number' ? act(value) : refuse(name, value));
}

const ARITHMETIC = [
  'floor',
  'sqrt',
  'ceil',
  'trunc',
  'exp',
  'log',
  'log2',
  'log10',
  'sin',
  'cos',
  'tan',
] as const;

export const valueFunctions: Readonly<Record<Key, ValueFunction>> = {
  'type/0': typeOf,
  'length/0': (value) => {
    if (value === null) return 0;
    if (typeof value === 'number') return Math.abs(value);
    if (typeof value === 'string') return [...value].length;
    if (typeof value === 'boolean') return refuse('length', value);
    return isList(value) ? value.length : keysOf(value as never).length;
  },
  'utf8bytelength/0': onText('utf8bytelength', (text) => Buffer.byteLength(text)),
  'keys/0': (value) => {
    if (isList(value)) return value.map((_one, index) => index);
    return isMap(value) ? keysOf(value) : refuse('keys', value);
  },
  'to_entries/0': (value) =>
    isMap(value) ? keysOf(value).map((key) => ({ key, value: value[key]! })) : refuse('to_entries', value),
  'has/1': (value, key = null) => {
    if (isMap(value) && typeof key === 'string') return Object.hasOwn(value, key);
    if (isList(value) && typeof key === 'number') return key >= 0 && key < value.length;
    return refuse('has', value, key);
  },
  'contains/1': (value, other = null) => contains(value, other),
  'add/0': (value) => {
    if (isList(value)) return value.reduce<Json>(add, null);
    return isMap(value)
      ? keysOf(value).reduce<Json>((sum, key) => add(sum, value[key]!), null)
      : refuse('add', value);
  },
  'tostring/0': (value) => (typeof value === 'string' ? value : jsonOf(value)),
  'tojson/0': (value) => jsonOf(value),
  'fromjson/0': onText('fromjson', fromJson),
  'tonumber/0': (value) => {
    if (typeof value === 'number') return value;
    if (typeof value !== 'string') return refuse('tonumber', value);
    if (!/^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value))
      throw fault(`tonumber cannot be applied to: ${described(value)}`);
    return Number(value);
  },
  'toboolean/0': (value) => {
    if (typeof value === 'boolean') return value;
    return value === 'true' || value === 'false' ? value === 'true' : refuse('toboolean', value);
  },
  'ascii_downcase/0': onText('ascii_downcase', (text) =>
    text.replace(/[A-Z]/g, (char) => char.toLowerCase()),
  ),
  'ascii_upcase/0': onText('ascii_upcase', (text) => text.replace(/[a-z]/g, (char) => char.toUpperCase())),
  'explode/0': onText('explode', (text) => [...text].map((char) => char.codePointAt(0)!)),
  'implode/0': onList('implode', (list) =>
    list
      .map((one) => (typeof one === 'number' ? String.fromCodePoint(one) : refuse('implode', list)))
      .join(''),
  ),
  'trim/0': onText('trim', (text) => text.trim()),
  'ltrim/0': onText('ltrim', (text) => text.trimStart()),
  'rtrim/0': onText('rtrim', (text) => text.trimEnd()),
  'startswith/1': onTexts('startswith', (text, other) => text.startsWith(other)),
  'endswith/1': onTexts('endswith', (text, other) => text.endsWith(other)),
  'ltrimstr/1': onTexts('ltrimstr', (text, other) =>
    text.startsWith(other) ? text.slice(other.length) : text,
  ),
  'rtrimstr/1': onTexts('rtrimstr', withoutEnd),
  'trimstr/1': onTexts('trimstr', (text, other) =>
    withoutEnd(text.startsWith(other) ? text.slice(other.length) : text, other),
  ),
  'split/1': onTexts('split', split),
  'join/1': (value, separator = null) => {
    if (!isList(value)) return refuse('join', value, separator);
    if (value.length === 0) return '';
    if (typeof separator !== 'string') return refuse('join', value, separator);
    return value
      .map((one) =>
        one === null
          ? ''
          : typeof one === 'string'
            ? one
            : typeof one === 'object'
              ? refuse('join', value, separator)
              : jsonOf(one),
      )
      .join(separator);
  },
  'indices/1': (value, wanted = null) => indicesOf(value, wanted),
  'index/1': (value, wanted = null) => listed(indicesOf(value, wanted))[0] ?? null,
  'rindex/1': (value, wanted = null) => listed(indicesOf(value, wanted)).at(-1) ?? null,
  'reverse/0': (value) => {
    if (value === null) return [];
    if (typeof value === 'string') return [...value].reverse().join('');
    return isList(value) ? [...value].reverse() : refuse('reverse', value);
  },
  'sort/0': onList('sort', (list) => [...list].sort(compare)),
  'unique/0': onList('unique', (list) =>
    [...list].sort(compare).filter((one, index, all) => index === 0 || compare(all[index - 1]!, one) !== 0),
  ),
  'min/0': onList('min', (list) => [...list].sort(compare)[0] ?? null),
  'max/0': onList('max', (list) => [...list].sort(compare).at(-1) ?? null),
  'flatten/0': onList('flatten', (list) => flattened(list, Number.POSITIVE_INFINITY)),
  'flatten/1': (value, depth = null) => {
    if (!isList(value) || typeof depth !== 'number') return refuse('flatten', value, depth);
    if (depth < 0) throw fault('flatten depth should not be negative');
    return flattened(value, depth);
  },
  'transpose/0': onList('transpose', (list) => {
    const rows = list.map((row) => (isList(row) ? row : refuse('transpose', list)));
    const width = Math.max(0, ...rows.map((row) => row.length));
    return Array.from({ length: width }, (_none, at) => rows.map((row) => row[at] ?? null));
  }),
  'abs/0': onNumber('abs', Math.abs),
  'fabs/0': onNumber('fabs', Math.abs),
  'round/0': onNumber('round', (value) => Math.sign(value) * Math.round(Math.abs(value))),
  'pow/2': (_value, base = null, exponent = null) =>
    typeof base === 'number' && typeof exponent === 'number'
      ? base ** exponent
      : refuse('pow', base, exponent),
  'infinite/0': () => Number.POSITIVE_INFINITY,
  'nan/0': () => Number.NaN,
  'null/0': () => null,
  'isinfinite/0': (value) => typeof value === 'number' && Math.abs(value) === Number.POSITIVE_INFINITY,
  'isnan/0': (value) => (typeof value === 'number' ? Number.isNaN(value) : refuse('isnan', value)),
  'isnormal/0': (value) =>
    typeof value === 'number' && Number.isFinite(value) && Math.abs(value) >= 2.2250738585072014e-308,
  'now/0': () => Date.now() / 1000,
  'fromdate/0': onText('fromdate', fromDate),
  'fromdateiso8601/0': onText('fromdateiso8601', fromDate),
  'todate/0': (value) => (typeof value === 'number' ? isoOf(value) : refuse('todate', value)),
  'todateiso8601/0': (value) => (typeof value === 'number' ? isoOf(value) : refuse('todateiso8601', value)),
  ...Object.fromEntries(ARITHMETIC.map((name) => [`${name}/0`, onNumber(name, Math[name])])),
};

function isoOf(seconds: number): string {
  return new Date(Math.floor(seconds) * 1000).toISOString().replace('.000Z', 'Z');
}

function fromDate(text: string): Json {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) throw fault(`fromdateiso8601 cannot be applied to: ${described(text)}`);
  return Math.floor(at / 1000);
}

function fromJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw fault(`fromjson cannot be applied to: ${described(text)}: it is no JSON`);
  }
}

function withoutEnd(text: string, end: string): string {
  return end !== '' && text.endsWith(end) ? text.slice(0, -end.length) : text;
}

function listed(value: Json): readonly Json[] {
  return isList(value) ? value : [];
}

function flattened(list: readonly Json[], depth: number): readonly Json[] {
  return list.flatMap((one) => (isList(one) && depth > 0 ? flattened(one, depth - 1) : [one]));
}

function contains(value: Json, other: Json): boolean {
  if (isMap(value) && isMap(other))
    return keysOf(other).every((key) => Object.hasOwn(value, key) && contains(value[key]!, other[key]!));
  if (isList(value) && isList(other))
    return other.every((one) => value.some((own) => containsSame(own, one)));
  if (typeof value === 'string' && typeof other === 'string') return value.includes(other);
  if (typeOf(value) === typeOf(other)) return compare(value, other) === 0;
  throw fault(`contains(${jsonOf(other)}) cannot be applied to: ${described(value)}`);
}

/** Of items of different types none contains the other. */
function containsSame(value: Json, other: Json): boolean {
  return typeOf(value) === typeOf(other) && contains(value, other);
}
