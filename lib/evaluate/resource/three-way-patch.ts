/**
 * The patch with which `kubectl apply` brings an object to what a manifest says: what was applied before and is
 * not in the manifest any more goes, what others have set stays (strategicpatch CreateThreeWayMergePatch,
 * jsonmergepatch CreateThreeWayJSONMergePatch).
 */
import type { JsonObject, JsonValue } from '../../protocol/json.ts';

/** What the API says about merging a field; undefined where it says nothing. */
export interface FieldSchema {
  readonly mergeKey?: string;
  /** `merge`, `retainKeys`. */
  readonly strategies: readonly string[];
  readonly field: (name: string) => FieldSchema;
}

/** Of types that say nothing, as custom resources: maps merge, lists are replaced. */
export const PLAIN: FieldSchema = { strategies: [], field: () => PLAIN };

interface Versions {
  /** What was applied last. */
  readonly original: JsonObject;
  readonly modified: JsonObject;
  readonly current: JsonObject;
}

/** Empty when there is nothing to do. */
export function threeWayPatch({ original, modified, current }: Versions, schema: FieldSchema): JsonObject {
  const patch: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(modified)) {
    const field = schema.field(key);
    const under = current[key];
    if (under === undefined) {
      if (value !== null) patch[key] = value;
      continue;
    }
    const before = original[key];
    if (isMap(value) && isMap(under)) {
      const inner = threeWayPatch({ original: asMap(before), modified: value, current: under }, field);
      if (Object.keys(inner).length > 0) patch[key] = retained(inner, value, field);
    } else if (Array.isArray(value) && Array.isArray(under) && field.strategies.includes('merge'))
      Object.assign(patch, listPatch(key, asList(before), value, under, field));
    else if (!isSame(value, under)) patch[key] = value;
  }
  for (const key of Object.keys(original)) if (!Object.hasOwn(modified, key)) patch[key] = null;
  return patch;
}

/** Of several members only those stay that the manifest names: such as of the sources of a volume. */
function retained(patch: JsonObject, modified: JsonObject, field: FieldSchema): JsonObject {
  if (!field.strategies.includes('retainKeys')) return patch;
  return { $retainKeys: Object.keys(modified).sort(), ...patch };
}

function listPatch(
  key: string,
  original: readonly JsonValue[],
  modified: readonly JsonValue[],
  current: readonly JsonValue[],
  field: FieldSchema,
): JsonObject {
  const { mergeKey } = field;
  if (mergeKey === undefined) return primitivesPatch(key, original, modified, current);
  const find = (list: readonly JsonValue[], item: JsonValue): JsonObject | undefined =>
    list.filter(isMap).find((one) => isSame(one[mergeKey] ?? null, asMap(item)[mergeKey] ?? null));
  const items = modified.filter(isMap).flatMap((item): readonly JsonObject[] => {
    const under = find(current, item);
    if (under === undefined) return [item];
    const inner = threeWayPatch(
      { original: find(original, item) ?? {}, modified: item, current: under },
      field,
    );
    if (Object.keys(inner).length === 0) return [];
    return [{ ...retained(inner, item, field), [mergeKey]: item[mergeKey] ?? null }];
  });
  const gone = original
    .filter(isMap)
    .flatMap((item): readonly JsonObject[] =>
      find(modified, item) === undefined ? [{ $patch: 'delete', [mergeKey]: item[mergeKey] ?? null }] : [],
    );
  if (items.length + gone.length === 0) return {};
  const order = modified.filter(isMap).map((item) => ({ [mergeKey]: item[mergeKey] ?? null }));
  return { [`$setElementOrder/${key}`]: order, [key]: [...items, ...gone] };
}

function primitivesPatch(
  key: string,
  original: readonly JsonValue[],
  modified: readonly JsonValue[],
  current: readonly JsonValue[],
): JsonObject {
  const has = (list: readonly JsonValue[], item: JsonValue) => list.some((one) => isSame(one, item));
  const added = modified.filter((item) => !has(current, item));
  const gone = original.filter((item) => !has(modified, item));
  return {
    ...(added.length > 0 && { [`$setElementOrder/${key}`]: modified, [key]: added }),
    ...(gone.length > 0 && { [`$deleteFromPrimitiveList/${key}`]: gone }),
  };
}

export function isMap(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asMap(value: JsonValue | undefined): JsonObject {
  return isMap(value) ? value : {};
}

function asList(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

/** The order of members does not count. */
function isSame(a: JsonValue, b: JsonValue): boolean {
  if (isMap(a) && isMap(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every((key) => Object.hasOwn(b, key) && isSame(a[key]!, b[key]!))
    );
  }
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((one, index) => isSame(one as JsonValue, b[index] as JsonValue));
  return a === b;
}
