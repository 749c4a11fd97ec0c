/** Arithmetic, order and equality at run time, by Go's types, as expr-lang's generated helpers do them. */

import { goTypeOf } from '../../go/format.ts';
import { truncateToInt64, wrapInt64 } from '../../go/parse-number.ts';
import { compareGoStrings } from '../../go/utf8.ts';
import { GoError } from '../../go-error.ts';
import type { GoInt, GoList, GoMap, GoTime, GoValue } from '../../values.ts';
import { goPower } from './go-power.ts';
import { joinStrings } from './text-budget.ts';

type Tagged = Extract<GoValue, { readonly kind: string }>;

export function isTagged(value: GoValue | undefined): value is Tagged {
  return typeof value === 'object' && value !== null;
}

export function isList(value: GoValue | undefined): value is GoList {
  return isTagged(value) && value.kind === 'list';
}

/** A map of Go; structs are not meant. */
export function isMap(value: GoValue | undefined): value is GoMap {
  return isTagged(value) && value.kind === 'map' && value.type.startsWith('map[');
}

function isSmallInt(value: GoValue): value is GoInt {
  return isTagged(value) && value.kind === 'int' && !value.type.startsWith('time.');
}

/** The value of a built-in integer type. */
export function integerOf(value: GoValue): bigint | undefined {
  if (typeof value === 'bigint') return value;
  return isSmallInt(value) ? wrapInt64(value.value) : undefined;
}

/** The value of a built-in integer or float type. */
export function numberOf(value: GoValue): number | undefined {
  if (typeof value === 'number') return value;
  const integer = integerOf(value);
  return integer === undefined ? undefined : Number(integer);
}

/** Go's nil, in an interface or as a nil slice or map. */
export function isNil(value: GoValue): boolean {
  if (value === null) return true;
  return (isList(value) && value.items === null) || (isMap(value) && value.entries === null);
}

/** The index that expr-lang makes of a number. */
export function toInt(value: GoValue): bigint {
  if (typeof value === 'number') return truncateToInt64(value);
  const integer = integerOf(value);
  if (integer === undefined) throw new GoError(`invalid operation: int(${goTypeOf(value)})`);
  return integer;
}

function isTime(value: GoValue): value is GoTime {
  return isTagged(value) && value.kind === 'time';
}

function durationOf(value: GoValue): bigint | undefined {
  return isTagged(value) && value.kind === 'duration' ? value.nanos : undefined;
}

function duration(nanos: bigint): GoValue {
  return { kind: 'duration', nanos: wrapInt64(nanos) };
}

export function equal(a: GoValue, b: GoValue, depth = 0): boolean {
  if (depth > 1_000) throw new GoError('values nest too deeply to compare');
  const [left, right] = [integerOf(a), integerOf(b)];
  if (left !== undefined && right !== undefined) return left === right;
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined) return x === y;
  if (!isTagged(a) || !isTagged(b)) return a === b || (isNil(a) && isNil(b));
  if (isTime(a) && isTime(b)) return a.nanos === b.nanos;
  if (
    isList(a) &&
    isList(b) &&
    (a.type === '[]interface {}' || b.type === '[]interface {}' || a.type === b.type)
  ) {
    return listsEqual(a.items ?? [], b.items ?? [], depth);
  }
  return (isNil(a) && isNil(b)) || deepEqual(a, b, depth);
}

function listsEqual(a: readonly GoValue[], b: readonly GoValue[], depth: number): boolean {
  return a.length === b.length && a.every((item, at) => equal(item, b[at] ?? null, depth + 1));
}

/** `reflect.DeepEqual`: types must be equal too. */
function deepEqual(a: GoValue, b: GoValue, depth: number): boolean {
  if (depth > 1_000) throw new GoError('values nest too deeply to compare');
  if (!isTagged(a) || !isTagged(b)) return a === b;
  if (goTypeOf(a) !== goTypeOf(b)) return false;
  if (isList(a) && isList(b)) {
    const [left, right] = [a.items, b.items];
    if (left === null || right === null) return left === right;
    return (
      left.length === right.length && left.every((item, at) => deepEqual(item, right[at] ?? null, depth + 1))
    );
  }
  if (a.kind === 'map' && b.kind === 'map') {
    const [left, right] = [a.entries, b.entries];
    if (left === null || right === null) return left === right;
    return (
      left.size === right.size &&
      [...left].every(([key, item]) => right.has(key) && deepEqual(item, right.get(key) ?? null, depth + 1))
    );
  }
  if (a.kind === 'int' && b.kind === 'int') return a.value === b.value;
  if (a.kind === 'duration' && b.kind === 'duration') return a.nanos === b.nanos;
  return isTime(a) && isTime(b) && a.nanos === b.nanos && a.zone === b.zone;
}

