/** Go's `json.Marshal` and `json.MarshalIndent` for Go values. */
import { GoError } from '../go-error.ts';
import type { GoMap, GoValue } from '../values.ts';
import { goJsonFloatText } from './float-text.ts';
import { goFormat, goTypeOf, isStruct, itemsOf, sortedKeys, structText } from './format.ts';
import { formatGoTime } from './time/format-time.ts';
import { validText } from './utf8.ts';

export interface JsonOptions {
  /**
   * Writes `<`, `>` and `&` as `\u003c` and so on.
   * @default true
   */
  readonly escapeHtml?: boolean;
  /** One step of indentation; none writes everything on one line. */
  readonly indent?: string;
}

const deepest = 1000;
const rfc3339Nano = '2006-01-02T15:04:05.999999999Z07:00';

/** The JSON of a value. Throws GoError for what encoding/json refuses: functions, NaN, infinities. */
export function goJsonEncode(value: GoValue, options: JsonOptions = {}): string {
  return encode(value, options, '', 0);
}

/** A string as encoding/json writes it, quotes included. */
export function goJsonString(text: string, escapeHtml = true): string {
  return goJsonEscaped(JSON.stringify(validText(text)), escapeHtml);
}

/** JSON text with the escapes of encoding/json for characters that JSON itself lets stand. */
export function goJsonEscaped(json: string, escapeHtml = true): string {
  const escaped = escapeHtml ? /[<>&\u2028\u2029]/g : /[\u2028\u2029]/g;
  return json.replace(escaped, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function encode(value: GoValue, options: JsonOptions, margin: string, depth: number): string {
  if (depth > deepest) throw new GoError('json: unsupported value: nesting too deep');
  if (value === null) return 'null';
  if (typeof value === 'string') return goJsonString(value, options.escapeHtml ?? true);
  if (typeof value === 'number') return numberText(value);
  if (typeof value !== 'object') return String(value);
  switch (value.kind) {
    case 'int':
      return String(value.value);
    case 'duration':
      return String(value.nanos);
    case 'time':
      return goJsonString(formatGoTime(value, rfc3339Nano));
    case 'func':
      throw new GoError(`json: unsupported type: ${goTypeOf(value)}`);
    case 'list': {
      if (value.items === null) return 'null';
      if (value.type === '[]uint8') return goJsonString(base64Text(value.items));
      const inner = margin + (options.indent ?? '');
      return bracketed(
        '[',
        ']',
        itemsOf(value).map((item) => encode(item, options, inner, depth + 1)),
        options,
        margin,
      );
    }
    case 'map':
      return encodeMap(value, options, margin, depth);
  }
}

function encodeMap(value: GoMap, options: JsonOptions, margin: string, depth: number): string {
  // Its fields are private and it has no MarshalText, unlike other structs with a String().
  if (value.type === '*time.Location') return '{}';
  const text = structText(value);
  if (text !== undefined) return goJsonString(text, options.escapeHtml ?? true);
  if (value.type.startsWith('map[interface {}]')) throw new GoError(`json: unsupported type: ${value.type}`);
  const entries = value.entries;
  if (entries === null) return 'null';
  const inner = margin + (options.indent ?? '');
  const keys = isStruct(value) ? [...entries.keys()] : sortedKeys(value);
  const colon = options.indent === undefined ? ':' : ': ';
  const members = keys.map((key) => {
    const item = encode(entries.get(key) ?? null, options, inner, depth + 1);
    return goJsonString(key, options.escapeHtml ?? true) + colon + item;
  });
  return bracketed('{', '}', members, options, margin);
}

function bracketed(
  open: string,
  close: string,
  parts: string[],
  options: JsonOptions,
  margin: string,
): string {
  if (options.indent === undefined || parts.length === 0) return open + parts.join(',') + close;
  const line = `\n${margin}`;
  return open + parts.map((part) => line + options.indent + part).join(',') + line + close;
}

function numberText(value: number): string {
  const text = goJsonFloatText(value);
  if (text === undefined) throw new GoError(`json: unsupported value: ${goFormat(value)}`);
  return text;
}

function base64Text(items: readonly GoValue[]): string {
  const bytes = items.map((item) =>
    typeof item === 'object' && item?.kind === 'int' ? Number(item.value) : 0,
  );
  return Buffer.from(bytes).toString('base64');
}
