/** Quoted texts and flow collections on one line, for the reader of plain YAML. */

import type { MapEntry, YamlNode } from './node.ts';
import { GiveUp, isPlainStart, listNode, mapNode, type Reader, scalarNode } from './plain-node.ts';
import { resolvePlain } from './scalar.ts';

export function skipSpaces(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === 0x20) at++;
  return at;
}

const escapes: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', n: '\n', t: '\t' };

/** A quoted text that ends on its line; of the escapes only the common ones. */
export function readQuoted(text: string, start: number): { readonly value: string; readonly end: number } {
  const quote = text[start]!;
  let value = '';
  let from = start + 1;
  for (let at = from; ; at++) {
    const char = text[at];
    if (char === undefined || char === '\n') throw new GiveUp();
    if (char === quote) {
      value += text.slice(from, at);
      if (quote === "'" && text[at + 1] === "'") {
        value += "'";
        from = ++at + 1;
      } else return { value, end: at + 1 };
    } else if (char === '\\' && quote === '"') {
      const escaped = escapes[text[at + 1] ?? ''];
      if (escaped === undefined) throw new GiveUp();
      value += text.slice(from, at) + escaped;
      from = ++at + 1;
    }
  }
}

/** A list or map in brackets. */
export function readFlow(reader: Reader, start: number): YamlNode {
  if (++reader.depth > 60) throw new GiveUp();
  const node = reader.text[start] === '[' ? readFlowList(reader, start) : readFlowMap(reader, start);
  reader.depth--;
  return node;
}

function readFlowList(reader: Reader, start: number): YamlNode {
  const { text } = reader;
  const items: YamlNode[] = [];
  let at = skipSpaces(text, start + 1);
  if (text[at] === ']') return listNode(items, start, at + 1);
  for (;;) {
    const item = readFlowValue(reader, at);
    items.push(item);
    at = skipSpaces(text, item.end);
    if (text[at] === ']') return listNode(items, start, at + 1);
    if (text[at] !== ',') throw new GiveUp();
    at = skipSpaces(text, at + 1);
  }
}

function readFlowMap(reader: Reader, start: number): YamlNode {
  const { text } = reader;
  const entries: MapEntry[] = [];
  const keys = new Set<string>();
  let at = skipSpaces(text, start + 1);
  if (text[at] === '}') return mapNode(entries, start, at + 1);
  for (;;) {
    const keyNode = readFlowValue(reader, at);
    const colon = keyNode.end;
    if (keyNode.kind !== 'scalar' || keyNode.value === null || keyNode.text === '<<') throw new GiveUp();
    if (text[colon] !== ':' || text[colon + 1] !== ' ') throw new GiveUp();
    const key = String(keyNode.value);
    if (keys.has(key)) throw new GiveUp();
    keys.add(key);
    const value = readFlowValue(reader, skipSpaces(text, colon + 1));
    entries.push({ key, keyStart: at, keyEnd: keyNode.end, value });
    at = skipSpaces(text, value.end);
    if (text[at] === '}') return mapNode(entries, start, at + 1);
    if (text[at] !== ',') throw new GiveUp();
    at = skipSpaces(text, at + 1);
  }
}

function readFlowValue(reader: Reader, start: number): YamlNode {
  const { text } = reader;
  const first = text[start];
  if (first === '[' || first === '{') return readFlow(reader, start);
  if (first === '"' || first === "'") {
    const { value, end } = readQuoted(text, start);
    return scalarNode(value, value, start, end);
  }
  if (!isPlainStart(text, start)) throw new GiveUp();
  let end = start;
  for (; ; end++) {
    const char = text[end];
    if (char === undefined || char === '\n' || char === '\t' || char === '#') throw new GiveUp();
    if (char === ',' || char === ']' || char === '}') break;
    if (char === '[' || char === '{') throw new GiveUp();
    if (char === ':') {
      const next = text[end + 1];
      if (next === ' ') break;
      if (next === undefined || /[\n,[\]{}]/.test(next)) throw new GiveUp();
    }
  }
  while (text[end - 1] === ' ') end--;
  const raw = text.slice(start, end);
  return scalarNode(resolvePlain(raw), raw, start, end);
}
