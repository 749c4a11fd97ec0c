/** Compares a Go value with the form in which the vectors write values, types and shapes. */

import { ANY_LIST, ANY_MAP } from '../../../lib/expression/expr/go-types.ts';
import { goFormat, goTypeOf, structText } from '../../../lib/expression/go/format.ts';
import { goDurationText } from '../../../lib/expression/go/time/duration.ts';
import { formatGoTime } from '../../../lib/expression/go/time/format-time.ts';
import { goBytes, validText } from '../../../lib/expression/go/utf8.ts';
import type { GoValue } from '../../../lib/expression/values.ts';

/** A JSON value of a vector's `scope` as the Go value that Argo would hold. */
export function goValueOf(value: unknown): GoValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return value;
  if (Array.isArray(value)) return { kind: 'list', type: ANY_LIST, items: value.map(goValueOf) };
  const entries = Object.entries(value as object).map(([key, item]): [string, GoValue] => [
    key,
    goValueOf(item),
  ]);
  return { kind: 'map', type: ANY_MAP, entries: new Map(entries) };
}

/** The flat scope of a vector. */
export function scopeOf(scope: unknown): ReadonlyMap<string, GoValue> {
  return new Map(Object.entries((scope ?? {}) as object).map(([key, value]) => [key, goValueOf(value)]));
}

/** The value as the vectors write it. */
export function writtenValue(value: GoValue): unknown {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return validText(value);
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : goFormat(value);
  switch (value.kind) {
    case 'int':
      return Number(value.value);
    case 'list':
      return writtenList(value.type, value.items);
    case 'map':
      if (!value.type.startsWith('map[')) return structText(value);
      if (value.entries === null) return null;
      return Object.fromEntries(
        [...value.entries].map(([key, item]) => [key.split('\0')[0], writtenValue(item)]),
      );
    case 'time':
      return formatGoTime(value, '2006-01-02T15:04:05.999999999Z07:00');
    case 'duration':
      return goDurationText(value.nanos);
    case 'func':
      return null;
  }
}

function writtenList(type: string, items: readonly GoValue[] | null): unknown {
  if (items === null) return null;
  if (type === '[]uint8')
    return Buffer.from(items.map((item) => Number(writtenValue(item)))).toString('base64');
  return items.map(writtenValue);
}

/** `%T` as the vectors write it. */
export function writtenType(value: GoValue): string {
  if (value === null) return 'nil';
  return typeof value === 'object' && value.kind === 'func' ? 'func' : goTypeOf(value);
}

/** The shape of a list or map of any values; undefined for the rest. */
export function shapeOf(value: GoValue): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (value.kind === 'list' && /interface \{\}$/.test(value.type)) {
    const shapes = (value.items ?? []).map((item) => shapeOf(item) ?? writtenType(item));
    if (shapes.length === 0) return undefined;
    const same = shapes.every((each) => typeof each === 'string' && each === shapes[0]);
    return same ? { type: value.type, elem: shapes[0] } : { type: value.type, elems: shapes };
  }
  if (value.kind !== 'map' || !/interface \{\}$/.test(value.type) || !value.entries?.size) return undefined;
  const fields = [...value.entries].map(([key, item]) => [
    key.split('\0')[0],
    shapeOf(item) ?? writtenType(item),
  ]);
  return { type: value.type, fields: Object.fromEntries(fields) };
}

export interface ExpectedValue {
  readonly value?: unknown;
  readonly valueBase64?: string;
  readonly type?: string;
  readonly shape?: unknown;
}

/** Why the value is not the expected one; undefined where it is. */
export function differenceOf(value: GoValue, expected: ExpectedValue): string | undefined {
  if (expected.type !== undefined && writtenType(value) !== expected.type) {
    return `type ${writtenType(value)}, expected ${expected.type}: ${JSON.stringify(writtenValue(value))}`;
  }
  if (expected.valueBase64 !== undefined && typeof value === 'string') {
    const bytes = Buffer.from(goBytes(value)).toString('base64');
    return bytes === expected.valueBase64 ? undefined : `bytes ${bytes}, expected ${expected.valueBase64}`;
  }
  const written = writtenValue(value);
  if (!sameJson(written, expected.value)) {
    return `value ${JSON.stringify(written)}, expected ${JSON.stringify(expected.value)}`;
  }
  const shape = shapeOf(value);
  if (expected.shape !== undefined && !sameJson(shape, expected.shape)) {
    return `shape ${JSON.stringify(shape)}, expected ${JSON.stringify(expected.shape)}`;
  }
  return undefined;
}

/** Whether two JSON values are equal; the order of members has no meaning. */
export function sameJson(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  return JSON.stringify(value ?? null, (_, item: unknown) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
