/** `%f`, `%e` and `%g` of Go with a precision: rounded half to even on the exact binary value. */

/** The shortest decimal digits that round-trip, and the exponent of the first. */
function shortestDigits(value: number): { readonly digits: string; readonly exponent: number } {
  const [mantissa = '0', exponent = '0'] = Math.abs(value).toExponential().split('e');
  return { digits: mantissa.replace('.', ''), exponent: Number(exponent) };
}

function withExponent(digits: string, exponent: number): string {
  const fraction = digits.length > 1 ? '.' + digits.slice(1) : '';
  const size = String(Math.abs(exponent)).padStart(2, '0');
  return `${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${size}`;
}

function withPoint(digits: string, exponent: number): string {
  if (exponent < 0) return '0.' + '0'.repeat(-exponent - 1) + digits;
  if (digits.length <= exponent + 1) return digits + '0'.repeat(exponent + 1 - digits.length);
  return `${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

function special(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return undefined;
}

function signOf(value: number): string {
  return value < 0 || Object.is(value, -0) ? '-' : '';
}

/** |value| × 10^places, rounded half to even on the exact binary value, as strconv does. */
function scaled(value: number, places: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(value));
  const bits = view.getBigUint64(0);
  const biased = Number(bits >> 52n);
  const fraction = bits & (2n ** 52n - 1n);
  const mantissa = biased === 0 ? fraction : fraction + 2n ** 52n;
  const power = Math.max(biased, 1) - 1_075;
  let numerator = mantissa * (power > 0 ? 2n ** BigInt(power) : 1n);
  let denominator = power < 0 ? 2n ** BigInt(-power) : 1n;
  if (places >= 0) numerator *= 10n ** BigInt(places);
  else denominator *= 10n ** BigInt(-places);
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return up ? quotient + 1n : quotient;
}

/** `strconv.FormatFloat(value, 'f', places, 64)`. */
export function formatFloatFixed(value: number, places: number): string {
  const known = special(value);
  if (known !== undefined) return known;
  const digits = String(scaled(value, places)).padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  return signOf(value) + (places > 0 ? `${whole}.${digits.slice(digits.length - places)}` : whole);
}

/** `strconv.FormatFloat(value, 'e', places, 64)`. */
export function formatFloatExponent(value: number, places: number): string {
  const known = special(value);
  if (known !== undefined) return known;
  const { digits, exponent } = roundedDigits(value, shortestDigits(value).exponent, places);
  return signOf(value) + withExponent(digits, exponent);
}

function roundedDigits(
  value: number,
  exponent: number,
  places: number,
): { digits: string; exponent: number } {
  const digits = String(value === 0 ? 0n : scaled(value, places - exponent)).padEnd(places + 1, '0');
  return digits.length > places + 1
    ? { digits: digits.slice(0, places + 1), exponent: exponent + 1 }
    : { digits, exponent };
}

/** `%.<precision>g`: at most so many significant digits, trailing zeros dropped. */
export function formatFloatPrecision(value: number, precision: number): string {
  const known = special(value);
  if (known !== undefined) return known;
  const wanted = Math.max(precision, 1);
  const rounded = roundedDigits(value, shortestDigits(value).exponent, wanted - 1);
  const digits = rounded.digits.replace(/0+$/, '') || '0';
  const limit = wanted > digits.length && digits.length > rounded.exponent ? digits.length : wanted;
  const spread = rounded.exponent < -4 || rounded.exponent >= limit;
  return (
    signOf(value) + (spread ? withExponent(digits, rounded.exponent) : withPoint(digits, rounded.exponent))
  );
}
