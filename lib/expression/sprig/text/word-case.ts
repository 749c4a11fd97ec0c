/** Snake and kebab case of huandu/xstrings, which has its own notion of where words begin. */
import { isConnector, isUpper, toLower } from './letter-case.ts';

type WordKind = 'none' | 'number' | 'upper' | 'alphabet' | 'connector' | 'punctuation' | 'other';

interface Word {
  readonly kind: WordKind;
  readonly text: string;
}

/** `ToSnakeCase` with the connector `_`, `ToKebabCase` with `-`. */
export function joinWords(text: string, connector: string): string {
  const words = cutWords(text);
  let at = 0;
  const next = (): Word => words[at++] ?? { kind: 'none', text: '' };
  const written = ({ kind, text: word }: Word): string => lowerWord(kind, word, connector);
  const follows = (kind: WordKind): string =>
    kind === 'none' || kind === 'punctuation' || kind === 'connector' ? '' : connector;
  let out = '';
  let word = next();
  while (at < words.length) {
    if (word.kind !== 'connector') out += written(word);
    const previous = word;
    word = next();
    if (previous.kind === 'number') {
      for (; word.kind === 'alphabet' || word.kind === 'number'; word = next()) out += written(word);
      out += follows(word.kind);
    } else if (previous.kind === 'connector') {
      out += written(previous);
    } else if (previous.kind !== 'punctuation') {
      if (word.kind !== 'number') {
        if (word.kind !== 'connector' && word.kind !== 'punctuation') out += connector;
        continue;
      }
      if (at >= words.length) continue;
      const number = word;
      word = next();
      if (word.kind !== 'alphabet') {
        // The number belongs to the word before it: Bld4Floor is bld4_floor.
        out += written(number);
        if (word.kind !== 'connector' && word.kind !== 'punctuation') out += connector;
        continue;
      }
      out += connector + written(number);
      for (; word.kind === 'alphabet' || word.kind === 'number'; word = next()) out += written(word);
      out += follows(word.kind);
    }
  }
  return out + written(word);
}

function lowerWord(kind: WordKind, text: string, connector: string): string {
  if (kind !== 'upper' && kind !== 'connector') return text;
  return Array.from(text, (char) =>
    isConnector(char) ? connector : isUpper(char) ? toLower(char) : char,
  ).join('');
}

const isPunctuation = (char: string): boolean => /^\p{P}$/u.test(char);
const isNumber = (char: string): boolean => /^\p{N}$/u.test(char);
const isAlphabet = (char: string): boolean => /^\p{L}$/u.test(char);
const isLowerAlphabet = (char: string): boolean => isAlphabet(char) && !isUpper(char);
const isOther = (char: string): boolean =>
  !isConnector(char) && !isAlphabet(char) && !isNumber(char) && !isPunctuation(char);

function cutWords(text: string): Word[] {
  const chars = Array.from(text);
  const words: Word[] = [];
  for (let at = 0; at < chars.length; ) {
    const { kind, end } = wordAt(chars, at);
    words.push({ kind, text: chars.slice(at, end).join('') });
    at = end;
  }
  return words;
}

function wordAt(chars: readonly string[], at: number): { kind: WordKind; end: number } {
  const char = chars[at] ?? '';
  const run = (from: number, test: (char: string) => boolean): number => {
    let end = from;
    while (end < chars.length && test(chars[end] ?? '')) end += 1;
    return end;
  };
  if (isConnector(char)) return { kind: 'connector', end: run(at + 1, isConnector) };
  if (isPunctuation(char)) return { kind: 'punctuation', end: run(at + 1, isPunctuation) };
  if (isUpper(char)) {
    const second = chars[at + 1] ?? '';
    if (isUpper(second)) {
      const end = run(at + 1, isUpper);
      // In HTTPStatus, the S begins the next word.
      return { kind: 'upper', end: end < chars.length && isAlphabet(chars[end] ?? '') ? end - 1 : end };
    }
    return { kind: 'upper', end: isAlphabet(second) ? run(at + 1, isLowerAlphabet) : at + 1 };
  }
  if (isAlphabet(char)) return { kind: 'alphabet', end: run(at + 1, isLowerAlphabet) };
  if (isNumber(char)) return { kind: 'number', end: run(at + 1, isNumber) };
  return { kind: 'other', end: run(at + 1, isOther) };
}
