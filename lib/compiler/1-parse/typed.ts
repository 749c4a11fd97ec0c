/**
 * Turns nodes into the plain JSON that Argo's Go types would hold, by the schema, with a diagnostic for what
 * does not fit.
 */

import type { JsonValue } from '../../argo/json.ts';
import { schemaTypes } from '../../argo/schema.generated.ts';
import { type Code, catalogue } from '../../diagnostics/catalogue.ts';
import type { Collector, Details } from '../../diagnostics/collector.ts';
import { nearestName } from '../../diagnostics/did-you-mean.ts';
import type { Source, Span } from '../../diagnostics/source.ts';
import {
  kindName,
  type ListNode,
  type MapEntry,
  type MapNode,
  type ScalarNode,
  type YamlNode,
} from './node.ts';
import { removedFields } from './removed-fields.ts';
import { formatNumber } from './scalar.ts';
import type { SpanRecorder } from './spans.ts';

/** How to treat a field that the schema does not know: as Argo does, within a step it only goes unread. */
type Unknown = Extract<Code, 'unknown-field' | 'unread-field'>;

export interface Reading {
  readonly source: Source;
  /** Added to a node's offsets to get offsets in the source. */
  readonly offset: number;
  readonly spans: SpanRecorder;
  readonly collector: Collector;
  readonly unknown: Unknown;
  /** Whether fields are found in any case, as `encoding/json` does, which Argo reads steps with. */
  readonly foldsCase?: boolean;
  /** The entry under which the node stands, for what is missing in it. */
  readonly entry?: MapEntry;
}

type Plain = Record<string, JsonValue>;

/** The value of a node as the type has it; undefined when it does not fit, or is null. */
export function readTyped(node: YamlNode, type: string, reading: Reading): JsonValue | undefined {
  if (type.startsWith('[]')) return readList(node, type.slice(2), reading);
  if (type.startsWith('{}')) return readMapOf(node, type.slice(2), reading);
  const fields = schemaTypes[type];
  if (fields) return readObject(node, type, fields, reading);
  if (type === 'any') return readAny(node, reading);
  if (isNull(node)) return undefined;
  if (type === 'object' || type === 'plugin') return readFreeObject(node, type, reading);
  if (node.kind !== 'scalar') {
    if (type !== 'any-string') return misfit(node, wantedNames[type] ?? type, reading);
    const message = `${kindName(node)} is not a text: Argo reads it as an empty one`;
    report('not-a-text', node, message, reading, { hint: 'write it as JSON in quotes' });
    return '';
  }
  return readScalar(node, type, reading);
}

function isNull(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}

function spanOf(place: { readonly start: number; readonly end: number }, reading: Reading): Span {
  const { source, offset } = reading;
  return { source, start: place.start + offset, end: Math.max(place.end, place.start) + offset };
}

function report(code: Code, node: YamlNode, message: string, reading: Reading, details?: Details): void {
  reading.collector.report(code, spanOf(node, reading), message, details);
}

const wantedNames: Readonly<Record<string, string>> = {
  string: 'a text',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  amount: 'a number',
  'int-or-string': 'a whole number or a text',
  quantity: 'a quantity such as 500m or 1Gi',
  time: 'a time such as 2024-01-31T12:00:00Z',
  bytes: 'base64',
};

function misfit(node: YamlNode, wanted: string, reading: Reading, hint?: string): undefined {
  const field = reading.entry ? `"${reading.entry.key}"` : 'this';
  const message = `${field} must be ${wanted}, not ${kindName(node)}`;
  report('wrong-type', node, message, reading, hint ? { hint } : {});
  return undefined;
}

