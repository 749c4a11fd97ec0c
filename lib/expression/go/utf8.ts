/** Go strings are bytes: this maps them to JavaScript strings and back, keeping bytes that are not UTF-8. */

/*
 * A byte that is not part of valid UTF-8 is held as the lone surrogate U+DC00 + byte, as Python's
 * `surrogateescape` does, so cutting a Go string inside a character can be undone by joining it again.
 */
const loneSurrogate = /\p{Surrogate}/u;
const replacement = 0xfffd;

/** Whether every character is ASCII, so that characters and bytes coincide. */
export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** The bytes of a Go string. */
export function goBytes(text: string): Uint8Array {
  if (!loneSurrogate.test(text)) return new TextEncoder().encode(text);
  const bytes: number[] = [];
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (code >= 0xdc80 && code <= 0xdcff) bytes.push(code - 0xdc00);
    else for (const byte of new TextEncoder().encode(char)) bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

/** The Go string that has these bytes. */
export function goString(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    let text = '';
    for (let at = 0; at < bytes.length; ) {
      const rune = runeAt(bytes, at);
      text +=
        rune === undefined ? String.fromCharCode(0xdc00 + (bytes[at] ?? 0)) : String.fromCodePoint(rune.code);
      at += rune?.size ?? 1;
    }
    return text;
  }
}

/** `len(s)` in Go. */
export function goLength(text: string): number {
  return isAscii(text) ? text.length : goBytes(text).length;
}

/** `s[from:to]` in Go; the bounds have been checked by the caller. */
export function goSlice(text: string, from: number, to: number): string {
  return isAscii(text) ? text.slice(from, to) : goString(goBytes(text).subarray(from, to));
}

/** `[]rune(s)` in Go: a byte that is not UTF-8 becomes U+FFFD. */
export function goRunes(text: string): number[] {
  return Array.from(text, (char) => {
    const code = char.codePointAt(0) ?? replacement;
    return code >= 0xd800 && code <= 0xdfff ? replacement : code;
  });
}

/** The text as valid Unicode: what Go's JSON encoder and other replacing conversions make of it. */
export function validText(text: string): string {
  return loneSurrogate.test(text) ? text.replace(/\p{Surrogate}/gu, '\ufffd') : text;
}

/** Order of Go strings: by bytes. */
export function compareGoStrings(a: string, b: string): number {
  if (a === b) return 0;
  return isAscii(a) && isAscii(b) ? (a < b ? -1 : 1) : Buffer.compare(goBytes(a), goBytes(b));
}

interface Rune {
  readonly code: number;
  readonly size: number;
}

function runeAt(bytes: Uint8Array, at: number): Rune | undefined {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return { code: first, size: 1 };
  const size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4) return undefined;
  let code = first & (0xff >> (size + 1));
  for (let i = 1; i < size; i += 1) {
    const next = bytes[at + i];
    if (next === undefined || (next & 0xc0) !== 0x80) return undefined;
    code = (code << 6) | (next & 0x3f);
  }
  const overlong = code < (size === 4 ? 0x10000 : size === 3 ? 0x800 : 0x80);
  if (overlong || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined;
  return { code, size };
}
