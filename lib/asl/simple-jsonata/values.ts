/** Values as JSONata's operators see them, where that is plain. */

import type { Operator } from './tree.ts';

/** Sequences, implicit mapping over arrays, errors: the expression is to be evaluated by `jsonata`, from the start. */
export const UNCLEAR = Symbol('unclear');

/** JSONata's effective boolean; of nothing it is false wherever it is asked for here. */
export function truthOf(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return Boolean(value);
  if (Array.isArray(value)) throw UNCLEAR;
  return Object.keys(value).length > 0;
}

export function textOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'undefined':
      return '';
    case 'boolean':
      return String(value);
    case 'number':
      if (!Number.isFinite(value)) throw UNCLEAR;
      return JSON.stringify(Number(value.toPrecision(15)));
    default:
      if (value === null) return 'null';
      throw UNCLEAR;
  }
}

/** Undefined where a side is nothing: then neither `=` nor `!=` holds. */
export function areEqual(left: unknown, right: unknown): boolean | undefined {
  if (left === undefined || right === undefined) return undefined;
  if (typeof left === 'object' && typeof right === 'object' && left !== null && right !== null) throw UNCLEAR;
  return left === right;
}

export function isIn(left: unknown, right: unknown): boolean {
  if (left === undefined || right === undefined) return false;
  if (!Array.isArray(right)) return left === right;
  return right.some((item) => item === left);
}

export function calculate(operator: '+' | '-' | '*', left: unknown, right: unknown): unknown {
  if (typeof left !== 'number' || typeof right !== 'number') throw UNCLEAR;
  const result = operator === '+' ? left + right : operator === '-' ? left - right : left * right;
  if (!Number.isFinite(result)) throw UNCLEAR;
  // JSON has no minus zero.
  return result + 0;
}

export function compare(operator: Operator, left: unknown, right: unknown): boolean {
  const areTexts = typeof left === 'string' && typeof right === 'string';
  if (!areTexts && !(typeof left === 'number' && typeof right === 'number')) throw UNCLEAR;
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    default:
      return left >= right;
  }
}
