/** Kubernetes resource quantities such as `500m`, `1.5Gi`, `2e3`: canonical text, value and milli-value. */
import { GoError } from '../../go-error.ts';
import { wrapInt64 } from '../parse-number.ts';

export interface Quantity {
  /** As `Quantity.String()` writes it: the input's own text where that is already canonical. */
  readonly canonical: string;
  /** Whole units, rounded up. */
  readonly value: bigint;
  /** Thousandths, rounded up. */
  readonly milliValue: bigint;
}

type Format = 'decimal' | 'binary' | 'exponent';

/*
 * apimachinery holds small amounts as an int64 with a power of ten, and all others as a big decimal; the two
 * round and overflow differently (k8s.io/apimachinery/pkg/api/resource), so the distinction is kept.
 */
interface Amount {
  readonly isFast: boolean;
  readonly unscaled: bigint;
  /** The amount is unscaled × 10^exponent. */
  readonly exponent: number;
}

const decimalSuffixes: ReadonlyMap<string, number> = new Map([
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['', 0],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
]);
const binarySuffixes: ReadonlyMap<string, number> = new Map([
  ['Ki', 10],
  ['Mi', 20],
  ['Gi', 30],
  ['Ti', 40],
  ['Pi', 50],
  ['Ei', 60],
]);
const maxInt64 = 2n ** 63n - 1n;
/** Bounds that no sensible quantity reaches; beyond them the arithmetic would only burn time. */
const longest = 1000;
const largestExponent = 2000;

