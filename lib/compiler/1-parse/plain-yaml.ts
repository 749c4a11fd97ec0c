/**
 * Reads the YAML that people write nearly always, some ten times as fast as the library: block maps and
 * lists, texts on
 * one line, flow collections on one line, literal blocks. It gives up at anything else, right or wrong, and
 * the library
 * reads the document from its start; so what this reader accepts must mean exactly what the library makes of
 * it.
 */

import type { MapEntry, YamlNode } from './node.ts';
import { readFlow, readQuoted, skipSpaces } from './plain-flow.ts';
import { GiveUp, isPlainStart, listNode, mapNode, type Reader, scalarNode } from './plain-node.ts';
import { resolvePlain } from './scalar.ts';

/** Line ends of other systems, control characters and byte order marks are left to the library. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const uncommon = /[\x00-\x08\x0b-\x1f\x7f\u0085\u2028\u2029\ufeff]/;

const deepest = 60;

/** The document, or undefined when it is not plain. */
export function readPlainYaml(text: string): YamlNode | undefined {
  if (uncommon.test(text)) return undefined;
  const reader: Reader = { text, at: text.startsWith('---\n') ? 4 : 0, depth: 0 };
  try {
    nextContent(reader, true);
    if (reader.at >= text.length || indentAt(reader) !== 0) return undefined;
    const node = readBlock(reader, 0);
    return reader.at >= text.length ? node : undefined;
  } catch (error) {
    if (error instanceof GiveUp) return undefined;
    throw error;
  }
}

/**
 * Moves to the start of the next line that is neither blank nor a comment; `isStart` when on a line's start
 * now.
 */
function nextContent(reader: Reader, isStart: boolean): void {
  const { text } = reader;
  let at = isStart ? reader.at : lineAfter(text, reader.at);
  for (;;) {
    const content = skipSpaces(text, at);
    const char = text[content];
    if (char === '\t') throw new GiveUp();
    if (char === undefined) {
      reader.at = text.length;
      return;
    }
    if (char !== '\n' && char !== '#') {
      if (content === at && /^(---|\.\.\.|%)/.test(text.slice(at, at + 3))) throw new GiveUp();
      reader.at = at;
      return;
    }
    at = lineAfter(text, content);
  }
}

function lineAfter(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}

/** The indentation of the line that the reader stands at; -1 at the end. */
function indentAt({ text, at }: Reader): number {
  return at >= text.length ? -1 : skipSpaces(text, at) - at;
}

/** A block collection whose first line stands at this indentation. */
function readBlock(reader: Reader, indent: number): YamlNode {
  if (++reader.depth > deepest) throw new GiveUp();
  const content = reader.at + indent;
  const node = isDash(reader.text, content) ? readList(reader, indent) : readMap(reader, indent, content);
  reader.depth--;
  return node;
}

function isDash(text: string, at: number): boolean {
  const next = text[at + 1];
  return text[at] === '-' && (next === ' ' || next === '\n' || next === undefined);
}

function readList(reader: Reader, indent: number): YamlNode {
  const start = reader.at + indent;
  const items: YamlNode[] = [];
  while (indentAt(reader) === indent && isDash(reader.text, reader.at + indent)) {
    items.push(readItem(reader, reader.at + indent, indent));
  }
  if (indentAt(reader) > indent) throw new GiveUp();
  return listNode(items, start);
}

/**
 * What follows a dash: on the same line a collection may begin, at the column where its first word stands.
 */
function readItem(reader: Reader, dash: number, indent: number): YamlNode {
  const { text } = reader;
  const content = skipSpaces(text, dash + 1);
  const column = content - dash + indent;
  if (isDash(text, content)) return readInlineList(reader, content, column);
  if (isEnd(text, content, dash + 1)) return readNested(reader, dash, indent, false);
  if (keyEnd(text, content) !== undefined) {
    if (++reader.depth > deepest) throw new GiveUp();
    const node = readMap(reader, column, content);
    reader.depth--;
    return node;
  }
  return readValue(reader, content, indent);
}

function readInlineList(reader: Reader, content: number, column: number): YamlNode {
  if (++reader.depth > deepest) throw new GiveUp();
  const items = [readItem(reader, content, column)];
  while (indentAt(reader) === column && isDash(reader.text, reader.at + column)) {
    items.push(readItem(reader, reader.at + column, column));
  }
  if (indentAt(reader) > column) throw new GiveUp();
  reader.depth--;
  return listNode(items, content);
}

/** A map at this column; `content` is where its first key stands, maybe behind a dash. */
function readMap(reader: Reader, column: number, content: number): YamlNode {
  const { text } = reader;
  const entries: MapEntry[] = [];
  const keys = new Set<string>();
  for (let at = content; ; at = reader.at + column) {
    const end = keyEnd(text, at);
    if (end === undefined) throw new GiveUp();
    const key = readKey(text, at, end);
    if (keys.has(key)) throw new GiveUp();
    keys.add(key);
    const colon = skipSpaces(text, end);
    const after = skipSpaces(text, colon + 1);
    const value = isEnd(text, after, colon + 1)
      ? readNested(reader, colon, column, true)
      : readValue(reader, after, column);
    entries.push({ key, keyStart: at, keyEnd: end, value });
    const indent = indentAt(reader);
    if (indent > column) throw new GiveUp();
    if (indent < column) return mapNode(entries, content);
  }
}

