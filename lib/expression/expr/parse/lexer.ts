/** Splits an expression into tokens, as expr-lang 1.17's lexer does. */
import { ExprFault } from '../fault.ts';
import { unescapeBytes, unescapeString } from './literal.ts';

export type TokenKind = 'identifier' | 'number' | 'string' | 'bytes' | 'operator' | 'bracket' | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly value: string;
  readonly at: number;
  readonly bytes?: Uint8Array;
}

const SPACE = /\p{White_Space}+/uy;
const WORD = /[\p{L}\p{Nd}_$]+/uy;
const COMMENT = /\/\/[^\n]*\n?|\/\*[\s\S]*?\*\//y;
const NUMBER =
  /(?:0[xX][\da-fA-F_]*|0[oO][0-7_]*|0[bB][01_]*|\d[\d_]*|(?=\.\d))(?:\.(?!\.)[\d_]*)?(?:[eE][+-]?[\d_]*)?/y;
const OPERATOR = /\?[.?]?|\|\|?|::?|[&!=*<>][&=*]?|[,;%+\-^/]|\.\.?/y;
const BRACKET = /[()[\]{}]/y;
const POINTER = /##?/y;
const RAW = /`((?:[^`]|``)*)`/y;
const QUOTED = /(["'])((?:\\[^\n]|(?!\1)[^\\\n])*)\1/y;
const LEXED_ESCAPES =
  /^(?:[^\\]|\\(?:[abfnrtv\\"']|[0-7]{3}|x\p{AHex}{2}|u\{\p{AHex}{1,6}\}|u\p{AHex}{4}|U\p{AHex}{8}))*$/u;
const KEYWORDS = new Set([
  'not',
  'in',
  'or',
  'and',
  'matches',
  'contains',
  'startsWith',
  'endsWith',
  'let',
  'if',
  'else',
]);

/** The tokens of the text, the end included. Throws ExprFault. */
export function lexExpression(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) at = lexOne(text, at, tokens);
  tokens.push({ kind: 'end', value: '', at: Math.max(0, text.length - 1) });
  return tokens;
}

/** Adds what stands there, and answers where it ends. */
function lexOne(text: string, at: number, tokens: Token[]): number {
  const blank = matchAt(SPACE, text, at) ?? matchAt(COMMENT, text, at);
  if (blank) return at + blank[0].length;
  if (text.startsWith('/*', at)) throw new ExprFault('unclosed comment', text.length);
  const char = text[at] ?? '';
  if (char === '"' || char === "'") return lexQuoted(text, at, at, tokens);
  if ((char === 'b' || char === 'B') && /["']/.test(text[at + 1] ?? ''))
    return lexQuoted(text, at, at + 1, tokens);
  if (char === '`') return lexRaw(text, at, tokens);
  if (/[0-9]/.test(char) || /^\.[0-9]/.test(text.slice(at, at + 2))) return lexNumber(text, at, tokens);
  if (char === '#') return lexPointer(text, at, tokens);
  const word = matchAt(WORD, text, at)?.[0];
  if (word !== undefined) {
    tokens.push({ kind: KEYWORDS.has(word) ? 'operator' : 'identifier', value: word, at });
    return at + word.length;
  }
  const bracket = matchAt(BRACKET, text, at)?.[0];
  const value = bracket ?? matchAt(OPERATOR, text, at)?.[0];
  if (value === undefined) throw new ExprFault(`unrecognized character: ${codeOf(text, at)}`, at);
  tokens.push({ kind: bracket === undefined ? 'operator' : 'bracket', value, at });
  return at + value.length;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

function codeOf(text: string, at: number): string {
  const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
  return `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')} '${char}'`;
}

function lexQuoted(text: string, at: number, quoteAt: number, tokens: Token[]): number {
  const match = matchAt(QUOTED, text, quoteAt);
  if (!match) throw new ExprFault('literal not terminated', text.length);
  const body = match[2] ?? '';
  const quote = match[1] ?? '"';
  const foreign = quote === '"' ? "\\'" : '\\"';
  const known = LEXED_ESCAPES.test(body) && !body.replaceAll('\\\\', '').includes(foreign);
  if (!known) throw new ExprFault('invalid char escape', quoteAt);
  if (quoteAt === at) {
    const value = unescapeString(body);
    if (value === undefined) throw new ExprFault('unable to unescape string', quoteAt);
    tokens.push({ kind: 'string', value, at });
  } else {
    const bytes = unescapeBytes(body);
    if (bytes === undefined) throw new ExprFault('unable to unescape string', quoteAt);
    tokens.push({ kind: 'bytes', value: body, at, bytes });
  }
  return quoteAt + match[0].length;
}

function lexRaw(text: string, at: number, tokens: Token[]): number {
  const match = matchAt(RAW, text, at);
  if (!match) throw new ExprFault('literal not terminated', text.length);
  tokens.push({ kind: 'string', value: (match[1] ?? '').replaceAll('``', '`'), at });
  return at + match[0].length;
}

function lexNumber(text: string, at: number, tokens: Token[]): number {
  const value = matchAt(NUMBER, text, at)?.[0] ?? '';
  const end = at + value.length;
  if (value === '' || matchAt(WORD, text, end)) throw new ExprFault(`bad number syntax: "${value}"`, end);
  tokens.push({ kind: 'number', value, at });
  return end;
}

function lexPointer(text: string, at: number, tokens: Token[]): number {
  const value = matchAt(POINTER, text, at)?.[0] ?? '#';
  tokens.push({ kind: 'operator', value, at });
  const name = matchAt(WORD, text, at + value.length)?.[0];
  if (name === undefined) return at + value.length;
  tokens.push({ kind: 'identifier', value: name, at: at + value.length });
  return at + value.length + name.length;
}
