/** What Go's fmt prints for a value: `%v`, `%T` and the kind that reflection names. */
import type { GoInt, GoList, GoMap, GoValue } from '../values.ts';
import { goFloatText } from './float-text.ts';
import { parseGoInt } from './parse-number.ts';
import { dayNames, monthNames } from './time/calendar.ts';
import { goDurationText } from './time/duration.ts';
import { goTimeText } from './time/format-time.ts';
import { compareGoStrings } from './utf8.ts';

/** `fmt.Sprint(v)` for one value. */
export function goFormat(value: GoValue): string {
  if (value === null) return '<nil>';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return goFloatText(value);
  if (typeof value !== 'object') return String(value);
  switch (value.kind) {
    case 'int':
      return intText(value);
    case 'list':
      return `[${(value.items ?? []).map(goFormat).join(' ')}]`;
    case 'map':
      return formatMap(value);
    case 'time':
      return goTimeText(value);
    case 'duration':
      return goDurationText(value.nanos);
    case 'func':
      return '0x0';
  }
}

/** `fmt.Sprintf("%T", v)`: `<nil>` for nil. */
export function goTypeOf(value: GoValue): string {
  if (value === null) return '<nil>';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'float64';
  if (typeof value === 'string') return 'string';
  switch (value.kind) {
    case 'time':
      return 'time.Time';
    case 'duration':
      return 'time.Duration';
    case 'func':
      return value.signature ?? 'func()';
    default:
      return value.type;
  }
}

/** `reflect.ValueOf(v).Kind().String()`. */
export function goKindOf(value: GoValue): string {
  if (value === null) return 'invalid';
  if (typeof value !== 'object') return goTypeOf(value);
  switch (value.kind) {
    case 'int':
      return value.type.startsWith('time.') ? 'int' : value.type;
    case 'list':
      return 'slice';
    case 'map':
      return isStruct(value) ? (value.type.startsWith('*') ? 'ptr' : 'struct') : 'map';
    case 'time':
      return 'struct';
    case 'duration':
      return 'int64';
    case 'func':
      return 'func';
  }
}

/** A Go struct (or pointer to one) is held as a map from its fields and methods, under the struct's type. */
export function isStruct(value: GoMap): boolean {
  return !value.type.startsWith('map[');
}

/** The method `String()` of a struct, called, if it has one. */
export function structText(value: GoMap): string | undefined {
  const method = isStruct(value) ? value.entries?.get('String') : undefined;
  const text = isFunction(method) ? method.call([]) : undefined;
  return typeof text === 'string' ? text : undefined;
}

/** The keys of a map in the order in which fmt and encoding/json write them. */
export function sortedKeys(value: GoMap): string[] {
  const keys = [...(value.entries?.keys() ?? [])];
  const isNumeric = /^map\[u?int/.test(value.type) || (value.keys !== undefined && keys.every(isInteger));
  if (!isNumeric) return keys.sort(compareGoStrings);
  return keys.sort((a, b) => Number((parseGoInt(a) ?? 0n) - (parseGoInt(b) ?? 0n)));
}

/** The items of a list, none for a nil slice. */
export function itemsOf(list: GoList): readonly GoValue[] {
  return list.items ?? [];
}

function isInteger(text: string): boolean {
  return parseGoInt(text) !== undefined;
}

function intText({ type, value }: GoInt): string {
  if (type === 'time.Month') return monthNames[Number(value) - 1] ?? `%!Month(${value})`;
  return type === 'time.Weekday' ? (dayNames[Number(value)] ?? `%!Weekday(${value})`) : String(value);
}

function formatMap(value: GoMap): string {
  const text = structText(value);
  if (text !== undefined) return text;
  const entry = (key: string): string => goFormat(value.entries?.get(key) ?? null);
  if (isStruct(value)) return `{${[...(value.entries?.keys() ?? [])].map(entry).join(' ')}}`;
  return `map[${sortedKeys(value)
    .map((key) => `${key}:${entry(key)}`)
    .join(' ')}]`;
}

function isFunction(value: GoValue | undefined): value is Extract<GoValue, { kind: 'func' }> {
  return typeof value === 'object' && value !== null && value.kind === 'func';
}
