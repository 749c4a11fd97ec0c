/** Parses the JSONPath templates of kubectl's `-o jsonpath=`, as client-go's util/jsonpath does. */
import { GoError } from '../go-error.ts';
import type { Bound, Node } from './jsonpath-nodes.ts';

/** Throws GoError. */
export function parseTemplate(text: string): readonly Node[] {
  return templateOf({ text, at: 0 });
}

const TERMINATOR = /[ \t\r\n.,[\]$@{}]/;
const KEY = /^'([^']*)'$/;
const SLICE = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/;
const COMPARISON = /^([^!<>=]+)([!<>=]+)([^\n]+?)$/;

interface Reader {
  readonly text: string;
  at: number;
}

function templateOf(reader: Reader): readonly Node[] {
  const nodes: Node[] = [];
  for (;;) {
    const open = reader.text.indexOf('{', reader.at);
    const plain = reader.text.slice(reader.at, open < 0 ? undefined : open);
    if (plain !== '') nodes.push({ kind: 'text', text: plain });
    if (open < 0) return nodes;
    reader.at = open + 1;
    nodes.push({ kind: 'list', nodes: actionOf(reader) });
  }
}

/** Up to the closing brace, which is read. */
function actionOf(reader: Reader): readonly Node[] {
  const nodes: Node[] = [];
  for (;;) {
    if (takes(reader, '}')) return nodes;
    if (takes(reader, '[?(')) nodes.push(filterOf(reader));
    else if (takes(reader, '..')) readRecursive(reader, nodes);
    else if (!readOne(reader, nodes)) throw new GoError('unclosed action');
  }
}

function readOne(reader: Reader, nodes: Node[]): boolean {
  const char = reader.text[reader.at];
  if (char === undefined || char === '\n' || char === '\r') return false;
  if (char === ' ' || char === '@' || char === '$') reader.at += 1;
  else if (char === '[') nodes.push(...arrayOf(reader));
  else if (char === '"' || char === "'") nodes.push(quotedOf(reader, char));
  else if (char === '.') {
    reader.at += 1;
    nodes.push(fieldOf(reader));
  } else if (/[+\-\d]/.test(char)) nodes.push(numberOf(reader));
  else if (/[_\p{L}\p{Nd}]/u.test(char)) nodes.push(wordOf(reader));
  else throw new GoError(`unrecognized character in action: ${named(char)}`);
  return true;
}

function takes(reader: Reader, prefix: string): boolean {
  const found = reader.text.startsWith(prefix, reader.at);
  if (found) reader.at += prefix.length;
  return found;
}

function wordOf(reader: Reader): Node {
  const start = reader.at;
  while (reader.at < reader.text.length && !TERMINATOR.test(reader.text[reader.at]!)) reader.at += 1;
  const name = reader.text.slice(start, reader.at);
  if (name === 'true' || name === 'false') return { kind: 'literal', value: name === 'true', isFloat: false };
  return { kind: 'identifier', name };
}

function readRecursive(reader: Reader, nodes: Node[]): void {
  if (nodes.at(-1)?.kind === 'recursive') throw new GoError('invalid multiple recursive descent');
  nodes.push({ kind: 'recursive' });
  if (/[_\p{L}\p{Nd}]/u.test(reader.text[reader.at] ?? '')) nodes.push(fieldOf(reader));
}

function fieldOf(reader: Reader): Node {
  const start = reader.at;
  while (reader.at < reader.text.length && !TERMINATOR.test(reader.text[reader.at]!))
    reader.at += reader.text[reader.at] === '\\' ? 2 : 1;
  const name = reader.text.slice(start, reader.at);
  return name === '*' ? { kind: 'wildcard' } : { kind: 'field', name: name.replaceAll('\\', '') };
}

function numberOf(reader: Reader): Node {
  const [text = ''] = /^[+-]?[.\d]*/.exec(reader.text.slice(reader.at)) ?? [];
  reader.at += text.length;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) throw new GoError(`cannot parse number ${text}`);
  return { kind: 'literal', value: Number(text), isFloat: text.includes('.') };
}

