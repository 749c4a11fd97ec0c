/** Text to tokens, as govaluate reads it (parsing.go): whitespace, escapes and quirks included. */
import { quotedTime } from './quoted-time.ts';
import {
  comparatorSymbols,
  logicalSymbols,
  modifierSymbols,
  prefixSymbols,
  type TokenKind,
  ternarySymbols,
  WhenError,
  type WhenToken,
} from './token.ts';
import { canFollow } from './transitions.ts';

/** More tokens than any written `when` has; a list substituted into `in (…)` may be long. */
const maxTokens = 20_000;

type Test = (character: string) => boolean;

const isSpace: Test = (c) =>
  /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/.test(c);
const isLetter: Test = (c) => /^\p{L}$/u.test(c);
const isDigit: Test = (c) => /^\p{Nd}$/u.test(c);
const isNumeric: Test = (c) => c === '.' || isDigit(c);
const isHexDigit: Test = (c) => /^[\p{Nd}a-fA-F]$/u.test(c);
// Either quote opens and closes a string: "say 'hi'" is three tokens.
const isNotQuote: Test = (c) => c !== "'" && c !== '"';
const isWord: Test = (c) => c === '_' || c === '.' || isLetter(c) || isDigit(c);
const isSymbol: Test = (c) => isNotQuote(c) && !'()[]'.includes(c) && !isLetter(c) && !isDigit(c);

interface Stream {
  readonly runes: readonly string[];
  /** UTF-16 offset of each rune, and of the end. */
  readonly offsets: readonly number[];
  at: number;
}

function openStream(text: string): Stream {
  const runes = Array.from(text);
  const offsets = [0];
  for (const rune of runes) offsets.push(offsets[offsets.length - 1]! + rune.length);
  return { runes, offsets, at: 0 };
}

function offsetOf(stream: Stream, index: number): number {
  return stream.offsets[Math.min(index, stream.runes.length)] ?? 0;
}

function read(stream: Stream): string {
  const rune = stream.runes[stream.at];
  // govaluate runs off its input after a final backslash.
  if (rune === undefined)
    throw new WhenError('Unexpected end after a backslash', offsetOf(stream, stream.at));
  stream.at++;
  return rune;
}

/**
 * Reads while `test` holds; a backslash takes the next character as it is. A word ends at a space, which is
 * eaten.
 */
function readWhile(stream: Stream, test: Test, isQuoted: boolean): { text: string; completed: boolean } {
  const parts: string[] = [];
  while (stream.at < stream.runes.length) {
    const character = read(stream);
    if (character === '\\') {
      parts.push(read(stream));
      continue;
    }
    if (!isQuoted && isSpace(character)) {
      if (parts.length > 0) return { text: parts.join(''), completed: true };
      continue;
    }
    if (!test(character)) {
      stream.at--;
      return { text: parts.join(''), completed: true };
    }
    parts.push(character);
  }
  return { text: parts.join(''), completed: false };
}

type Read = Pick<WhenToken, 'kind' | 'value'>;

function readWordFrom(stream: Stream, test: Test): string {
  stream.at--;
  return readWhile(stream, test, false).text;
}

function readHex(stream: Stream, start: number): Read {
  const { text } = readWhile(stream, isHexDigit, false);
  const digits = text.replace(/^0+(?=.)/, '');
  if (!/^[0-9a-fA-F]{1,16}$/.test(digits)) {
    throw new WhenError(`Unable to parse hex value '${text}' to uint64\n`, offsetOf(stream, start));
  }
  return { kind: 'NUMERIC', value: Number(BigInt(`0x${digits}`)) };
}

function readNumber(stream: Stream, first: string): Read {
  const start = stream.at - 1;
  if (first === '0' && stream.runes[stream.at] === 'x' && stream.at + 1 < stream.runes.length) {
    stream.at++;
    return readHex(stream, start);
  }
  const text = readWordFrom(stream, isNumeric);
  const value = /^(?:\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) {
    throw new WhenError(`Unable to parse numeric value '${text}' to float64\n`, offsetOf(stream, start));
  }
  return { kind: 'NUMERIC', value };
}

