/** Go's `strconv.ParseInt`, `ParseUint` and `ParseFloat`: undefined where Go returns an error. */

const maxInt64 = 2n ** 63n - 1n;
const minInt64 = -(2n ** 63n);
/** Longer spellings of a number are refused, so that no input costs more than it is worth. */
const longest = 10_000;

/** A signed integer in base 8, 10 or 16, or base 0 for Go's literal syntax; undefined if it does not fit. */
export function parseGoInt(text: string, base: 0 | 8 | 10 | 16 = 10, bits: 32 | 64 = 64): bigint | undefined {
  const negative = text.startsWith('-');
  const size = parseMagnitude(negative || text.startsWith('+') ? text.slice(1) : text, base);
  if (size === undefined) return undefined;
  const value = negative ? -size : size;
  const limit = bits === 64 ? maxInt64 : 2n ** 31n - 1n;
  return value > limit || value < -limit - 1n ? undefined : value;
}

/** What `strconv.ParseInt` returns next to an error that the caller ignores: the nearest integer, or zero. */
export function nearestGoInt(text: string): bigint {
  const value = parseGoInt(text);
  if (value !== undefined || !/^[+-]?[0-9]+$/.test(text)) return value ?? 0n;
  return text.startsWith('-') ? minInt64 : maxInt64;
}

/** An unsigned 64-bit integer without sign. */
export function parseGoUint(text: string, base: 0 | 10 = 10): bigint | undefined {
  const value = parseMagnitude(text, base);
  return value === undefined || value > 2n ** 64n - 1n ? undefined : value;
}

/** `int(v)` in Go for a 64-bit result: overflow wraps. */
export function wrapInt64(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}

/** `int64(f)` in Go on amd64: what does not fit, NaN included, becomes the smallest integer. */
export function truncateToInt64(value: number): bigint {
  if (!Number.isFinite(value)) return minInt64;
  const whole = BigInt(Math.trunc(value));
  return whole > maxInt64 || whole < minInt64 ? minInt64 : whole;
}

const prefixes: ReadonlyMap<string, readonly [RegExp, number]> = new Map([
  ['0x', [/^0x(_?[0-9a-f]+)+$/, 2]],
  ['0b', [/^0b(_?[01]+)+$/, 2]],
  ['0o', [/^0o(_?[0-7]+)+$/, 2]],
]);

function parseMagnitude(text: string, base: 0 | 8 | 10 | 16): bigint | undefined {
  if (text.length > longest) return undefined;
  if (base === 10) return /^[0-9]+$/.test(text) ? BigInt(text) : undefined;
  if (base === 8) return /^[0-7]+$/.test(text) ? BigInt(`0o${text}`) : undefined;
  if (base === 16) return /^[0-9a-f]+$/i.test(text) ? BigInt(`0x${text}`) : undefined;
  const lower = text.toLowerCase();
  if (!hasSingleUnderscores(lower)) return undefined;
  const plain = lower.replaceAll('_', '');
  const prefix = prefixes.get(lower.slice(0, 2));
  if (prefix) return prefix[0].test(lower) ? BigInt(plain) : undefined;
  if (!/^[0-9]/.test(lower) || !/^[0-9]+$/.test(plain) || lower.endsWith('_')) return undefined;
  if (!plain.startsWith('0') || plain === '0') return BigInt(plain);
  return /^[0-7]+$/.test(plain) ? BigInt(`0o${plain}`) : undefined;
}

function hasSingleUnderscores(text: string): boolean {
  return !text.includes('__');
}

const decimalFloat = /^[+-]?(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9][0-9_]*)?$/;
const hexFloat = /^([+-]?)0[xX]_?((?:[0-9a-fA-F_]*)(?:\.[0-9a-fA-F_]*)?)[pP]([+-]?[0-9]+)$/;

/** A float64, with the spellings that Go takes: infinities, NaN, hexadecimal and digit separators. */
export function parseGoFloat(text: string): number | undefined {
  if (text.length > longest) return undefined;
  const word = text.toLowerCase();
  if (/^[+-]?inf(inity)?$/.test(word)) {
    return word.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  if (word === 'nan') return Number.NaN;
  const value = decimalFloat.test(text) ? decimalValue(text) : hexValue(text);
  return value === undefined || !Number.isFinite(value) ? undefined : value;
}

function decimalValue(text: string): number | undefined {
  const separated = /(^|[^0-9])_|_([^0-9]|$)/.test(text) || text.includes('__');
  return separated ? undefined : Number(text.replaceAll('_', ''));
}

function hexValue(text: string): number | undefined {
  const match = hexFloat.exec(text);
  const mantissa = match?.[2]?.replaceAll('_', '') ?? '';
  if (!match || !/[0-9a-fA-F]/.test(mantissa) || mantissa.length > 300) return undefined;
  const [whole = '', fraction = ''] = mantissa.split('.');
  const size = BigInt(`0x${whole}${fraction}`);
  const power = Number(match[3]) - 4 * fraction.length;
  const value = Number(size) * 2 ** Math.max(-1074, Math.min(1024, power));
  return match[1] === '-' ? -value : value;
}