/** Parses a quantity. Throws GoError with the message of `resource.ParseQuantity`. */
export function parseQuantity(text: string): Quantity {
  const shape = /^([+-]?)(0*)([0-9]*)(?:(\.)([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/.exec(text);
  if (!shape || text === '' || text.length > longest) {
    const pattern = '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$';
    throw new GoError(`quantities must match the regular expression '${pattern}'`);
  }
  const [, sign = '', zeros = '', digits = '', dot = '', fraction = '', suffix = ''] = shape;
  const { format, exponent } = readSuffix(suffix);
  const whole = digits === '' ? '0' : digits;
  const negative = sign === '-';
  const fast = fastAmount(whole, fraction, format, exponent, negative);
  if (fast)
    return { ...values(fast.amount), canonical: fast.keepsText ? text : canonical(fast.amount, format) };
  if (zeros + digits + fraction === '' || (dot !== '' && zeros + digits === '' && fraction === '')) {
    throw new GoError('unable to parse numeric part of quantity');
  }
  const { amount, format: kept } = bigAmount(BigInt(whole + fraction), fraction.length, format, exponent);
  const signed = negative ? { ...amount, unscaled: -amount.unscaled } : amount;
  return { ...values(signed), canonical: canonical(signed, kept) };
}

function readSuffix(suffix: string): { format: Format; exponent: number } {
  const decimal = decimalSuffixes.get(suffix);
  if (decimal !== undefined) return { format: 'decimal', exponent: decimal };
  const binary = binarySuffixes.get(suffix);
  if (binary !== undefined) return { format: 'binary', exponent: binary };
  const exponent = /^[eE]([+-]?[0-9]+)$/.exec(suffix)?.[1];
  if (exponent !== undefined && Math.abs(Number(exponent)) <= largestExponent) {
    return { format: 'exponent', exponent: Number(exponent) };
  }
  throw new GoError("unable to parse quantity's suffix");
}

function fastAmount(
  whole: string,
  fraction: string,
  format: Format,
  exponent: number,
  negative: boolean,
): { amount: Amount; keepsText: boolean } | undefined {
  const isBinary = format === 'binary';
  if (isBinary && fraction !== '') return undefined;
  const precision = isBinary
    ? 15 - whole.length - Math.trunc((exponent * 3) / 10) - 1
    : 18 - whole.length - fraction.length;
  const scale = isBinary ? 0 : exponent - fraction.length;
  if (precision < 0 || scale < -9) return undefined;
  const shifted = whole + fraction;
  const size = BigInt(shifted) * (isBinary ? 2n ** BigInt(exponent) : 1n);
  if (size > maxInt64) return undefined;
  const keepsText = isBinary
    ? exponent % 10 === 0 && (BigInt(shifted) & 7n) !== 0n
    : scale % 3 === 0 && !shifted.endsWith('000') && !shifted.startsWith('0');
  return { amount: { isFast: true, unscaled: negative ? -size : size, exponent: scale }, keepsText };
}

function bigAmount(
  unscaled: bigint,
  places: number,
  format: Format,
  exponent: number,
): { amount: Amount; format: Format } {
  const scaled = format === 'binary' ? unscaled * 2n ** BigInt(exponent) : unscaled;
  const power = format === 'binary' ? -places : exponent - places;
  let nanos = power >= -9 ? scaled * 10n ** BigInt(power + 9) : ceilDivide(scaled, 10n ** BigInt(-9 - power));
  const one = 10n ** 9n;
  if (format === 'binary' && nanos > maxInt64 * one) nanos = maxInt64 * one;
  const isBelowOne = format === 'binary' && nanos < one && nanos > 0n;
  return {
    amount: { isFast: false, unscaled: nanos, exponent: -9 },
    format: isBelowOne ? 'decimal' : format,
  };
}

function values(amount: Amount): { value: bigint; milliValue: bigint } {
  return { value: scaledTo(amount, 0), milliValue: scaledTo(amount, -3) };
}

function scaledTo({ isFast, unscaled, exponent }: Amount, scale: number): bigint {
  const shift = exponent - scale;
  if (shift >= 0) {
    const result = unscaled * 10n ** BigInt(shift);
    return wrapInt64(result) === result ? result : 0n;
  }
  const divisor = 10n ** BigInt(-shift);
  if (isFast) return unscaled < 0n ? -ceilDivide(-unscaled, divisor) : ceilDivide(unscaled, divisor);
  if (unscaled < maxInt64) {
    const low = wrapInt64(unscaled);
    return low / divisor + (low % divisor === 0n ? 0n : 1n);
  }
  return wrapInt64(ceilDivide(unscaled, divisor));
}

function canonical(amount: Amount, format: Format): string {
  if (amount.unscaled === 0n) return '0';
  const whole = format === 'binary' ? wholeOf(amount) : undefined;
  if (whole !== undefined && (whole >= 1024n || whole <= -1024n)) {
    const [mantissa, times] = withoutFactors(whole, 1024n);
    return String(mantissa) + nameOf(binarySuffixes, times * 10);
  }
  const [reduced, times] = withoutFactors(amount.unscaled, 10n);
  let mantissa = reduced;
  let exponent = amount.exponent + times;
  for (; exponent % 3 !== 0; exponent -= 1) mantissa *= 10n;
  if (format === 'exponent') return `${mantissa}${exponent === 0 ? '' : `e${exponent}`}`;
  return String(mantissa) + nameOf(decimalSuffixes, exponent);
}

function wholeOf({ unscaled, exponent }: Amount): bigint | undefined {
  if (exponent >= 0) return unscaled * 10n ** BigInt(exponent);
  const divisor = 10n ** BigInt(-exponent);
  return unscaled % divisor === 0n ? unscaled / divisor : undefined;
}

function withoutFactors(value: bigint, factor: bigint): [bigint, number] {
  let rest = value;
  let times = 0;
  for (; rest !== 0n && rest % factor === 0n; times += 1) rest /= factor;
  return [rest, times];
}

/** The suffix for a power; Kubernetes writes none for a power that has no suffix. */
function nameOf(suffixes: ReadonlyMap<string, number>, power: number): string {
  for (const [name, value] of suffixes) if (value === power) return name;
  return '';
}

function ceilDivide(value: bigint, divisor: bigint): bigint {
  return value / divisor + (value % divisor === 0n ? 0n : 1n);
}
