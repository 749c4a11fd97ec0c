/** Kubernetes' strategic merge of two JSON objects, as Argo uses it for defaults and referenced specs. */

import type { JsonObject, JsonValue } from './json.ts';
import { schemaTypes } from './schema.generated.ts';

/**
 * Told of every new object, with the one that it was mostly made from: so that places in a source can be
 * passed on.
 */
export type Trace = (merged: object, from: object) => void;

/** `patchMergeKey` of Go's struct tags: lists of these fields are merged by that key, others are replaced. */
const listKeys: Readonly<Record<string, string>> = {
  artifacts: 'name',
  parameters: 'name',
  templates: 'name',
  tasks: 'name',
  volumes: 'name',
  initContainers: 'name',
  sidecars: 'name',
  imagePullSecrets: 'name',
  env: 'name',
  tolerations: 'key',
  hostAliases: 'ip',
  volumeMounts: 'mountPath',
  volumeDevices: 'devicePath',
  ports: 'containerPort',
};

/**
 * Fields that share a name with one above but have no merge key of their own (`podResources.claims` and the
 * like).
 */
const withoutKey: ReadonlySet<string> = new Set(['ContainerSetTemplate.volumeMounts']);

/** `override` over `base`; neither is changed. `type` is a row of the schema's table. */
export function strategicMerge<T extends object>(base: T, override: T, type: string, trace?: Trace): T {
  return mergeObjects(base as JsonObject, override as JsonObject, type, trace) as unknown as T;
}

function mergeObjects(
  base: JsonObject,
  override: JsonObject,
  type: string | undefined,
  trace?: Trace,
): JsonObject {
  const fields = type === undefined ? undefined : schemaTypes[type];
  const merged: Record<string, JsonValue> = { ...base };
  for (const [key, value] of Object.entries(override)) {
    const under = Object.hasOwn(base, key) ? base[key] : undefined;
    const fieldType = fields?.[key] ?? (type?.startsWith('{}') ? type.slice(2) : undefined);
    merged[key] =
      under === undefined ? value : mergeValues(under, value, { owner: type, key, type: fieldType }, trace);
  }
  trace?.(merged, override);
  return merged;
}

interface Field {
  readonly owner: string | undefined;
  readonly key: string;
  readonly type: string | undefined;
}

function mergeValues(base: JsonValue, override: JsonValue, field: Field, trace?: Trace): JsonValue {
  if (isUnset(override, field)) return base;
  if (Array.isArray(base) && Array.isArray(override)) {
    const key = withoutKey.has(`${field.owner}.${field.key}`) ? undefined : listKeys[field.key];
    if (key === undefined) return override;
    return mergeLists(base as JsonObject[], override as JsonObject[], key, field.type?.slice(2), trace);
  }
  if (isObject(base) && isObject(override)) return mergeObjects(base, override, field.type, trace);
  return override;
}

/** What Go leaves out of JSON (`omitempty`): an empty text that is no pointer, an empty list. */
function isUnset(value: JsonValue, field: Field): boolean {
  if (value === '') return field.type !== 'any-string';
  return Array.isArray(value) && value.length === 0;
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mergeLists(
  base: readonly JsonObject[],
  override: readonly JsonObject[],
  key: string,
  type: string | undefined,
  trace?: Trace,
): JsonValue {
  const baseByKey = new Map(base.map((item) => [item[key], item]));
  const overridden = new Set(override.map((item) => item[key]));
  const changed = override.map((item) => {
    const under = baseByKey.get(item[key]);
    return under ? mergeObjects(under, item, type, trace) : item;
  });
  const kept = base.filter((item) => !overridden.has(item[key]));
  const merged = interleave(kept, changed, base, key);
  trace?.(merged, override);
  return merged;
}

/**
 * The order of `mergeSortedSlice` in apimachinery's strategicpatch: elements of the base go before the first
 * element
 * of the override that stands behind them in the base.
 */
function interleave(
  kept: readonly JsonObject[],
  changed: readonly JsonObject[],
  base: readonly JsonObject[],
  key: string,
): JsonObject[] {
  const position = new Map(base.map((item, index) => [item[key], index]));
  const result: JsonObject[] = [];
  let left = 0;
  for (const item of changed) {
    const at = position.get(item[key]);
    while (at !== undefined && left < kept.length && position.get(kept[left]![key])! < at) {
      result.push(kept[left++]!);
    }
    result.push(item);
  }
  return result.concat(kept.slice(left));
}
