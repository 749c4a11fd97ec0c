/** Go's texts of a float64: `%v`, `strconv.FormatFloat(f, 'f', -1, 64)` and the form of encoding/json. */

interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  /** The decimal exponent of the first digit. */
  readonly exponent: number;
}

/** The float as `fmt`'s `%v` prints it. */
export function goFloatText(value: number): string {
  const special = specialText(value);
  if (special !== undefined) return special;
  const decimal = shortest(value);
  const scientific = decimal.exponent < -4 || decimal.exponent >= 6;
  return scientific ? scientificText(decimal) : plainText(decimal);
}

/** The float without an exponent: `strconv.FormatFloat(f, 'f', -1, 64)`. */
export function goPlainFloatText(value: number): string {
  return specialText(value) ?? plainText(shortest(value));
}

/** The float as encoding/json writes it; undefined for NaN and the infinities, which it refuses. */
export function goJsonFloatText(value: number): string | undefined {
  if (!Number.isFinite(value)) return undefined;
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-6 && size < 1e21)) return goPlainFloatText(value);
  return scientificText(shortest(value)).replace(/e-0(\d)$/, 'e-$1');
}

function specialText(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : undefined;
}

function shortest(value: number): Decimal {
  const [mantissa = '0', exponent = '0'] = Math.abs(value).toExponential().split('e');
  return {
    negative: value < 0 || Object.is(value, -0),
    digits: mantissa.replace('.', ''),
    exponent: Number(exponent),
  };
}

function scientificText({ negative, digits, exponent }: Decimal): string {
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  const power = String(Math.abs(exponent)).padStart(2, '0');
  return `${negative ? '-' : ''}${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${power}`;
}

function plainText({ negative, digits, exponent }: Decimal): string {
  const sign = negative ? '-' : '';
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return sign + digits.padEnd(exponent + 1, '0');
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}