/** Less than 0, 0, more than 0, or NaN where Go's comparison of floats is always false. */
export function compare(operator: string, a: GoValue, b: GoValue): number {
  const [left, right] = [integerOf(a), integerOf(b)];
  if (left !== undefined && right !== undefined) return left < right ? -1 : left > right ? 1 : 0;
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined) return x < y ? -1 : x > y ? 1 : x === y ? 0 : Number.NaN;
  if (typeof a === 'string' && typeof b === 'string') return compareGoStrings(a, b);
  const nanos = isTime(a) && isTime(b) ? [a.nanos, b.nanos] : [durationOf(a), durationOf(b)];
  const [from, to] = nanos;
  if (from !== undefined && to !== undefined) return from < to ? -1 : from > to ? 1 : 0;
  throw invalid(operator, a, b);
}

export function isLess(a: GoValue, b: GoValue): boolean {
  return compare('<', a, b) < 0;
}

function invalid(operator: string, a: GoValue, b: GoValue): GoError {
  return new GoError(`invalid operation: ${goTypeOf(a)} ${operator} ${goTypeOf(b)}`);
}

type Arithmetic = {
  readonly integers: (a: bigint, b: bigint) => GoValue;
  readonly floats?: (a: number, b: number) => GoValue;
};

const arithmetic: ReadonlyMap<string, Arithmetic> = new Map<string, Arithmetic>([
  ['+', { integers: (a, b) => wrapInt64(a + b), floats: (a, b) => a + b }],
  ['-', { integers: (a, b) => wrapInt64(a - b), floats: (a, b) => a - b }],
  ['*', { integers: (a, b) => wrapInt64(a * b), floats: (a, b) => a * b }],
  ['/', { integers: (a, b) => Number(a) / Number(b), floats: (a, b) => a / b }],
  ['%', { integers: modulo }],
]);

function modulo(a: bigint, b: bigint): bigint {
  if (b === 0n) throw new GoError('runtime error: integer divide by zero');
  return a % b;
}

/** `a operator b` for `+ - * / %`. */
export function calculate(operator: string, a: GoValue, b: GoValue): GoValue {
  const rule = arithmetic.get(operator);
  const [left, right] = [integerOf(a), integerOf(b)];
  if (rule && left !== undefined && right !== undefined) return rule.integers(left, right);
  const [x, y] = [numberOf(a), numberOf(b)];
  if (rule?.floats && x !== undefined && y !== undefined) return rule.floats(x, y);
  if (operator === '+' && typeof a === 'string' && typeof b === 'string') return joinStrings(a, b);
  const result = calculateTimes(operator, a, b);
  if (result === undefined) throw invalid(operator, a, b);
  return result;
}

function calculateTimes(operator: string, a: GoValue, b: GoValue): GoValue | undefined {
  const [from, to] = [durationOf(a), durationOf(b)];
  if (operator === '*') return multiplyDurations(a, b);
  if (from !== undefined && to !== undefined && operator === '+') return duration(from + to);
  if (from !== undefined && to !== undefined && operator === '-') return duration(from - to);
  if (isTime(a) && to !== undefined && operator === '+') return { ...a, nanos: a.nanos + to };
  if (isTime(a) && to !== undefined && operator === '-') return { ...a, nanos: a.nanos - to };
  if (from !== undefined && isTime(b) && operator === '+') return { ...b, nanos: b.nanos + from };
  return isTime(a) && isTime(b) && operator === '-' ? duration(a.nanos - b.nanos) : undefined;
}

/** A number counts as nanoseconds; a float with a duration is multiplied as floats. */
function multiplyDurations(a: GoValue, b: GoValue): GoValue | undefined {
  const [left, right] = [durationOf(a) ?? integerOf(a), durationOf(b) ?? integerOf(b)];
  if (left !== undefined && right !== undefined) return duration(left * right);
  const [x, y] = [
    left === undefined ? numberOf(a) : Number(left),
    right === undefined ? numberOf(b) : Number(right),
  ];
  return x === undefined || y === undefined ? undefined : x * y;
}

/** `a ** b`. */
export function power(a: GoValue, b: GoValue): number {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x === undefined || y === undefined) {
    throw new GoError(`invalid operation: float(${goTypeOf(x === undefined ? a : b)})`);
  }
  return goPower(x, y);
}

export function negate(value: GoValue): GoValue {
  if (typeof value === 'number') return -value;
  if (typeof value === 'bigint') return wrapInt64(-value);
  if (isSmallInt(value)) return { ...value, value: wrapSmall(value.type, -value.value) };
  throw new GoError(`invalid operation: - ${goTypeOf(value)}`);
}

function wrapSmall(type: string, value: bigint): bigint {
  const bits = Number(/\d+$/.exec(type)?.[0] ?? 64);
  return type.startsWith('u') ? BigInt.asUintN(bits, value) : BigInt.asIntN(bits, value);
}