function arrayOf(reader: Reader): readonly Node[] {
  const close = reader.text.indexOf(']', reader.at);
  const line = reader.text.slice(reader.at, close < 0 ? undefined : close);
  if (close < 0 || line.includes('\n')) throw new GoError('unterminated array');
  reader.at = close + 1;
  const inside = line.slice(1) === '*' ? ':' : line.slice(1);
  const parts = inside.split(',');
  if (parts.length > 1) {
    const lists = parts.map((part) => parseAction(`[${part.replace(/^ +| +$/g, '')}]`));
    return [{ kind: 'union', parts: lists }];
  }
  const key = KEY.exec(inside);
  if (key) return listOf(parseAction(`.${key[1]}`));
  const slice = SLICE.exec(inside);
  if (slice === null) throw new GoError(`invalid array index ${inside}`);
  const [, from = '', to, step] = slice;
  const known = (text: string | undefined) =>
    text === undefined || text === ':' ? undefined : text.slice(1);
  return [
    {
      kind: 'slice',
      ...(from !== '' && { from: indexOf(from) }),
      to: boundOf(to, known(to)),
      ...(known(step) !== undefined && { step: indexOf(known(step)!) }),
    },
  ];
}

/** A bracket inside quotes does not end the filter. */
function filterOf(reader: Reader): Node {
  const start = reader.at;
  let quote: string | undefined;
  let isClosed = false;
  for (; ; reader.at += 1) {
    const char = reader.text[reader.at];
    if (char === undefined || char === '\n') throw new GoError('unterminated filter');
    if (char === '"' || char === "'") {
      if (quote === undefined) quote = char;
      else if (char === quote && reader.text[reader.at - 1] !== '\\') isClosed = true;
    } else if (char === ')' && (quote !== undefined) === isClosed) break;
  }
  const inside = reader.text.slice(start, reader.at);
  if (reader.text[reader.at + 1] !== ']') throw new GoError('unclosed array expect ]');
  reader.at += 2;
  const [, left, operator, right] = COMPARISON.exec(inside) ?? [];
  if (left === undefined || operator === undefined || right === undefined)
    return {
      kind: 'filter',
      left: parseAction(inside),
      right: { kind: 'list', nodes: [] },
      operator: 'exists',
    };
  return { kind: 'filter', left: parseAction(left), right: parseAction(right), operator };
}

function quotedOf(reader: Reader, quote: string): Node {
  const start = reader.at + 1;
  for (reader.at += 1; ; reader.at += 1) {
    const char = reader.text[reader.at];
    if (char === undefined || char === '\n') throw new GoError('unterminated quoted string');
    if (char === quote && reader.text[reader.at - 1] !== '\\') break;
  }
  const inside = reader.text.slice(start, reader.at);
  reader.at += 1;
  return { kind: 'text', text: unquoted(inside, quote) };
}

/** A part of an action, which is one of its own. */
function parseAction(text: string): Node {
  const [only] = parseTemplate(`{${text}}`);
  return only ?? { kind: 'list', nodes: [] };
}

function listOf(node: Node): readonly Node[] {
  return node.kind === 'list' ? node.nodes : [node];
}

function boundOf(given: string | undefined, known: string | undefined): Bound {
  if (given === undefined) return { kind: 'derived' };
  return known === undefined ? { kind: 'end' } : { kind: 'at', at: indexOf(known) };
}

function indexOf(text: string): number {
  if (!/^-?\d+$/.test(text)) throw new GoError(`array index ${text} is not a number`);
  return Number(text);
}

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
  ...{ '\\': '\\' },
};

/** `strconv.UnquoteChar`, character by character. */
function unquoted(inside: string, quote: string): string {
  return inside.replace(/\\(u[\da-fA-F]{4}|x[\da-fA-F]{2}|[0-7]{3}|[\s\S]?)/g, (_whole, char: string) => {
    if (char === quote) return quote;
    if (/^[ux]./.test(char)) return String.fromCodePoint(Number.parseInt(char.slice(1), 16));
    if (/^[0-7]{3}$/.test(char)) return String.fromCodePoint(Number.parseInt(char, 8));
    const plain = ESCAPES[char];
    if (plain === undefined)
      throw new GoError(`unquote string ${quote}${inside}${quote} error invalid syntax`);
    return plain;
  });
}

/** Go's `%#U`. */
function named(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')} '${char}'`;
}