function readObject(
  node: YamlNode,
  type: string,
  fields: Readonly<Record<string, string>>,
  reading: Reading,
): JsonValue | undefined {
  if (isNull(node)) return undefined;
  if (node.kind !== 'map') return misfit(node, 'a map', reading);
  const value: Plain = {};
  const { entry: around, ...context } = reading;
  record(value, node, around, reading);
  for (const entry of node.entries) {
    const key = fieldOf(entry.key, node, type, fields, reading);
    const fieldType = key === undefined ? undefined : fields[key];
    if (key === undefined || fieldType === undefined) {
      reportUnknown(entry, type, fields, reading);
      continue;
    }
    const isGroup = fieldType.endsWith('[]WorkflowStep');
    const inner: Reading = isGroup
      ? { ...context, entry, unknown: 'unread-field', foldsCase: true }
      : { ...context, entry };
    const read = readTyped(entry.value, fieldType, inner);
    if (read !== undefined) value[key] = read;
  }
  return value;
}

/** The field that a key means. A step's own fields must be written exactly (`ParallelSteps.UnmarshalJSON`). */
function fieldOf(
  key: string,
  node: MapNode,
  type: string,
  fields: Readonly<Record<string, string>>,
  reading: Reading,
): string | undefined {
  if (Object.hasOwn(fields, key)) return key;
  if (!reading.foldsCase || type === 'WorkflowStep') return undefined;
  const folded = Object.keys(fields).find((field) => field.toLowerCase() === key.toLowerCase());
  return node.entries.some((other) => other.key === folded) ? undefined : folded;
}

function record(object: object, node: YamlNode, entry: MapEntry | undefined, reading: Reading): void {
  const { source, offset } = reading;
  reading.spans.record(object, entry ? { source, node, offset, entry } : { source, node, offset });
}

/**
 * A step's own unknown fields are an error for Argo too (`ParallelSteps.UnmarshalJSON`); what lies deeper
 * inside a
 * step it decodes without strictness, so an unknown field there is lost without a word.
 */
function reportUnknown(
  entry: MapEntry,
  type: string,
  fields: Readonly<Record<string, string>>,
  reading: Reading,
): void {
  const code = type === 'WorkflowStep' ? 'unknown-field' : reading.unknown;
  const nearest = nearestName(entry.key, Object.keys(fields));
  const removed = removedFields[`${type}.${entry.key}`];
  const hint =
    removed ?? (nearest ? `did you mean "${nearest}"?` : `it may have: ${listed(Object.keys(fields))}`);
  const place = { start: entry.keyStart, end: entry.keyEnd };
  const owner = typeTitles[type] ?? type.replace('core.', '');
  reading.collector.report(code, spanOf(place, reading), `"${entry.key}" is no field of ${owner}`, {
    hint,
    ...(code === 'unread-field' && { notes: [catalogue['unread-field'].why] }),
  });
}

const typeTitles: Readonly<Record<string, string>> = {
  WorkflowSpec: 'the spec of a workflow',
  CronWorkflowSpec: 'the spec of a CronWorkflow',
  Template: 'a template',
  WorkflowStep: 'a step',
  DAGTask: 'a task',
  DAGTemplate: 'dag',
  'core.Container': 'a container',
  ScriptTemplate: 'script',
  RetryStrategy: 'retryStrategy',
  LifecycleHook: 'a hook',
  'core.Volume': 'a volume',
};

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 12).join(', ');
  return names.length > 12 ? `${shown}, …` : names.length === 0 ? 'no fields at all' : shown;
}

function readList(node: YamlNode, element: string, reading: Reading): JsonValue | undefined {
  if (isNull(node)) return undefined;
  if (node.kind !== 'list') {
    const hint = node.kind === 'map' ? 'put "- " before each element' : 'write it as a list: [ … ]';
    return misfit(node, 'a list', reading, hint);
  }
  const list: JsonValue[] = [];
  record(list, node, reading.entry, reading);
  for (const item of node.items) list.push(readElement(item, element, reading));
  return list;
}

/** An element keeps its place even when it is null or misfits, so that indices stay those of the source. */
function readElement(item: YamlNode, element: string, reading: Reading): JsonValue {
  const { entry, ...context } = reading;
  const isScalar = item.kind === 'scalar' && entry !== undefined;
  const read = readTyped(item, element, isScalar ? reading : context);
  return read === undefined ? zeroOf(element, item, reading) : read;
}

