/** jq's values: JSON with sorted keys, as gojq has them; their order, and how errors name them. */
import { goJsonFloatText } from '../go/float-text.ts';
import { goJsonString } from '../go/json-encode.ts';
import { compareGoStrings } from '../go/utf8.ts';
import { GoError } from '../go-error.ts';

export type Json = null | boolean | number | string | readonly Json[] | JsonMap;

export interface JsonMap {
  readonly [key: string]: Json;
}

/** What `error` throws and `try` catches. */
export class JqError extends GoError {
  readonly value: Json;
  constructor(value: Json, message = `error: ${typeof value === 'string' ? value : jsonOf(value)}`) {
    super(message);
    this.value = value;
  }
}

/** An error of jq's own, which a `try` sees as its text. */
export function fault(message: string): JqError {
  return new JqError(message, message);
}

export function isMap(value: Json): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

export function typeOf(value: Json): string {
  if (value === null) return 'null';
  if (isList(value)) return 'array';
  return typeof value;
}

export function isTrue(value: Json): boolean {
  return value !== null && value !== false;
}

export function keysOf(map: JsonMap): readonly string[] {
  return Object.keys(map).sort(compareGoStrings);
}

/** As Go's encoding/json writes it, for one that is no number of JSON with an error. */
export function jsonOf(value: Json, escapeHtml = false): string {
  if (typeof value === 'string') return goJsonString(value, escapeHtml);
  if (typeof value === 'number') return numberText(value);
  if (isList(value)) return `[${value.map((one) => jsonOf(one, escapeHtml)).join(',')}]`;
  if (!isMap(value)) return String(value);
  const entries = keysOf(value).map(
    (key) => `${goJsonString(key, escapeHtml)}:${jsonOf(value[key]!, escapeHtml)}`,
  );
  return `{${entries.join(',')}}`;
}

/** jq has no words for what JSON has no number for. */
function numberText(value: number): string {
  if (Number.isNaN(value)) return 'null';
  const most = value > 0 ? Number.MAX_VALUE : -Number.MAX_VALUE;
  return goJsonFloatText(Number.isFinite(value) ? value : most) ?? String(value);
}

/** `typeof` and the beginning of the value, as gojq's errors name it. */
export function described(value: Json): string {
  const text = jsonOf(value);
  if (value === null) return 'null';
  const cut = Buffer.byteLength(text) <= 30 ? text : `${text.slice(0, 25)} ${ending(value)}`;
  return `${typeOf(value)} (${cut})`;
}

function ending(value: Json): string {
  if (typeof value === 'string') return '..."';
  if (isList(value)) return '...]';
  return isMap(value) ? '...}' : '...';
}

const ORDER = ['null', 'false', 'true', 'number', 'string', 'array', 'object'];

export function compare(a: Json, b: Json): number {
  const rank = (value: Json) => ORDER.indexOf(typeof value === 'boolean' ? String(value) : typeOf(value));
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (typeof a === 'number' && typeof b === 'number') return a < b || Number.isNaN(a) ? -1 : a === b ? 0 : 1;
  if (typeof a === 'string' && typeof b === 'string') return compareGoStrings(a, b);
  if (isList(a) && isList(b)) return compareLists(a, b);
  if (!isMap(a) || !isMap(b)) return 0;
  const keys = compareLists(keysOf(a), keysOf(b));
  if (keys !== 0) return keys;
  const values = (map: JsonMap) => keysOf(map).map((key) => map[key]!);
  return compareLists(values(a), values(b));
}

function compareLists(a: readonly Json[], b: readonly Json[]): number {
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
    const order = compare(a[at]!, b[at]!);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
