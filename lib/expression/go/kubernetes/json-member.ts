/** The text at a dotted path of a JSON document, as github.com/tidwall/gjson reads it for conditions. */
import { goPlainFloatText } from '../float-text.ts';
import { validText } from '../utf8.ts';

/**
 * The text at `path` in valid JSON, undefined if there is nothing. A string gives itself, null the empty
 * text, an integer its spelling, an object or list its JSON. Of equal keys the first counts.
 */
export function jsonMember(json: string, path: string): string | undefined {
  let at: number | undefined = skipSpace(json, 0);
  for (const part of path.split('.')) {
    at = json[at] === '{' ? memberAt(json, at, part) : json[at] === '[' ? itemAt(json, at, part) : undefined;
    if (at === undefined) return undefined;
  }
  return valueText(json.slice(at, valueEnd(json, at)));
}

function valueText(raw: string): string {
  if (raw.startsWith('"')) return stringOf(raw);
  if (raw === 'null') return '';
  return /^-?[0-9]/.test(raw) && !/^-?[0-9]+$/.test(raw) ? goPlainFloatText(Number(raw)) : raw;
}

function memberAt(json: string, open: number, name: string): number | undefined {
  for (let at = skipSpace(json, open + 1); json[at] === '"'; ) {
    const end = valueEnd(json, at);
    const value = skipSpace(json, skipSpace(json, end) + 1);
    if (stringOf(json.slice(at, end)) === name) return value;
    at = skipSpace(json, skipSpace(json, valueEnd(json, value)) + 1);
  }
  return undefined;
}

function itemAt(json: string, open: number, name: string): number | undefined {
  if (!/^[0-9]{1,15}$/.test(name)) return undefined;
  let at = skipSpace(json, open + 1);
  if (json[at] === ']') return undefined;
  for (let left = Number(name); left > 0; left -= 1) {
    const comma = skipSpace(json, valueEnd(json, at));
    if (json[comma] !== ',') return undefined;
    at = skipSpace(json, comma + 1);
  }
  return at;
}

function stringOf(raw: string): string {
  return validText(JSON.parse(raw) as string);
}

function skipSpace(json: string, from: number): number {
  let at = from;
  while (' \t\r\n'.includes(json[at] ?? 'x')) at += 1;
  return at;
}

const scalar = /[^\s,\]}]*/y;
const bracketOrString = /["[\]{}]/g;

/** The place after the value that begins at `from`. */
function valueEnd(json: string, from: number): number {
  const first = json[from];
  if (first === '"') return stringEnd(json, from);
  if (first !== '{' && first !== '[') {
    scalar.lastIndex = from;
    return from + (scalar.exec(json)?.[0].length ?? 0);
  }
  let depth = 0;
  for (let at = from; at < json.length; ) {
    bracketOrString.lastIndex = at;
    const match = bracketOrString.exec(json);
    if (!match) break;
    if (match[0] === '"') {
      at = stringEnd(json, match.index);
      continue;
    }
    depth += match[0] === '{' || match[0] === '[' ? 1 : -1;
    at = match.index + 1;
    if (depth === 0) return at;
  }
  return json.length;
}

function stringEnd(json: string, from: number): number {
  let at = from + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return Math.min(at + 1, json.length);
}
