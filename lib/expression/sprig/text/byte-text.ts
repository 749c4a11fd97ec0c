/** What cuts strings by bytes: abbreviations, wrapping, substrings (Masterminds/goutils and sprig). */
import { goBytes, goString, isAscii } from '../../go/utf8.ts';
import { GoError } from '../../go-error.ts';

/** A Go string with one character for each of its bytes. */
export type ByteText = string;

export function bytesOf(text: string): ByteText {
  return isAscii(text) ? text : Buffer.from(goBytes(text)).toString('latin1');
}

export function textOf(bytes: ByteText): string {
  return isAscii(bytes) ? bytes : goString(Buffer.from(bytes, 'latin1'));
}

/** goutils `AbbreviateFull`: `...is the time for...`. */
export function abbreviate(text: ByteText, left: number, width: number): ByteText {
  if (text === '' || width < 4) return '';
  if (text.length <= width) return text;
  const start = Math.min(left, text.length);
  const offset = text.length - start < width - 3 ? text.length - (width - 3) : start;
  if (offset <= 4) return `${text.slice(0, width - 3)}...`;
  if (width < 7) return '';
  if (offset + width - 3 < text.length) return `...${abbreviate(text.slice(offset), 0, width - 3)}`;
  return `...${text.slice(text.length - (width - 3))}`;
}

/** goutils `WrapCustom`. */
export function wrapText(text: ByteText, width: number, newLine: ByteText, cutsLongWords: boolean): ByteText {
  const size = Math.max(1, width);
  const line = newLine === '' ? '\n' : newLine;
  const parts: string[] = [];
  let at = 0;
  while (text.length - at > size) {
    if (text[at] === ' ') {
      at += 1;
      continue;
    }
    const last = text.slice(at, at + size + 1).lastIndexOf(' ');
    if (last >= 0) {
      parts.push(text.slice(at, at + last), line);
      at += last + 1;
    } else if (cutsLongWords) {
      parts.push(text.slice(at, at + size), line);
      at += size;
    } else {
      const space = text.indexOf(' ', at + size);
      parts.push(space < 0 ? text.slice(at) : text.slice(at, space) + line);
      at = space < 0 ? text.length : space + 1;
    }
  }
  return parts.join('') + text.slice(at);
}

/** sprig's `substr`. Throws GoError for bounds that Go panics at. */
export function substring(text: ByteText, start: number, end: number): ByteText {
  if (start < 0) return checkedSlice(text, 0, end);
  return checkedSlice(text, start, end < 0 || end > text.length ? text.length : end);
}

function checkedSlice(text: ByteText, from: number, to: number): ByteText {
  if (to < 0 || to > text.length) {
    throw new GoError(`runtime error: slice bounds out of range [:${to}] with length ${text.length}`);
  }
  if (from > to) throw new GoError(`runtime error: slice bounds out of range [${from}:${to}]`);
  return text.slice(from, to);
}

/** sprig's `trunc`: the first bytes, or the last for a negative count. */
export function truncate(text: ByteText, count: number): ByteText {
  if (count < 0) return text.length + count > 0 ? text.slice(text.length + count) : text;
  return text.slice(0, count);
}
