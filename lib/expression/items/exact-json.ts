/**
 * JSON that keeps the spelling of numbers and strings, as Go's json.RawMessage does for the items of a loop.
 */
import { validText } from '../go/utf8.ts';

export type ExactJson = ExactScalar | ExactString | ExactList | ExactMap;

export interface ExactScalar {
  readonly kind: 'null' | 'boolean' | 'number';
  /** As written: `1.0`, `1e3`. */
  readonly text: string;
}

export interface ExactString {
  readonly kind: 'string';
  /** As written, quotes and escapes included. */
  readonly text: string;
  readonly value: string;
}

export interface ExactList {
  readonly kind: 'list';
  readonly items: readonly ExactJson[];
}

export interface ExactMap {
  readonly kind: 'map';
  /** In order, a repeated key included. */
  readonly entries: readonly { readonly key: ExactString; readonly value: ExactJson }[];
}

export type ExactJsonParse =
  | { readonly ok: true; readonly value: ExactJson }
  | { readonly ok: false; readonly error: string; readonly position: number };

/** Go stops at 10,000 levels; this stays clear of the end of the stack. */
const maxDepth = 1_000;

const blank = /[ \t\n\r]*/y;
const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
// Runs of plain characters, then one escape, so that the length costs no stack.
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them in strings
const plain = /[^"\\\u0000-\u001f]*/y;
const escapeSequence = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const word = /true|false|null/y;

class JsonFault extends Error {
  readonly position: number;
  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}

interface Stream {
  readonly source: string;
  at: number;
}

function matchHere(stream: Stream, pattern: RegExp): string | undefined {
  pattern.lastIndex = stream.at;
  const found = pattern.exec(stream.source)?.[0];
  if (found !== undefined) stream.at += found.length;
  return found;
}

function fault(stream: Stream, context: string): JsonFault {
  const code = stream.source.codePointAt(stream.at);
  if (code === undefined) return new JsonFault('unexpected end of JSON input', stream.at);
  const character = String.fromCodePoint(code);
  const shown =
    character === "'" ? "'\\''" : `'${JSON.stringify(character).slice(1, -1).replace('\\"', '"')}'`;
  return new JsonFault(`invalid character ${shown} ${context}`, stream.at);
}

function skipBlank(stream: Stream): string {
  matchHere(stream, blank);
  return stream.source[stream.at] ?? '';
}

function readString(stream: Stream): ExactString {
  const start = stream.at++;
  for (;;) {
    matchHere(stream, plain);
    if (stream.source[stream.at] === '"') break;
    const isEscape = stream.source[stream.at] === '\\';
    if (matchHere(stream, escapeSequence) === undefined) {
      if (isEscape) stream.at++;
      throw fault(stream, isEscape ? 'in string escape code' : 'in string literal');
    }
  }
  stream.at++;
  const text = stream.source.slice(start, stream.at);
  return { kind: 'string', text, value: validText(JSON.parse(text) as string) };
}

function readList(stream: Stream, depth: number): ExactList {
  stream.at++;
  const items: ExactJson[] = [];
  if (skipBlank(stream) !== ']') {
    for (;;) {
      items.push(readValue(stream, depth + 1));
      if (skipBlank(stream) !== ',') break;
      stream.at++;
    }
  }
  if (stream.source[stream.at] !== ']') throw fault(stream, 'after array element');
  stream.at++;
  return { kind: 'list', items };
}

function readMap(stream: Stream, depth: number): ExactMap {
  stream.at++;
  const entries: { key: ExactString; value: ExactJson }[] = [];
  let next = skipBlank(stream);
  while (next !== '}' || entries.length > 0) {
    if (next !== '"') throw fault(stream, 'looking for beginning of object key string');
    const key = readString(stream);
    if (skipBlank(stream) !== ':') throw fault(stream, 'after object key');
    stream.at++;
    entries.push({ key, value: readValue(stream, depth + 1) });
    if (skipBlank(stream) !== ',') break;
    stream.at++;
    next = skipBlank(stream);
  }
  if (stream.source[stream.at] !== '}') throw fault(stream, 'after object key:value pair');
  stream.at++;
  return { kind: 'map', entries };
}

function readValue(stream: Stream, depth: number): ExactJson {
  if (depth > maxDepth) throw new JsonFault('exceeded max depth', stream.at);
  const first = skipBlank(stream);
  if (first === '"') return readString(stream);
  if (first === '[') return readList(stream, depth);
  if (first === '{') return readMap(stream, depth);
  const name = matchHere(stream, word);
  if (name !== undefined) return { kind: name === 'null' ? 'null' : 'boolean', text: name };
  const digits = matchHere(stream, number);
  if (digits !== undefined) return { kind: 'number', text: digits };
  throw fault(stream, 'looking for beginning of value');
}

/** The value of a JSON text. */
export function parseExactJson(source: string): ExactJsonParse {
  const stream: Stream = { source, at: 0 };
  try {
    const value = readValue(stream, 0);
    if (skipBlank(stream) !== '') throw fault(stream, 'after top-level value');
    return { ok: true, value };
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    return { ok: false, error: error.message, position: error.position };
  }
}

/**
 * The text without spaces, with `<`, `>`, `&` and the line separators escaped: Go's encoding of a
 * RawMessage.
 */
export function exactJsonText(value: ExactJson): string {
  switch (value.kind) {
    case 'string':
      return escapeHtml(value.text);
    case 'list':
      return `[${value.items.map(exactJsonText).join(',')}]`;
    case 'map':
      return `{${value.entries
        .map((entry) => `${escapeHtml(entry.key.text)}:${exactJsonText(entry.value)}`)
        .join(',')}}`;
    default:
      return value.text;
  }
}

function escapeHtml(text: string): string {
  return text.replace(/[<>&\u2028\u2029]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
