/** Text: trimming, case, quoting, splitting and joining. */
import { goFormat } from '../../go/format.ts';
import { goQuote } from '../../go/quote.ts';
import { goTrimSpace, isGoSpace } from '../../go/space.ts';
import { compareGoStrings } from '../../go/utf8.ts';
import type { GoFunction, GoMap, GoValue } from '../../values.ts';
import { toText, toTexts } from '../cast.ts';
import { alias, define, defineVariadic } from '../define.ts';
import { repeatText, stringList } from '../results.ts';
import { abbreviate, bytesOf, substring, textOf, truncate, wrapText } from './byte-text.ts';
import { swapCase, toLower, toPascalCase, toTitle, toUpper, untitle } from './letter-case.ts';
import { joinWords } from './word-case.ts';

const trimAll = define('trimAll', ['string', 'string'], 'string', (cutset, text) => trimChars(text, cutset));

export const stringFunctions: readonly GoFunction[] = [
  define('hello', [], 'string', () => 'Hello!'),
  define('abbrev', ['int', 'string'], 'string', (width, text) =>
    width < 4n ? text : textOf(abbreviate(bytesOf(text), 0, Number(width))),
  ),
  define('abbrevboth', ['int', 'int', 'string'], 'string', (left, right, text) =>
    right < 4n || (left > 0n && right < 7n)
      ? text
      : textOf(abbreviate(bytesOf(text), Number(left), Number(right))),
  ),
  define('trunc', ['int', 'string'], 'string', (count, text) =>
    textOf(truncate(bytesOf(text), Number(count))),
  ),
  define('trim', ['string'], 'string', goTrimSpace),
  define('upper', ['string'], 'string', toUpper),
  define('lower', ['string'], 'string', toLower),
  define('title', ['string'], 'string', toTitle),
  define('untitle', ['string'], 'string', untitle),
  define('substr', ['int', 'int', 'string'], 'string', (start, end, text) =>
    textOf(substring(bytesOf(text), Number(start), Number(end))),
  ),
  define('repeat', ['int', 'string'], 'string', (count, text) => repeatText(text, count)),
  trimAll,
  alias('trimall', trimAll),
  define('trimSuffix', ['string', 'string'], 'string', (suffix, text) =>
    text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text,
  ),
  define('trimPrefix', ['string', 'string'], 'string', (prefix, text) =>
    text.startsWith(prefix) ? text.slice(prefix.length) : text,
  ),
  define('nospace', ['string'], 'string', withoutSpace),
  define('initials', ['string'], 'string', initials),
  define('swapcase', ['string'], 'string', swapCase),
  define('snakecase', ['string'], 'string', (text) => joinWords(text, '_')),
  define('camelcase', ['string'], 'string', toPascalCase),
  define('kebabcase', ['string'], 'string', (text) => joinWords(text, '-')),
  define('wrap', ['int', 'string'], 'string', (width, text) =>
    textOf(wrapText(bytesOf(text), Number(width), '', false)),
  ),
  define('wrapWith', ['int', 'string', 'string'], 'string', (width, line, text) =>
    textOf(wrapText(bytesOf(text), Number(width), bytesOf(line), true)),
  ),
  define('contains', ['string', 'string'], 'bool', (part, text) => text.includes(part)),
  define('hasPrefix', ['string', 'string'], 'bool', (prefix, text) => text.startsWith(prefix)),
  define('hasSuffix', ['string', 'string'], 'bool', (suffix, text) => text.endsWith(suffix)),
  defineVariadic('quote', [], 'any', 'string', (values) => spaced(values, (value) => goQuote(toText(value)))),
  defineVariadic('squote', [], 'any', 'string', (values) =>
    spaced(values, (value) => `'${goFormat(value)}'`),
  ),
  defineVariadic('cat', [], 'any', 'string', (values) => spaced(values, goFormat)),
  define('indent', ['int', 'string'], 'string', indent),
  define('nindent', ['int', 'string'], 'string', (spaces, text) => `\n${indent(spaces, text)}`),
  define('replace', ['string', 'string', 'string'], 'string', (from, to, text) =>
    replaceText(text, from, to),
  ),
  define('plural', ['string', 'string', 'int'], 'string', (one, many, count) => (count === 1n ? one : many)),
  define('toString', ['any'], 'string', toText),
  define('toStrings', ['any'], '[]string', (value) => stringList(toTexts(value))),
  define('join', ['string', 'any'], 'string', (separator, value) => toTexts(value).join(separator)),
  define('sortAlpha', ['any'], '[]string', sorted),
  define('split', ['string', 'string'], 'map[string]string', (separator, text) =>
    numbered(cut(text, separator)),
  ),
  define('splitList', ['string', 'string'], '[]string', (separator, text) =>
    stringList(cut(text, separator)),
  ),
  define('splitn', ['string', 'int', 'string'], 'map[string]string', (separator, count, text) =>
    numbered(cutMost(text, separator, count)),
  ),
];

function spaced(values: readonly GoValue[], write: (value: GoValue) => string): string {
  return values
    .filter((value) => value !== null)
    .map(write)
    .join(' ');
}

function trimChars(text: string, cutset: string): string {
  const chars = Array.from(text);
  const cutChars = new Set(Array.from(cutset));
  const from = chars.findIndex((char) => !cutChars.has(char));
  const to = chars.findLastIndex((char) => !cutChars.has(char));
  return from < 0 ? '' : chars.slice(from, to + 1).join('');
}

function indent(spaces: bigint, text: string): string {
  const pad = repeatText(' ', spaces);
  return pad + text.replaceAll('\n', `\n${repeatText(pad, 1n)}`);
}

/** `strings.Split`: an empty separator cuts between all characters. */
function cut(text: string, separator: string): string[] {
  return separator === '' ? Array.from(text) : text.split(separator);
}

/** `strings.SplitN`. */
function cutMost(text: string, separator: string, most: bigint): string[] {
  if (most === 0n) return [];
  const parts = cut(text, separator);
  if (most < 0n || BigInt(parts.length) <= most) return parts;
  const last = Number(most) - 1;
  return [...parts.slice(0, last), parts.slice(last).join(separator)];
}

/** `strings.ReplaceAll`: an empty text to replace stands before, between and after all characters. */
function replaceText(text: string, from: string, to: string): string {
  if (from !== '') return text.replaceAll(from, () => to);
  return to + Array.from(text, (char) => char + to).join('');
}

function numbered(parts: readonly string[]): GoMap {
  return {
    kind: 'map',
    type: 'map[string]string',
    entries: new Map(parts.map((part, at) => [`_${at}`, part])),
  };
}

function sorted(value: GoValue): GoValue {
  return stringList(toTexts(value === null ? '<nil>' : value).sort(compareGoStrings));
}

/** goutils takes each byte for a character, which spoils text outside ASCII that has spaces. */
function withoutSpace(text: string): string {
  const bytes = bytesOf(text);
  const kept = Array.from(bytes).filter((char) => !isGoSpace(char));
  return kept.length === bytes.length ? text : kept.join('');
}

function initials(text: string): string {
  let isStart = true;
  let out = '';
  for (const char of bytesOf(text)) {
    if (isStart && !isGoSpace(char)) out += char;
    isStart = isGoSpace(char);
  }
  return out;
}
