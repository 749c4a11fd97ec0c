/** Go's `json.Unmarshal` into an `interface {}`. */
import { GoError } from '../go-error.ts';
import type { GoValue } from '../values.ts';
import { goQuote } from './quote.ts';
import { validText } from './utf8.ts';

/** encoding/json stops at a depth of 10,000; here the limit keeps well clear of the stack's. */
const deepest = 1000;

/** The value of a JSON text: numbers are float64, objects `map[string]interface {}`. Throws GoError. */
export function goJsonDecode(text: string): GoValue {
  return goValueOfJson(parseJson(text), 0);
}

/** `JSON.parse` that fails with a GoError. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new GoError(firstFault(text));
  }
}

function goValueOfJson(value: unknown, depth: number): GoValue {
  if (depth > deepest) throw new GoError('exceeded max depth');
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return validText(value);
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value;
    throw new GoError('json: cannot unmarshal number into Go value of type float64');
  }
  if (Array.isArray(value)) {
    return {
      kind: 'list',
      type: '[]interface {}',
      items: value.map((item) => goValueOfJson(item, depth + 1)),
    };
  }
  const entries = new Map<string, GoValue>();
  for (const [key, item] of Object.entries(value as object)) {
    entries.set(validText(key), goValueOfJson(item, depth + 1));
  }
  return { kind: 'map', type: 'map[string]interface {}', entries };
}

function firstFault(text: string): string {
  const trimmed = text.trimStart();
  if (trimmed === '') return 'unexpected end of JSON input';
  const first = trimmed[0] ?? '';
  if (/^["[{0-9tfn-]/.test(first)) return 'invalid JSON text';
  return `invalid character ${goQuote(first).replace(/^"|"$/g, "'")} looking for beginning of value`;
}
