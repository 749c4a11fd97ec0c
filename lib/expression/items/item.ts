/**
 * One item of a loop: its kind, its texts and the variables that it brings (item.go and operator.go,
 * processItem).
 */
import type { JsonValue } from '../../argo/json.ts';
import { goJsonFloatText } from '../go/float-text.ts';
import { goJsonString } from '../go/json-encode.ts';
import { compareGoStrings } from '../go/utf8.ts';
import {
  type ExactJson,
  type ExactMap,
  type ExactString,
  exactJsonText,
  parseExactJson,
} from './exact-json.ts';

export type ItemKind = 'number' | 'boolean' | 'string' | 'list' | 'map';

export type ItemsParse =
  | { readonly ok: true; readonly items: readonly ExactJson[] }
  | { readonly ok: false; readonly error: string; readonly position?: number };

/** Go cannot hold numbers beyond float64, and takes what holds one for an (empty) string. */
function holdsHugeNumber(value: ExactJson): boolean {
  switch (value.kind) {
    case 'number':
      return !Number.isFinite(Number(value.text));
    case 'list':
      return value.items.some(holdsHugeNumber);
    case 'map':
      return value.entries.some((entry) => holdsHugeNumber(entry.value));
    default:
      return false;
  }
}

export function itemKind(item: ExactJson): ItemKind {
  if (holdsHugeNumber(item)) return 'string';
  // `null` decodes into a list without error, and lists are tried first.
  return item.kind === 'null' ? 'list' : item.kind;
}

/**
 * The item as Go prints it: strings without quotes but with their escapes, all else as JSON without spaces.
 */
export function itemText(item: ExactJson): string {
  const json = exactJsonText(item);
  const bare = json.startsWith('"') ? json.slice(1, -1) : json;
  return bare.replaceAll('\\u003c', '<').replaceAll('\\u003e', '>').replaceAll('\\u0026', '&');
}

/** The values by key, of a repeated key the last. */
function fieldsOf(item: ExactMap): ReadonlyMap<string, ExactJson> {
  return new Map(item.entries.map(({ key, value }) => [key.value, value]));
}

function mapText(item: ExactMap): string {
  const fields = [...fieldsOf(item)].sort(([a], [b]) => compareGoStrings(a, b));
  return `{${fields.map(([key, value]) => `${goJsonString(key)}:${exactJsonText(value)}`).join(',')}}`;
}

/** The value of `{{item}}`. */
export function itemValue(item: ExactJson): string {
  switch (itemKind(item)) {
    case 'string':
      return item.kind === 'string' ? item.value : '';
    case 'map':
      return item.kind === 'map' ? mapText(item) : '';
    case 'list':
      return exactJsonText(item);
    default:
      return itemText(item);
  }
}

/** The variables of an item, flat: `item`, and `item.key` for each key of a map. */
export function itemScope(item: ExactJson): ReadonlyMap<string, string> {
  const scope = new Map<string, string>();
  if (itemKind(item) === 'map' && item.kind === 'map') {
    for (const [key, value] of fieldsOf(item)) scope.set(`item.${key}`, itemText(value));
  }
  scope.set('item', itemValue(item));
  return scope;
}

function nodeText(item: ExactJson): string {
  switch (itemKind(item)) {
    case 'list':
      return `[${item.kind === 'list' ? item.items.map(itemText).join(' ') : ''}]`;
    case 'map': {
      if (item.kind !== 'map') return '';
      const parts = [...fieldsOf(item)].map(([key, value]) => `${key}:${itemText(value)}`);
      return parts.sort(compareGoStrings).join(',');
    }
    default:
      return itemText(item);
  }
}

/** What stands after the step's name in the node's: `(0:value)`. Brackets are taken out of the value. */
export function itemNodeSuffix(index: number, item: ExactJson): string {
  return `(${index}:${nodeText(item).replace(/[()]/g, '')})`;
}

/** The items of `withParam`: a JSON list, or `null` for none. */
export function parseItems(withParam: string): ItemsParse {
  const parsed = parseExactJson(withParam);
  if (!parsed.ok) return { ok: false, error: complaint(withParam, parsed.error), position: parsed.position };
  if (parsed.value.kind === 'list') return { ok: true, items: parsed.value.items };
  if (parsed.value.kind === 'null') return { ok: true, items: [] };
  const kind = { boolean: 'bool', map: 'object', number: 'number', string: 'string' }[parsed.value.kind];
  const error = `json: cannot unmarshal ${kind} into Go value of type []v1alpha1.Item`;
  return { ok: false, error: complaint(withParam, error), position: 0 };
}

function complaint(withParam: string, error: string): string {
  return `withParam value could not be parsed as a JSON list: ${withParam.trim()}: ${error}`;
}

/** The item of a string. */
export function stringItem(value: string): ExactString {
  return { kind: 'string', text: goJsonString(value), value };
}

/**
 * The item of a value of `withItems` that YAML has given, where numbers have lost their spelling already, as
 * upstream.
 */
export function itemOf(value: JsonValue): ExactJson {
  if (value === null) return { kind: 'null', text: 'null' };
  if (typeof value === 'string') return stringItem(value);
  if (typeof value === 'boolean') return { kind: 'boolean', text: String(value) };
  if (typeof value === 'number') return { kind: 'number', text: goJsonFloatText(value) ?? 'null' };
  if (isList(value)) return { kind: 'list', items: value.map(itemOf) };
  const entries = Object.entries(value).map(([key, one]) => ({ key: stringItem(key), value: itemOf(one) }));
  return { kind: 'map', entries };
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
