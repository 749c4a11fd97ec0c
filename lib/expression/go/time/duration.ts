/** Go's durations: `time.ParseDuration` and `Duration.String`, on nanoseconds. */
import { GoError } from '../../go-error.ts';
import { goTimeQuote } from '../quote.ts';

const units: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['\u00b5s', 1_000n],
  ['\u03bcs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);

const limit = 2n ** 63n;

/** The nanoseconds of a text such as `1h30m`, `-1.5s`, `0`. Throws GoError with Go's message. */
export function parseGoDuration(text: string): bigint {
  const negative = text.startsWith('-');
  const body = negative || text.startsWith('+') ? text.slice(1) : text;
  if (body === '0') return 0n;
  const invalid = new GoError(`time: invalid duration ${goTimeQuote(text)}`);
  if (body === '') throw invalid;
  const part = /([0-9]*)(?:(\.)([0-9]*))?([^.0-9]*)/y;
  let total = 0n;
  while (part.lastIndex < body.length) {
    const [, whole = '', dot, fraction = '', unitName = ''] = part.exec(body) ?? [];
    if (whole === '' && fraction === '') throw invalid;
    if (whole.length > 40 && /[1-9]/.test(whole.slice(0, -40))) throw invalid;
    const size = BigInt(whole === '' ? '0' : whole.slice(-40));
    if (size > limit) throw invalid;
    if (unitName === '') throw new GoError(`time: missing unit in duration ${goTimeQuote(text)}`);
    const unit = units.get(unitName);
    if (unit === undefined) {
      throw new GoError(`time: unknown unit ${goTimeQuote(unitName)} in duration ${goTimeQuote(text)}`);
    }
    if (size > limit / unit) throw invalid;
    total += size * unit + (dot === undefined ? 0n : fractionOf(fraction, unit));
    if (total > limit) throw invalid;
  }
  if (!negative && total === limit) throw invalid;
  return negative ? -total : total;
}

/** Go multiplies the fraction in float64, after taking as many digits as fit in 63 bits. */
function fractionOf(digits: string, unit: bigint): bigint {
  let value = 0n;
  let scale = 1;
  for (const digit of digits.slice(0, 40)) {
    if (value > (limit - 1n) / 10n) break;
    const next = value * 10n + BigInt(digit);
    if (next > limit) break;
    value = next;
    scale *= 10;
  }
  return value === 0n ? 0n : BigInt(Math.trunc(Number(value) * (Number(unit) / scale)));
}

/** `Duration.String()`: `1h30m0s`, `1.5ms`, `0s`. */
export function goDurationText(nanos: bigint): string {
  const size = nanos < 0n ? -nanos : nanos;
  const sign = nanos < 0n ? '-' : '';
  if (size === 0n) return '0s';
  if (size < 1_000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${decimal(size, 1_000n)}\u00b5s`;
  if (size < 1_000_000_000n) return `${sign}${decimal(size, 1_000_000n)}ms`;
  const seconds = `${decimal(size % 60_000_000_000n, 1_000_000_000n)}s`;
  const minutes = size / 60_000_000_000n;
  if (minutes === 0n) return sign + seconds;
  return minutes < 60n
    ? `${sign}${minutes}m${seconds}`
    : `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

function decimal(value: bigint, unit: bigint): string {
  const width = String(unit).length - 1;
  const fraction = String(value % unit)
    .padStart(width, '0')
    .replace(/0+$/, '');
  return fraction === '' ? String(value / unit) : `${value / unit}.${fraction}`;
}
