/** Go's mapping of letters one by one, and the word cases of huandu/xstrings and Masterminds/goutils. */
import { isGoSpace } from '../../go/space.ts';

/** `unicode.ToUpper` for each character: a letter that has no single capital stays. */
export function toUpper(text: string): string {
  return mapChars(text, (char) => single(char.toUpperCase(), char));
}

/** `unicode.ToLower` for each character. */
export function toLower(text: string): string {
  return mapChars(text, (char) => (char === '\u0130' ? 'i' : single(char.toLowerCase(), char)));
}

/** `strings.Title`: a capital after everything that is no letter, digit or underscore. */
export function toTitle(text: string): string {
  let previous = ' ';
  return mapChars(text, (char) => {
    const isStart = isTitleSeparator(previous);
    previous = char;
    return isStart ? titleLetter(char) : char;
  });
}

/** goutils `Uncapitalize`: the first letter of each word in lower case. */
export function untitle(text: string): string {
  let isStart = true;
  return mapChars(text, (char) => {
    const first = isStart && !isGoSpace(char);
    isStart = isGoSpace(char) || (isStart && !first);
    return first ? toLower(char) : char;
  });
}

/** goutils `SwapCase`. */
export function swapCase(text: string): string {
  return mapChars(text, (char) => {
    if (/^[\p{Lu}\p{Lt}]$/u.test(char)) return toLower(char);
    return /^\p{Ll}$/u.test(char) ? toUpper(char) : char;
  });
}

/** xstrings `ToPascalCase`. */
export function toPascalCase(text: string): string {
  const chars = Array.from(text);
  const lead = chars.findIndex((char) => !isConnector(char));
  // The library writes the last of nothing but connectors twice.
  if (lead < 0) return text + (chars.at(-1) ?? '');
  if (lead === chars.length - 1) {
    return chars.map((char, at) => (at === lead ? toUpper(char) : char)).join('');
  }
  let out = chars.slice(0, lead).join('');
  let isUpperRun = isUpper(chars[lead] ?? '');
  let current = toUpper(chars[lead] ?? '');
  for (const next of chars.slice(lead + 1)) {
    const previous = current;
    current = next;
    if (isConnector(current) && isConnector(previous)) {
      out += previous;
    } else if (isConnector(previous)) {
      isUpperRun = isUpper(current);
      current = toUpper(current);
    } else {
      if (isUpperRun && isUpper(current)) current = toLower(current);
      else if (isUpperRun) isUpperRun = false;
      out += previous;
    }
  }
  return out + current;
}

/** `unicode.ToTitle`, which differs from the capital for four letters that look like two. */
function titleLetter(char: string): string {
  const digraph = /^[\u01c4-\u01cc\u01f1-\u01f3]$/.test(char) ? toUpper(char) : '';
  return digraph === '' ? toUpper(char) : String.fromCharCode(digraph.charCodeAt(0) + 1);
}

export function isConnector(char: string): boolean {
  return char === '-' || char === '_' || isGoSpace(char);
}

export function isUpper(char: string): boolean {
  return /^\p{Lu}$/u.test(char);
}

function isTitleSeparator(char: string): boolean {
  if (char < '\u0080') return !/^[0-9A-Za-z_]$/.test(char);
  return !/^[\p{L}\p{Nd}]$/u.test(char) && isGoSpace(char);
}

function mapChars(text: string, map: (char: string) => string): string {
  return Array.from(text, map).join('');
}

function single(mapped: string, original: string): string {
  return Array.from(mapped).length === 1 ? mapped : original;
}
