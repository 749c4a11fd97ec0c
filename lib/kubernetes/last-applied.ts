/** The annotation in which `kubectl apply` keeps what it applied. */
import type { JsonObject, JsonValue } from '../protocol/json.ts';

const ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration';

export function withLastApplied(object: JsonObject): JsonObject {
  const metadata = (object['metadata'] ?? {}) as JsonObject;
  const { [ANNOTATION]: _before, ...annotations } = (metadata['annotations'] ?? {}) as JsonObject;
  const plain = { ...object, metadata: { ...metadata, annotations } };
  const text = `${JSON.stringify(sorted(plain))}\n`;
  return { ...plain, metadata: { ...metadata, annotations: { ...annotations, [ANNOTATION]: text } } };
}

/** Undefined for an object that was made in another way. */
export function lastApplied(object: JsonObject): JsonObject | undefined {
  const metadata = (object['metadata'] ?? {}) as JsonObject;
  const text = ((metadata['annotations'] ?? {}) as JsonObject)[ANNOTATION];
  return typeof text === 'string' ? (JSON.parse(text) as JsonObject) : undefined;
}

/** Go writes members by name. */
function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((one: JsonValue) => sorted(one));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as JsonObject).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, one]) => [key, sorted(one)]));
}
