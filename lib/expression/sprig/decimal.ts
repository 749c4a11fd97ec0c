/** Exact decimal arithmetic for sprig's `addf`, `subf`, `mulf` and `divf` (shopspring/decimal). */
import { GoError } from '../go-error.ts';

/** coefficient × 10^exponent. */
export interface Decimal {
  readonly coefficient: bigint;
  readonly exponent: number;
}

/** Digits after the point that a division keeps. */
const divisionPrecision = 16;

/** The shortest decimal that reads back as the float. Throws GoError for NaN and infinities. */
export function decimalOf(value: number): Decimal {
  if (!Number.isFinite(value)) throw new GoError(`Cannot create a Decimal from ${value}`);
  const [mantissa = '0', power = '0'] = value.toExponential().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return { coefficient: BigInt(whole + fraction), exponent: Number(power) - fraction.length };
}

export function floatOf({ coefficient, exponent }: Decimal): number {
  return Number(`${coefficient}e${exponent}`);
}

export function add(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent);
  return { coefficient: scaled(a, exponent) + scaled(b, exponent), exponent };
}

export function subtract(a: Decimal, b: Decimal): Decimal {
  return add(a, { coefficient: -b.coefficient, exponent: b.exponent });
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  return { coefficient: a.coefficient * b.coefficient, exponent: a.exponent + b.exponent };
}

/** Rounds half away from zero at 16 digits after the point. Throws GoError for a zero divisor. */
export function divide(a: Decimal, b: Decimal): Decimal {
  if (b.coefficient === 0n) throw new GoError('decimal division by 0');
  const shift = a.exponent - b.exponent + divisionPrecision;
  const top = a.coefficient * 10n ** BigInt(Math.max(0, shift));
  const bottom = b.coefficient * 10n ** BigInt(Math.max(0, -shift));
  const quotient = top / bottom;
  const rest = top - quotient * bottom;
  const isUp = size(rest) * 2n >= size(bottom);
  const away = top < 0n === bottom < 0n ? 1n : -1n;
  return { coefficient: isUp ? quotient + away : quotient, exponent: -divisionPrecision };
}

function scaled({ coefficient, exponent }: Decimal, to: number): bigint {
  return coefficient * 10n ** BigInt(exponent - to);
}

function size(value: bigint): bigint {
  return value < 0n ? -value : value;
}