/** Where a key that begins here ends, if a colon makes it one. */
function keyEnd(text: string, start: number): number | undefined {
  const first = text[start]!;
  if (first === '"' || first === "'") {
    const { end } = readQuoted(text, start);
    const colon = skipSpaces(text, end);
    return text[colon] === ':' && isBreak(text[colon + 1]) ? end : undefined;
  }
  if (!isPlainStart(text, start)) return undefined;
  for (let at = start; ; at++) {
    const char = text[at];
    if (char === undefined || char === '\n') return undefined;
    if (char === '\t') throw new GiveUp();
    if (char === '#' && text[at - 1] === ' ') return undefined;
    if (char === ':' && isBreak(text[at + 1])) {
      let end = at;
      while (text[end - 1] === ' ') end--;
      return end;
    }
  }
}

function isBreak(char: string | undefined): boolean {
  return char === ' ' || char === '\n' || char === undefined;
}

function readKey(text: string, start: number, end: number): string {
  const first = text[start];
  if (first === '"' || first === "'") return readQuoted(text, start).value;
  const raw = text.slice(start, end);
  const value = resolvePlain(raw);
  if (raw === '<<' || value === null || end - start > 1000) throw new GiveUp();
  return String(value);
}

/** Whether nothing but a comment stands here until the end of the line. */
function isEnd(text: string, at: number, since: number): boolean {
  const char = text[at];
  if (char === undefined || char === '\n') return true;
  return char === '#' && at > since;
}

/** The value of a key or dash with nothing behind it: on the lines below, or null. */
function readNested(reader: Reader, mark: number, indent: number, isMap: boolean): YamlNode {
  reader.at = mark;
  nextContent(reader, false);
  const inner = indentAt(reader);
  const isSameList = isMap && inner === indent && isDash(reader.text, reader.at + inner);
  if (inner <= indent && !isSameList) return scalarNode(null, '', mark + 1, mark + 1);
  const content = reader.at + inner;
  if (!isDash(reader.text, content) && keyEnd(reader.text, content) === undefined) throw new GiveUp();
  return readBlock(reader, inner);
}

/** A value on the line of its key or dash. */
function readValue(reader: Reader, start: number, indent: number): YamlNode {
  const { text } = reader;
  const first = text[start];
  if (first === '|') return readLiteral(reader, start, indent);
  if (first === '"' || first === "'") {
    const { value, end } = readQuoted(text, start);
    finishLine(reader, end, indent);
    return scalarNode(value, value, start, end);
  }
  if (first === '[' || first === '{') {
    const node = readFlow(reader, start);
    finishLine(reader, node.end, indent);
    return node;
  }
  return readPlain(reader, start, indent);
}

function readPlain(reader: Reader, start: number, indent: number): YamlNode {
  const { text } = reader;
  if (!isPlainStart(text, start)) throw new GiveUp();
  let end = text.indexOf('\n', start);
  if (end < 0) end = text.length;
  const raw = text.slice(start, end);
  if (raw.includes('\t') || /:( |$)/.test(raw)) throw new GiveUp();
  const comment = raw.indexOf(' #');
  const value = (comment < 0 ? raw : raw.slice(0, comment)).trimEnd();
  finishLine(reader, start + value.length, indent);
  return scalarNode(resolvePlain(value), value, start, start + value.length);
}

/** Only a comment may follow; and a deeper line would go on with the value. */
function finishLine(reader: Reader, end: number, indent: number): void {
  const { text } = reader;
  if (!isEnd(text, skipSpaces(text, end), end)) throw new GiveUp();
  reader.at = end;
  nextContent(reader, false);
  if (indentAt(reader) > indent) throw new GiveUp();
}

/** A literal block: `|`, `|-` or `|+`, its indentation told by its first line. */
function readLiteral(reader: Reader, start: number, indent: number): YamlNode {
  const { text } = reader;
  const header = text.slice(start + 1, lineAfter(text, start)).trimEnd();
  if (header !== '' && header !== '-' && header !== '+') throw new GiveUp();
  let at = lineAfter(text, start);
  let inner = 0;
  const lines: string[] = [];
  /** Where the next line after the last one that is not blank begins. */
  let endOfBody = at;
  while (at < text.length) {
    const content = skipSpaces(text, at);
    const end = text.indexOf('\n', at) < 0 ? text.length : text.indexOf('\n', at);
    if (content === end) {
      if (inner === 0 ? end > at : end - at > inner) throw new GiveUp();
      lines.push('');
    } else {
      if (inner === 0) inner = content - at;
      if (content - at <= indent) break;
      if (content - at < inner || text[content] === '\t') throw new GiveUp();
      lines.push(text.slice(at + inner, end));
      endOfBody = Math.min(end + 1, text.length);
    }
    at = end + 1;
  }
  if (inner <= indent) throw new GiveUp();
  let kept = lines.length;
  while (kept > 0 && lines[kept - 1] === '') kept--;
  const isOpen = kept === lines.length && !text.endsWith('\n') && at > text.length;
  const body = lines.slice(0, kept).join('\n');
  if (header === '+' && (isOpen || kept < lines.length)) throw new GiveUp();
  const value = header === '-' || isOpen ? body : `${body}\n`;
  reader.at = Math.min(at, text.length);
  nextContent(reader, true);
  return scalarNode(value, value, start, endOfBody);
}
