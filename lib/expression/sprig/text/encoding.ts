/** Base64, base32 and checksums. */
import { createHash } from 'node:crypto';
import { goBytes, goString } from '../../go/utf8.ts';
import { GoError } from '../../go-error.ts';
import type { GoFunction } from '../../values.ts';
import { define } from '../define.ts';

export const encodingFunctions: readonly GoFunction[] = [
  define('b64enc', ['string'], 'string', (text) => Buffer.from(goBytes(text)).toString('base64')),
  define('b64dec', ['string'], 'string', (text) => orMessage(() => goString(decodeBase64(text)))),
  define('b32enc', ['string'], 'string', (text) => encodeBase32(goBytes(text))),
  define('b32dec', ['string'], 'string', (text) => orMessage(() => goString(decodeBase32(text)))),
  define('sha1sum', ['string'], 'string', (text) => digest('sha1', text)),
  define('sha256sum', ['string'], 'string', (text) => digest('sha256', text)),
  define('sha512sum', ['string'], 'string', (text) => digest('sha512', text)),
  define('adler32sum', ['string'], 'string', (text) => String(adler32(goBytes(text)))),
];

/** Go's `base64.StdEncoding.DecodeString`. Throws GoError, with the place of the first fault. */
export function decodeBase64(text: string): Uint8Array {
  const bytes = Buffer.from(goBytes(text)).toString('latin1');
  const fault = (at: number): GoError => new GoError(`illegal base64 data at input byte ${at}`);
  const isNewline = (at: number): boolean => bytes[at] === '\n' || bytes[at] === '\r';
  const skip = (at: number): number => (at < bytes.length && isNewline(at) ? skip(at + 1) : at);
  let filled = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const char = bytes[at] ?? '';
    if (/[A-Za-z0-9+/]/.test(char)) filled += 1;
    else if (char === '=') {
      const place = filled % 4;
      if (place < 2) throw fault(at);
      let end = skip(at + 1);
      if (place === 2) {
        if (end === bytes.length) throw fault(bytes.length);
        if (bytes[end] !== '=') throw fault(end - 1);
        end = skip(end + 1);
      }
      if (end < bytes.length) throw fault(end);
      return Buffer.from(bytes, 'base64');
    } else if (!isNewline(at)) throw fault(at);
  }
  if (filled % 4 !== 0) throw fault(bytes.length - (filled % 4));
  return Buffer.from(bytes, 'base64');
}

const alphabet32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function encodeBase32(bytes: Uint8Array): string {
  let out = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xffff;
    for (bits += 8; bits >= 5; bits -= 5) out += alphabet32[(value >> (bits - 5)) & 31];
  }
  if (bits > 0) out += alphabet32[(value << (5 - bits)) & 31];
  return out.padEnd(Math.ceil(out.length / 8) * 8, '=');
}

/** Go's `base32.StdEncoding.DecodeString`. Throws GoError, with the place of the first fault. */
function decodeBase32(text: string): Uint8Array {
  const bytes = Buffer.from(goBytes(text))
    .toString('latin1')
    .replace(/[\r\n]/g, '');
  const fault = (at: number): GoError => new GoError(`illegal base32 data at input byte ${at}`);
  const out: number[] = [];
  let bits = 0;
  let value = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const place = at % 8;
    const left = bytes.length - at - 1;
    if (bytes[at] === '=' && place >= 2 && left < 8) {
      if (left + place < 7) throw fault(bytes.length);
      for (let k = 0; k < 7 - place; k += 1)
        if (at + 1 + k < bytes.length && bytes[at + 1 + k] !== '=') throw fault(at + k);
      if (place === 3 || place === 6) throw fault(at);
      return Uint8Array.from(out);
    }
    const digit = alphabet32.indexOf(bytes[at] ?? ' ');
    if (digit < 0) throw fault(at);
    value = ((value << 5) | digit) & 0xffff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      out.push((value >> bits) & 0xff);
    }
  }
  if (bytes.length % 8 !== 0) throw fault(bytes.length - (bytes.length % 8));
  return Uint8Array.from(out);
}

function digest(algorithm: string, text: string): string {
  return createHash(algorithm).update(goBytes(text)).digest('hex');
}

function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return b * 65536 + a;
}

/** sprig gives the message of a decoding error as the result. */
function orMessage(run: () => string): string {
  try {
    return run();
  } catch (error) {
    if (error instanceof GoError) return error.message;
    throw error;
  }
}
