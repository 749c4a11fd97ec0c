/** Cuts a jq filter into tokens; a string keeps its parts, since filters may stand in it. */
import { GoError } from '../go-error.ts';

type Plain = 'word' | 'field' | 'variable' | 'format' | 'symbol';

export type Token =
  | { readonly [K in Plain]: { readonly kind: K; readonly text: string } }[Plain]
  | { readonly kind: 'number'; readonly value: number; readonly text: string }
  | {
      readonly kind: 'string';
      readonly parts: readonly (string | readonly Token[])[];
      readonly text: string;
    };

const SPACE = /(?:\s|#[^\n]*)+/y;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_]\w*(?:::[A-Za-z_]\w*)*/y;
const FIELD = /\.[A-Za-z_]\w*/y;
const VARIABLE = /\$[A-Za-z_]\w*/y;
const FORMAT = /@[A-Za-z_]\w*/y;
const SYMBOL = /\?\/\/|\/\/=|\|=|\+=|-=|\*=|\/=|%=|==|!=|<=|>=|\/\/|\.\.|[.[\]{}()|,:;=<>+\-*/%?]/y;

interface Reader {
  readonly text: string;
  at: number;
}

/** Throws GoError. */
export function tokensOf(text: string): readonly Token[] {
  const reader = { text, at: 0 };
  return read(reader, false);
}

/** Up to the end, or to the bracket that closes a filter inside a string. */
function read(reader: Reader, isInside: boolean): readonly Token[] {
  const tokens: Token[] = [];
  for (let depth = 0; ; ) {
    match(reader, SPACE);
    const char = reader.text[reader.at];
    if (char === undefined) {
      if (isInside) throw new GoError('unterminated string literal');
      return tokens;
    }
    if (isInside && char === ')' && depth === 0) {
      reader.at += 1;
      return tokens;
    }
    const token = next(reader, char);
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
    tokens.push(token);
  }
}

function next(reader: Reader, char: string): Token {
  if (char === '"') return stringToken(reader);
  const number = match(reader, NUMBER);
  if (number !== undefined) return { kind: 'number', value: Number(number), text: number };
  const field = match(reader, FIELD);
  if (field !== undefined) return { kind: 'field', text: field.slice(1) };
  const variable = match(reader, VARIABLE);
  if (variable !== undefined) return { kind: 'variable', text: variable.slice(1) };
  const format = match(reader, FORMAT);
  if (format !== undefined) return { kind: 'format', text: format };
  const word = match(reader, WORD);
  if (word !== undefined) return { kind: 'word', text: word };
  const symbol = match(reader, SYMBOL);
  if (symbol === undefined) throw new GoError(`unexpected token ${JSON.stringify(char)}`);
  if (symbol === '?//') throw new GoError('the jq operator ?// is not supported');
  return { kind: 'symbol', text: symbol };
}

function match(reader: Reader, pattern: RegExp): string | undefined {
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.text)?.[0];
  if (found !== undefined) reader.at += found.length;
  return found;
}

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' },
  ...{ '"': '"', '\\': '\\', '/': '/' },
};

function stringToken(reader: Reader): Token {
  const parts: (string | readonly Token[])[] = [];
  let text = '';
  for (reader.at += 1; ; ) {
    const char = reader.text[reader.at];
    reader.at += 1;
    if (char === undefined) throw new GoError('unterminated string literal');
    if (char === '"') break;
    if (char !== '\\') {
      text += char;
      continue;
    }
    const after = reader.text[reader.at] ?? '';
    reader.at += 1;
    if (after === '(') {
      parts.push(text, read(reader, true));
      text = '';
    } else if (after === 'u') {
      const code = reader.text.slice(reader.at, reader.at + 4);
      if (!/^[\da-fA-F]{4}$/.test(code)) throw new GoError('invalid escape sequence in string literal');
      text += String.fromCharCode(Number.parseInt(code, 16));
      reader.at += 4;
    } else {
      const plain = ESCAPES[after];
      if (plain === undefined) throw new GoError('invalid escape sequence in string literal');
      text += plain;
    }
  }
  return { kind: 'string', parts: [...parts, text], text: 'string' };
}
