/** expr-lang's functions on numbers: rounding, `max`, `min`, `mean`, `median`. */

import { goTypeOf } from '../../go/format.ts';
import { GoError } from '../../go-error.ts';
import type { GoValue } from '../../values.ts';
import type { Builtin } from './builtins.ts';
import { integerOf, isLess, isList, isTagged, negate, numberOf } from './operators.ts';

const MAX_DEPTH = 1_000;

function invalid(name: string, value: GoValue): GoError {
  return new GoError(`invalid argument for ${name} (type ${goTypeOf(value)})`);
}

function abs([value = null]: readonly GoValue[]): GoValue {
  const number = numberOf(value);
  if (number === undefined) throw invalid('abs', value);
  const integer = integerOf(value);
  const negative = integer === undefined ? number < 0 : integer < 0n;
  return negative ? negate(value) : value;
}

function rounding(name: string, round: (value: number) => number): Builtin {
  return ([value = null]) => {
    const number = numberOf(value);
    if (number === undefined) throw invalid(name, value);
    return typeof value === 'number' ? round(number) : number;
  };
}

/** Go rounds half away from zero. */
function round(value: number): number {
  const whole = Math.trunc(value);
  return Math.abs(value - whole) >= 0.5 ? whole + Math.sign(value) : whole;
}

/** The first value that no other beats; lists are looked into. */
function extreme(name: string, beats: (a: GoValue, b: GoValue) => boolean): Builtin {
  return (args) => {
    const [only] = args;
    if (args.length === 1 && only !== undefined && !isList(only)) return only;
    let best: GoValue = null;
    for (const value of numbersIn(name, args, 0)) if (best === null || beats(value, best)) best = value;
    return best;
  };
}

/** The numbers among the values and in the lists among them; durations too, where they are no elements. */
function* numbersIn(name: string, values: readonly GoValue[], depth: number): Generator<GoValue> {
  if (depth > MAX_DEPTH) throw new GoError('recursion depth exceeded');
  for (const value of values) {
    if (isList(value)) yield* numbersIn(name, value.items ?? [], depth + 1);
    else if ((depth === 0 ? sizeOf(value) : numberOf(value)) === undefined) throw invalid(name, value);
    else yield value;
  }
}

/** A number by reflection, to which a duration and a month are integers. */
function sizeOf(value: GoValue): number | undefined {
  if (isTagged(value) && value.kind === 'duration') return Number(value.nanos);
  return isTagged(value) && value.kind === 'int' ? Number(value.value) : numberOf(value);
}

function sizesIn(name: string, values: readonly GoValue[], depth = 0): readonly number[] {
  if (depth > MAX_DEPTH) throw new GoError('recursion depth exceeded');
  return values.flatMap((value) => {
    if (isList(value)) return sizesIn(name, value.items ?? [], depth + 1);
    const size = sizeOf(value);
    if (size === undefined) throw invalid(name, value);
    return [size];
  });
}

function mean(args: readonly GoValue[]): GoValue {
  const values = sizesIn('mean', args);
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(args: readonly GoValue[]): GoValue {
  const values = sizesIn('median', args).toSorted((a, b) => a - b);
  const middle = values.length >> 1;
  if (values.length === 0) return 0;
  if (values.length % 2 === 1) return values[middle] ?? 0;
  return ((values[middle - 1] ?? 0) + (values[middle] ?? 0)) / 2;
}

export const numberFunctions: readonly (readonly [string, Builtin])[] = [
  ['abs', abs],
  ['ceil', rounding('ceil', Math.ceil)],
  ['floor', rounding('floor', Math.floor)],
  ['round', rounding('round', round)],
  ['max', extreme('max', (a, b) => isLess(b, a))],
  ['min', extreme('min', isLess)],
  ['mean', mean],
  ['median', median],
];
