/** Go's `math.Pow`, which differs from JavaScript's `**` for 1 and -1. */

export function goPow(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && !Number.isFinite(exponent) && !Number.isNaN(exponent))) return 1;
  return base ** exponent;
}
