/** Random numbers and texts, from the operating system's source. */
import { randomBytes } from 'node:crypto';
import { GoError } from '../../go-error.ts';
import type { GoFunction } from '../../values.ts';
import { define } from '../define.ts';
import { boundedCount } from '../results.ts';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const digits = '0123456789';
const ascii = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).join('');

export const randomFunctions: readonly GoFunction[] = [
  define('randAlphaNum', ['int'], 'string', (count) => randomText(letters + digits, count)),
  define('randAlpha', ['int'], 'string', (count) => randomText(letters, count)),
  define('randNumeric', ['int'], 'string', (count) => randomText(digits, count)),
  define('randAscii', ['int'], 'string', (count) => randomText(ascii, count)),
  define('randBytes', ['int'], '(string, error)', (count) => {
    if (count < 0n) throw new GoError('runtime error: makeslice: len out of range');
    return randomBytes(boundedCount(count)).toString('base64');
  }),
  define('shuffle', ['string'], 'string', (text) => shuffled(Array.from(text)).join('')),
  define('uuidv4', [], 'string', uuid),
];

/** A number from 0 up to, but not including, `below`. */
export function randomInt(below: bigint): bigint {
  const size = Math.ceil(below.toString(2).length / 8);
  const limit = 256n ** BigInt(size);
  for (;;) {
    const value = BigInt(`0x${randomBytes(size).toString('hex')}`);
    // What lies beyond the last whole multiple would make small numbers likelier.
    if (value < limit - (limit % below)) return value % below;
  }
}

function randomText(characters: string, count: bigint): string {
  const length = count < 0n ? 0 : boundedCount(count);
  const size = BigInt(characters.length);
  return Array.from({ length }, () => characters[Number(randomInt(size))]).join('');
}

function shuffled(items: readonly string[]): string[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Number(randomInt(BigInt(last + 1)));
    [result[last], result[other]] = [result[other] ?? '', result[last] ?? ''];
  }
  return result;
}

function uuid(): string {
  const bytes = randomBytes(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
