/** The patches that an API server takes: JSON (RFC 6902), merge (RFC 7396) and strategic merge. */
import type { JsonObject, JsonValue } from '../../lib/protocol/json.ts';
import { resolved, type Schema } from './schema.ts';

export class PatchFault extends Error {}

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: JsonValue;
}

export function jsonPatch(object: JsonValue, operations: readonly Operation[]): JsonValue {
  return operations.reduce((at, { op, path, from, value }) => {
    const keys = keysOf(path);
    if (op === 'add') return changed(at, keys, () => value ?? null, true);
    if (op === 'replace') return changed(at, keys, () => value ?? null, false);
    if (op === 'remove') return changed(at, keys, () => undefined, false);
    if (op === 'test' && JSON.stringify(read(at, keys)) === JSON.stringify(value)) return at;
    if (op === 'copy') return changed(at, keys, () => read(at, keysOf(from ?? '')) ?? null, true);
    throw new PatchFault(`${op} ${path}`);
  }, object);
}

function keysOf(path: string): readonly string[] {
  return path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function read(value: JsonValue, keys: readonly string[]): JsonValue | undefined {
  return keys.reduce<JsonValue | undefined>((at, key) => (at as JsonObject | undefined)?.[key], value);
}

function changed(
  value: JsonValue,
  [key, ...rest]: readonly string[],
  change: () => JsonValue | undefined,
  isNew: boolean,
): JsonValue {
  if (key === undefined) return change() ?? null;
  if (Array.isArray(value)) {
    const list = [...(value as JsonValue[])];
    const at = key === '-' ? list.length : Number(key);
    if (rest.length > 0) list[at] = changed(list[at]!, rest, change, isNew);
    else {
      const one = change();
      list.splice(at, isNew ? 0 : 1, ...(one === undefined ? [] : [one]));
    }
    return list;
  }
  const map = value as JsonObject | undefined;
  if (map === undefined || ((rest.length > 0 || !isNew) && !Object.hasOwn(map, key)))
    throw new PatchFault(key);
  const { [key]: before, ...others } = map;
  const after = rest.length > 0 ? changed(before!, rest, change, isNew) : change();
  return after === undefined ? others : { ...map, [key]: after };
}

export function mergePatch(object: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isMap(patch)) return patch;
  const result: Record<string, JsonValue> = isMap(object) ? { ...object } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

/** With its directives: `$patch`, `$retainKeys`, `$deleteFromPrimitiveList`, `$setElementOrder`. */
export function strategicPatch(object: JsonValue | undefined, patch: JsonValue, schema: Schema): JsonValue {
  if (!isMap(patch)) return patch;
  const base = isMap(object) ? object : {};
  const kept = patch['$retainKeys'] as readonly string[] | undefined;
  const result: Record<string, JsonValue> = Object.fromEntries(
    Object.entries(patch['$patch'] === 'replace' ? {} : base).filter(
      ([key]) => kept === undefined || kept.includes(key),
    ),
  );
  for (const [key, value] of Object.entries(patch)) {
    const [, directive, field = ''] = /^\$(\w+)(?:\/(.*))?$/.exec(key) ?? [];
    if (directive === 'deleteFromPrimitiveList')
      result[field] = ((result[field] ?? []) as JsonValue[]).filter(
        (one) => !(value as JsonValue[]).includes(one),
      );
    if (directive !== undefined) continue;
    if (value === null) delete result[key];
    else result[key] = field === '' ? merged(result[key], value, fieldOf(schema, key)) : value;
  }
  for (const [key, order] of Object.entries(patch)) {
    const field = /^\$setElementOrder\/(.*)$/.exec(key)?.[1];
    if (field !== undefined)
      result[field] = ordered(result[field] as JsonValue[], order as JsonValue[], fieldOf(schema, field));
  }
  return result;
}

function fieldOf(schema: Schema, name: string): Schema {
  const own = resolved(schema);
  const found = own.properties?.[name];
  return found ?? (typeof own.additionalProperties === 'object' ? own.additionalProperties : {});
}

function merged(before: JsonValue | undefined, value: JsonValue, field: Schema): JsonValue {
  if (!Array.isArray(value)) return strategicPatch(before, value, field);
  const strategy = field['x-kubernetes-patch-strategy']?.split(',') ?? [];
  const key = field['x-kubernetes-patch-merge-key'];
  const list = [...((before ?? []) as JsonValue[])];
  if (!strategy.includes('merge')) return value;
  if (key === undefined)
    return [...list, ...value.filter((one: JsonValue) => !list.includes(one))] as JsonValue[];
  for (const item of value as readonly JsonObject[]) {
    const at = list.findIndex((one) => (one as JsonObject)[key] === item[key]);
    if (item['$patch'] === 'delete') list.splice(at, at < 0 ? 0 : 1);
    else if (at < 0) list.push(item);
    else list[at] = strategicPatch(list[at], item, field.items ?? {});
  }
  return list;
}

function ordered(list: readonly JsonValue[], order: readonly JsonValue[], field: Schema): JsonValue[] {
  const key = field['x-kubernetes-patch-merge-key'];
  const place = (one: JsonValue) =>
    order.findIndex((other) =>
      key === undefined ? other === one : (other as JsonObject)[key] === (one as JsonObject)[key],
    );
  return [...list].sort((a, b) => place(a) - place(b));
}

function isMap(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
