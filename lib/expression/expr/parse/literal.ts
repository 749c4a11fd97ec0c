/** String and bytes literals of expr-lang: what their escapes stand for. */
import { goBytes } from '../../go/utf8.ts';

const SIMPLE: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['b', 8],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
  ['\\', 92],
  ["'", 39],
  ['"', 34],
  ['`', 96],
  ['?', 63],
]);

/** Groups: `\u{…}`, `\x`, `\u`, `\U`, octal, a letter; none of them for a wrong escape. */
const ESCAPE = new RegExp(
  [
    String.raw`\\(?:u\{(\p{AHex}{1,6})\}|[xX](\p{AHex}{2})|u(\p{AHex}{4})|U(\p{AHex}{8})`,
    String.raw`([0-3][0-7]{2})|([abfnrtv\\'"${'`'}?])|([\s\S]?))`,
  ].join('|'),
  'gu',
);

/** The body of a quoted string, escapes resolved; undefined where one is wrong. */
export function unescapeString(body: string): string | undefined {
  let valid = true;
  const text = body
    .replace(/\r\n?/g, '\n')
    .replace(ESCAPE, (whole: string, ...groups: (string | undefined)[]) => {
      const code = escapedCode(whole, groups);
      if (code === undefined || code > 0x10ffff) valid = false;
      return code === undefined || code > 0x10ffff ? '' : encodeRune(code);
    });
  return valid ? text : undefined;
}

/** The body of a quoted bytes literal: `\x` and octal escapes are bytes, `\u` does not exist. */
export function unescapeBytes(body: string): Uint8Array | undefined {
  const bytes: number[] = [];
  let rest = 0;
  const source = body.replace(/\r\n?/g, '\n');
  for (const match of source.matchAll(ESCAPE)) {
    const groups = match.slice(1);
    const code = (groups[0] ?? groups[2] ?? groups[3]) ? undefined : escapedCode(match[0], groups);
    if (code === undefined || code > 255) return undefined;
    bytes.push(...goBytes(source.slice(rest, match.index)), code);
    rest = match.index + match[0].length;
  }
  return Uint8Array.from([...bytes, ...goBytes(source.slice(rest))]);
}

function escapedCode(_whole: string, groups: readonly (string | undefined)[]): number | undefined {
  const [braced, byte, short, long, octal, simple] = groups;
  const hex = braced ?? byte ?? short ?? long;
  if (hex !== undefined) return Number.parseInt(hex, 16);
  if (octal !== undefined) return Number.parseInt(octal, 8);
  return simple === undefined ? undefined : SIMPLE.get(simple);
}

/** Go writes U+FFFD for a surrogate. */
function encodeRune(code: number): string {
  return code >= 0xd800 && code <= 0xdfff ? '\ufffd' : String.fromCodePoint(code);
}
