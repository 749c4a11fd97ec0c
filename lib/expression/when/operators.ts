/** What each operator of govaluate does, and which operands it takes (evaluationStage.go). */
import { goFloatText } from '../go/float-text.ts';
import { truncateToInt64 } from '../go/parse-number.ts';
import { compareGoStrings } from '../go/utf8.ts';
import { searchPattern } from './pattern.ts';

export type WhenValue = null | boolean | number | string | readonly WhenValue[];

export interface Operator {
  /** Whether the operands are of the right types; the operator runs only where they are. */
  readonly accepts: (left: WhenValue, right: WhenValue) => boolean;
  /** Undefined where a regular expression does not compile. */
  readonly run: (left: WhenValue, right: WhenValue) => WhenValue | undefined;
  /** The end of govaluate's message for wrong operands. */
  readonly complaint: string;
}

const modifier = "cannot be used with the modifier '%', it is not a number";
const comparator = "cannot be used with the comparator '%', it is not a number";
const logical = "cannot be used with the logical operator '%', it is not a bool";
const ternary = "cannot be used with the ternary operator '%', it is not a bool";
const prefix = "cannot be used with the prefix '%'";

/** Go's `%v` of a value. */
export function whenText(value: WhenValue): string {
  if (value === null) return '<nil>';
  if (typeof value === 'number') return goFloatText(value);
  if (typeof value === 'object') return `[${value.map(whenText).join(' ')}]`;
  return String(value);
}

function equal(left: WhenValue, right: WhenValue): boolean {
  if (left === null || right === null || typeof left !== 'object' || typeof right !== 'object')
    return left === right;
  return left.length === right.length && left.every((value, index) => equal(value, right[index] ?? null));
}

function bothNumbers(left: WhenValue, right: WhenValue): boolean {
  return typeof left === 'number' && typeof right === 'number';
}

function bothAlike(left: WhenValue, right: WhenValue): boolean {
  return bothNumbers(left, right) || (typeof left === 'string' && typeof right === 'string');
}

function arithmetic(run: (left: number, right: number) => number): Operator {
  return {
    accepts: bothNumbers,
    run: (left, right) => run(Number(left), Number(right)),
    complaint: modifier,
  };
}

/** `int64(x) op int64(y)` as a float, with Go's conversion on amd64. */
function bitwise(run: (left: bigint, right: bigint) => bigint): Operator {
  return arithmetic((left, right) => Number(run(truncateToInt64(left), truncateToInt64(right))));
}

/** `uint64(f)` in Go on amd64: what does not fit, NaN included, becomes 2**63. */
function unsigned(value: number): bigint {
  const half = 2 ** 63;
  if (!(value >= half)) return BigInt.asUintN(64, truncateToInt64(value));
  const rest = truncateToInt64(value - half);
  return rest < 0n ? 1n << 63n : (1n << 63n) + rest;
}

function shift(run: (left: bigint, right: bigint) => bigint): Operator {
  return arithmetic((left, right) => {
    const count = unsigned(right);
    return count > 63n ? 0 : Number(BigInt.asUintN(64, run(unsigned(left), count)));
  });
}

function ordering(test: (difference: number) => boolean): Operator {
  return {
    accepts: bothAlike,
    run: (left, right) => {
      if (typeof left === 'string' && typeof right === 'string') return test(compareGoStrings(left, right));
      // NaN compares false with everything.
      return test(
        left === right ? 0 : Number(left) < Number(right) ? -1 : Number(left) > Number(right) ? 1 : NaN,
      );
    },
    complaint: comparator,
  };
}

/** `math.Pow`, which differs from JavaScript's where the base is 1 or -1. */
function power(left: number, right: number): number {
  if (left === 1) return 1;
  if (left === -1 && Math.abs(right) === Number.POSITIVE_INFINITY) return 1;
  return left ** right;
}

function add(left: WhenValue, right: WhenValue): WhenValue {
  if (typeof left === 'number' && typeof right === 'number') return left + right;
  return whenText(left) + whenText(right);
}

const always = (): boolean => true;
const areStrings = (left: WhenValue, right: WhenValue): boolean =>
  typeof left === 'string' && typeof right === 'string';
const areBooleans = (left: WhenValue, right: WhenValue): boolean =>
  typeof left === 'boolean' && typeof right === 'boolean';

export const operators: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['==', { accepts: always, run: equal, complaint: comparator }],
  ['!=', { accepts: always, run: (left, right) => !equal(left, right), complaint: comparator }],
  ['>', ordering((difference) => difference > 0)],
  ['>=', ordering((difference) => difference >= 0)],
  ['<', ordering((difference) => difference < 0)],
  ['<=', ordering((difference) => difference <= 0)],
  ['=~', { accepts: areStrings, run: (l, r) => searchPattern(String(l), String(r)), complaint: comparator }],
  [
    '!~',
    {
      accepts: areStrings,
      run: (l, r) => negated(searchPattern(String(l), String(r))),
      complaint: comparator,
    },
  ],
  ['in', { accepts: isSearchable, run: isIn, complaint: comparator }],
  ['&&', { accepts: areBooleans, run: (left, right) => left === true && right === true, complaint: logical }],
  ['||', { accepts: areBooleans, run: (left, right) => left === true || right === true, complaint: logical }],
  ['+', { accepts: (l, r) => bothNumbers(l, r) || isText(l) || isText(r), run: add, complaint: modifier }],
  ['-', arithmetic((left, right) => left - right)],
  ['*', arithmetic((left, right) => left * right)],
  ['/', arithmetic((left, right) => left / right)],
  ['%', arithmetic((left, right) => left % right)],
  ['**', arithmetic(power)],
  ['&', bitwise((left, right) => left & right)],
  ['|', bitwise((left, right) => left | right)],
  ['^', bitwise((left, right) => left ^ right)],
  ['<<', shift((left, right) => left << right)],
  ['>>', shift((left, right) => left >> right)],
  [
    '?',
    {
      accepts: (left) => typeof left === 'boolean',
      run: (l, r) => (l === true ? r : null),
      complaint: ternary,
    },
  ],
  [':', { accepts: always, run: (left, right) => left ?? right, complaint: ternary }],
  ['??', { accepts: always, run: (left, right) => left ?? right, complaint: ternary }],
  [
    ',',
    { accepts: always, run: (l, r) => [...(Array.isArray(l) ? l : [l]), r] as WhenValue[], complaint: '' },
  ],
  [
    'prefix-',
    { accepts: (_, right) => typeof right === 'number', run: (_, r) => -Number(r), complaint: prefix },
  ],
  [
    'prefix!',
    { accepts: (_, right) => typeof right === 'boolean', run: (_, r) => r !== true, complaint: prefix },
  ],
  ['prefix~', { accepts: (_, right) => typeof right === 'number', run: complement, complaint: prefix }],
  ['brackets', { accepts: always, run: (_, right) => right, complaint: '' }],
]);

function isText(value: WhenValue): boolean {
  return typeof value === 'string';
}

function complement(_: WhenValue, right: WhenValue): WhenValue {
  return Number(~truncateToInt64(Number(right)));
}

function negated(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value;
}

/** Go panics where `in` compares two lists with each other. */
function isSearchable(left: WhenValue, right: WhenValue): boolean {
  return Array.isArray(right) && !(Array.isArray(left) && right.some(Array.isArray));
}

function isIn(left: WhenValue, right: WhenValue): WhenValue {
  return Array.isArray(right) && right.some((value) => value === left);
}