function isUnexported(field: string): boolean {
  const first = Array.from(field)[0] ?? '\0';
  const upper = first.toUpperCase();
  return upper !== first && Array.from(upper).length === 1;
}

function checkAccessor(word: string, position: number): void {
  if (word.endsWith('.')) throw new WhenError(`Hanging accessor on token '${word}'`, position);
  for (const field of word.split('.').slice(1)) {
    if (isUnexported(field)) {
      throw new WhenError(`Unable to access unexported field '${field}' in token '${word}'`, position);
    }
  }
}

function readWord(stream: Stream): Read {
  const start = stream.at - 1;
  const word = readWordFrom(stream, isWord);
  if (word === 'true' || word === 'false') return { kind: 'BOOLEAN', value: word === 'true' };
  if (word === 'in' || word === 'IN') return { kind: 'COMPARATOR', value: 'in' };
  if (word.indexOf('.') > 0) {
    checkAccessor(word, offsetOf(stream, start));
    return { kind: 'ACCESSOR', value: word };
  }
  return { kind: 'VARIABLE', value: word };
}

function readDelimited(stream: Stream, test: Test, unclosed: string): string {
  const start = stream.at - 1;
  const { text, completed } = readWhile(stream, test, true);
  if (!completed) throw new WhenError(unclosed, offsetOf(stream, start));
  stream.at++;
  return text;
}

function readString(stream: Stream): Read {
  const text = readDelimited(stream, isNotQuote, 'Unclosed string literal');
  const seconds = quotedTime(text);
  return seconds === undefined ? { kind: 'STRING', value: text } : { kind: 'TIME', value: seconds };
}

function readSymbol(stream: Stream, before: TokenKind): Read {
  const start = stream.at - 1;
  const value = readWordFrom(stream, isSymbol);
  if (canFollow(before, 'PREFIX') && prefixSymbols.has(value)) return { kind: 'PREFIX', value };
  if (modifierSymbols.has(value)) return { kind: 'MODIFIER', value };
  if (logicalSymbols.has(value)) return { kind: 'LOGICALOP', value };
  if (comparatorSymbols.has(value)) return { kind: 'COMPARATOR', value };
  if (ternarySymbols.has(value)) return { kind: 'TERNARY', value };
  throw new WhenError(`Invalid token: '${value}'`, offsetOf(stream, start));
}

function readToken(stream: Stream, character: string, before: TokenKind): Read {
  if (isNumeric(character)) return readNumber(stream, character);
  if (character === ',') return { kind: 'SEPARATOR', value: ',' };
  if (character === '[') {
    const value = readDelimited(stream, (c) => c !== ']', 'Unclosed parameter bracket');
    return { kind: 'VARIABLE', value };
  }
  if (isLetter(character)) return readWord(stream);
  if (!isNotQuote(character)) return readString(stream);
  if (character === '(') return { kind: 'CLAUSE', value: '(' };
  if (character === ')') return { kind: 'CLAUSE_CLOSE', value: ')' };
  return readSymbol(stream, before);
}

/** Where the token before ends: a word has eaten the space behind it. */
function endOf(stream: Stream): number {
  return isSpace(stream.runes[stream.at - 1] ?? '') ? stream.at - 1 : stream.at;
}

/** The tokens of an expression; throws a WhenError where the text is no token. */
export function lexWhen(text: string): WhenToken[] {
  const stream = openStream(text);
  const tokens: WhenToken[] = [];
  while (stream.at < stream.runes.length) {
    const start = stream.at;
    const character = read(stream);
    if (isSpace(character)) continue;
    const token = readToken(stream, character, tokens[tokens.length - 1]?.kind ?? 'UNKNOWN');
    tokens.push({ ...token, start: offsetOf(stream, start), end: offsetOf(stream, endOf(stream)) });
    if (tokens.length > maxTokens) throw new WhenError('Expression is too long', offsetOf(stream, start));
  }
  return tokens;
}