function zeroOf(type: string, node: YamlNode, reading: Reading): JsonValue {
  if (type === 'any' || type === 'plugin') return null;
  if (type === 'boolean') return false;
  if (type === 'integer' || type === 'number' || type === 'amount') return 0;
  if (type.startsWith('[]')) return [];
  if (!type.startsWith('{}') && !schemaTypes[type]) return '';
  const empty: Plain = {};
  record(empty, node, undefined, reading);
  return empty;
}

function readMapOf(node: YamlNode, valueType: string, reading: Reading): JsonValue | undefined {
  if (isNull(node)) return undefined;
  if (node.kind !== 'map') return misfit(node, 'a map', reading);
  const value: Plain = {};
  record(value, node, reading.entry, reading);
  for (const entry of node.entries) {
    const read = readTyped(entry.value, valueType, { ...reading, entry });
    setOwn(value, entry.key, read === undefined ? zeroOf(valueType, entry.value, reading) : read);
  }
  return value;
}

/** Assigns like `object[key] = value`, but `__proto__` too becomes an ordinary key. */
function setOwn(object: Plain, key: string, value: JsonValue): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

function readAny(node: YamlNode, reading: Reading): JsonValue {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') {
    const list = node.items.map((item) => readAny(item, reading));
    record(list, node, reading.entry, reading);
    return list;
  }
  return readAnyMap(node, reading);
}

function readAnyMap(node: MapNode, reading: Reading): JsonValue {
  const value: Plain = {};
  record(value, node, reading.entry, reading);
  for (const entry of node.entries) setOwn(value, entry.key, readAny(entry.value, { ...reading, entry }));
  return value;
}

function readFreeObject(
  node: ScalarNode | ListNode | MapNode,
  type: string,
  reading: Reading,
): JsonValue | undefined {
  if (node.kind !== 'map') return misfit(node, 'a map', reading);
  if (type === 'plugin' && node.entries.length !== 1) {
    const message = `a plugin template has exactly one key, the plugin's name, not ${node.entries.length}`;
    report('wrong-type', node, message, reading);
    return undefined;
  }
  return readAnyMap(node, reading);
}

const quantity = /^[+-]?(\d+(\.\d*)?|\.\d+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$/;
const rfc3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[-+]\d{2}:\d{2})$/;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function readScalar(node: ScalarNode, type: string, reading: Reading): JsonValue | undefined {
  const { value } = node;
  if (type === 'any-string') return typeof value === 'number' ? formatNumber(value) : String(value);
  if (fits(value, type)) return value;
  if (type === 'int-or-string' && typeof value === 'number' && Number.isInteger(value)) {
    return misfit(node, 'a whole number of 32 bits', reading);
  }
  const wanted = wantedNames[type] ?? type;
  if (type === 'string') return misfit(node, wanted, reading, `quote it: ${JSON.stringify(node.text)}`);
  const isQuoted = typeof value === 'string';
  const bare = isQuoted && type !== 'quantity' && type !== 'time' ? 'write it without quotes' : undefined;
  return misfit(node, wanted, reading, isQuoted && /^(\d+|true|false)$/.test(value) ? bare : undefined);
}

function fits(value: ScalarNode['value'], type: string): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= 2 ** 63;
    case 'number':
      return typeof value === 'number';
    case 'amount':
      return (
        typeof value === 'number' ||
        (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)))
      );
    case 'int-or-string':
      return typeof value === 'string' || (typeof value === 'number' && (value | 0) === value);
    case 'quantity':
      return typeof value === 'number' || (typeof value === 'string' && quantity.test(value.trim()));
    case 'time':
      return typeof value === 'string' && rfc3339.test(value);
    case 'bytes':
      return typeof value === 'string' && base64.test(value.replace(/[\r\n]/g, ''));
    default:
      return true;
  }
}
