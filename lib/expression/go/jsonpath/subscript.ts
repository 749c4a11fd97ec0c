/** Cuts what stands in brackets of a JSONPath into numbers, quoted names, scripts, colons and commas. */
import { GoError } from '../../go-error.ts';
import { parseGoInt } from '../parse-number.ts';
import { goTrimSpace } from '../space.ts';

/** null stands for the missing number before a first colon. */
export type SubscriptPart = string | bigint | null;

interface Reader {
  readonly parts: SubscriptPart[];
  buffer: string;
  open: number;
  close: number;
  quote: '' | "'" | '"';
  readonly badFormat: () => GoError;
}

/** The parts in order. Throws the given error where the library finds no format that fits. */
export function readSubscript(subscript: string, badFormat: () => GoError): SubscriptPart[] {
  const reader: Reader = { parts: [], buffer: '', open: 0, close: 0, quote: '', badFormat };
  let isFirst = true;
  for (const char of subscript) {
    reader.buffer += char;
    readChar(reader, char, isFirst);
    isFirst = false;
  }
  if (reader.buffer !== '') reader.parts.push(parseGoInt(reader.buffer) ?? reader.buffer);
  return reader.parts;
}

function readChar(reader: Reader, char: string, isFirst: boolean): void {
  const isNested = reader.open !== reader.close;
  switch (char) {
    case ' ':
      if (reader.quote === '' && !isNested) reader.buffer = goTrimSpace(reader.buffer);
      break;
    case '(':
      if (reader.quote === '') reader.open += 1;
      break;
    case ')':
      reader.close += 1;
      if (reader.open === reader.close) {
        const text = reader.buffer;
        if (!/^\(.+\)$/s.test(text)) throw new GoError(`invalid expression. invalid format '${text}'`);
        reader.parts.push(text);
        reader.buffer = '';
      }
      break;
    case "'":
    case '"':
      if (!isNested && (reader.quote === '' || reader.quote === char)) readQuote(reader, char);
      break;
    case ':':
    case ',':
      if (reader.quote === '' && !isNested) readSeparator(reader, char, isFirst);
      break;
  }
}

function readQuote(reader: Reader, quote: "'" | '"'): void {
  if (reader.buffer.length > 1 && reader.buffer.at(-2) === '\\') {
    reader.buffer = reader.buffer.slice(0, -2) + quote;
    return;
  }
  if (reader.quote === '') {
    if (reader.buffer !== quote) throw reader.badFormat();
    reader.quote = quote;
    return;
  }
  reader.quote = '';
  if (reader.buffer.length < 2 || !reader.buffer.startsWith(quote)) throw reader.badFormat();
  reader.parts.push(reader.buffer);
  reader.buffer = '';
}

function readSeparator(reader: Reader, separator: string, isFirst: boolean): void {
  const text = reader.buffer.slice(0, -1);
  const number = parseGoInt(text);
  if (number !== undefined) reader.parts.push(number);
  else if (text !== '' && separator === ':') throw reader.badFormat();
  else if (text !== '') reader.parts.push(text);
  else if (isFirst && separator === ':') reader.parts.push(null);
  reader.parts.push(separator);
  reader.buffer = '';
}
