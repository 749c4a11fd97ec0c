/** Strings that an expression makes are bounded, since a few steps can double one many times. */

import { goBytes, goString } from '../../go/utf8.ts';
import { GoError } from '../../go-error.ts';

const MAX_TEXT = 32 * 1024 * 1024;
const LONE = /\p{Surrogate}/u;

/** `a + b`: bytes of a character that was cut apart become one again. */
export function joinStrings(a: string, b: string): string {
  if (a.length + b.length > MAX_TEXT) throw new GoError('memory budget exceeded');
  const joined = a + b;
  return /[\udc80-\udcff]$/.test(a) && LONE.test(a) && LONE.test(b) ? goString(goBytes(joined)) : joined;
}

/** The text, unless it is beyond the budget. */
export function withinBudget(length: number): void {
  if (length > MAX_TEXT) throw new GoError('memory budget exceeded');
}
