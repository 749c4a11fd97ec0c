/** `math.Pow` of Go, which multiplies mantissas and so differs from JavaScript's `**` in last digits. */

/** x to the power of y. */
export function goPower(x: number, y: number): number {
  if (y === 0 || x === 1) return 1;
  if (y === 1) return x;
  const plain = Number.isNaN(x) || Number.isNaN(y) || x === 0 || !Number.isFinite(x) || !Number.isFinite(y);
  if (plain) return x === -1 ? 1 : x ** y;
  if (y === 0.5) return Math.sqrt(x);
  if (y === -0.5) return 1 / Math.sqrt(x);
  let whole = Math.trunc(Math.abs(y));
  let fraction = Math.abs(y) - whole;
  if (fraction !== 0 && x < 0) return Number.NaN;
  if (whole >= 2 ** 63) return x ** y;
  let mantissa = 1;
  if (fraction !== 0) {
    if (fraction > 0.5) {
      fraction -= 1;
      whole += 1;
    }
    mantissa = Math.exp(fraction * Math.log(x));
  }
  const product = multiplied(x, BigInt(whole), mantissa);
  return y < 0 ? scale(1 / product.mantissa, -product.exponent) : scale(product.mantissa, product.exponent);
}

function multiplied(x: number, times: bigint, start: number): { mantissa: number; exponent: number } {
  let [base, power] = split(x);
  let mantissa = start;
  let exponent = 0;
  for (let left = times; left !== 0n; left >>= 1n) {
    if (power < -4_096 || power > 4_096) return { mantissa, exponent: exponent + power };
    if (left % 2n === 1n) {
      mantissa *= base;
      exponent += power;
    }
    base *= base;
    power *= 2;
    if (base < 0.5) {
      base += base;
      power -= 1;
    }
  }
  return { mantissa, exponent };
}

/** `math.Frexp`: a mantissa from 0.5 on and below 1, and its power of two. */
function split(x: number): [number, number] {
  if (Math.abs(x) < 2 ** -1_022) {
    const [mantissa, exponent] = split(x * 2 ** 54);
    return [mantissa, exponent - 54];
  }
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const high = view.getUint32(0);
  const exponent = ((high >>> 20) & 0x7ff) - 1_022;
  view.setUint32(0, (high & 0x800fffff) | (1_022 << 20));
  return [view.getFloat64(0), exponent];
}

/** `math.Ldexp`, in two steps so that subnormal results round once. */
function scale(mantissa: number, exponent: number): number {
  const first = Math.max(-1_000, Math.min(1_000, exponent));
  const rest = Math.max(-1_074, Math.min(1_023, exponent - first));
  return mantissa * 2 ** first * 2 ** rest;
}
