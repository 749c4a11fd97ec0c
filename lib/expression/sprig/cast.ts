/** Loose conversions of sprig: spf13/cast to numbers, `strval` and `strslice` to strings. */
import { goFormat, itemsOf } from '../go/format.ts';
import { parseGoFloat, parseGoInt, truncateToInt64, wrapInt64 } from '../go/parse-number.ts';
import { goString } from '../go/utf8.ts';
import type { GoValue } from '../values.ts';

/** `cast.ToInt64`: zero for what is no number. Strings follow Go's literals, so `010` is eight. */
export function toInt64(value: GoValue): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return truncateToInt64(value);
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'string') return parseGoInt(withoutDecimals(value), 0) ?? 0n;
  if (value?.kind === 'int') return wrapInt64(value.value);
  return value?.kind === 'duration' ? value.nanos : 0n;
}

/** `cast.ToFloat64`: zero for what is no number. */
export function toFloat64(value: GoValue): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return parseGoFloat(value) ?? 0;
  return Number(toInt64(value));
}

/** `strval`: strings and bytes as they are, everything else as `%v`. */
export function toText(value: GoValue): string {
  if (typeof value === 'object' && value?.kind === 'list' && value.type === '[]uint8') {
    return goString(Uint8Array.from(itemsOf(value).map((item) => Number(toInt64(item)))));
  }
  return goFormat(value);
}

/** `strslice`: the texts of a list without its nils, or of the one value that is no list. */
export function toTexts(value: GoValue): string[] {
  if (value === null) return [];
  if (typeof value !== 'object' || value.kind !== 'list') return [toText(value)];
  return itemsOf(value)
    .filter((item) => item !== null)
    .map(toText);
}

/** A plain decimal loses its fraction; anything else with a point stays, and is then no integer. */
function withoutDecimals(text: string): string {
  const whole = /^([-+]?\d*)(?:\.\d*)$/.exec(text)?.[1];
  if (whole === undefined) return text;
  return /\d/.test(whole) ? whole : `${whole}0`;
}
