/** jq's operators on two values. */
import { GoError } from '../go-error.ts';
import type { BinaryOperator } from './ast.ts';
import { compare, described, fault, isList, isMap, type Json, type JsonMap } from './value.ts';

const LONGEST_TEXT = 1_000_000;

export function applyOperator(operator: BinaryOperator, left: Json, right: Json): Json {
  switch (operator) {
    case '==':
      return compare(left, right) === 0;
    case '!=':
      return compare(left, right) !== 0;
    case '<':
      return compare(left, right) < 0;
    case '<=':
      return compare(left, right) <= 0;
    case '>':
      return compare(left, right) > 0;
    case '>=':
      return compare(left, right) >= 0;
    case '+':
      return add(left, right);
    case '-':
      return subtract(left, right);
    case '*':
      return multiply(left, right);
    case '/':
      return divide(left, right);
    case '%':
      return remainder(left, right);
  }
}

export function add(left: Json, right: Json): Json {
  if (left === null) return right;
  if (right === null) return left;
  if (typeof left === 'number' && typeof right === 'number') return left + right;
  if (typeof left === 'string' && typeof right === 'string') return left + right;
  if (isList(left) && isList(right)) return [...left, ...right];
  if (isMap(left) && isMap(right)) return { ...left, ...right };
  throw fault(`cannot add: ${described(left)} and ${described(right)}`);
}

function subtract(left: Json, right: Json): Json {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (isList(left) && isList(right))
    return left.filter((one) => !right.some((other) => compare(one, other) === 0));
  throw fault(`cannot subtract: ${described(left)} and ${described(right)}`);
}

function multiply(left: Json, right: Json): Json {
  if (typeof left === 'number' && typeof right === 'number') return left * right;
  if (typeof left === 'string' && typeof right === 'number') return repeated(left, right);
  if (typeof left === 'number' && typeof right === 'string') return repeated(right, left);
  if (isMap(left) && isMap(right)) return deepMerge(left, right);
  throw fault(`cannot multiply: ${described(left)} and ${described(right)}`);
}

function repeated(text: string, times: number): Json {
  if (!(times >= 0)) return null;
  if (text.length * times > LONGEST_TEXT) throw new GoError('jq: the text is too long');
  return text.repeat(Math.floor(times));
}

function deepMerge(left: JsonMap, right: JsonMap): JsonMap {
  const merged = Object.entries(right).map(([key, value]) => {
    const under = Object.hasOwn(left, key) ? left[key]! : null;
    return [key, isMap(under) && isMap(value) ? deepMerge(under, value) : value] as const;
  });
  return { ...left, ...Object.fromEntries(merged) };
}

function divide(left: Json, right: Json): Json {
  if (typeof left === 'number' && typeof right === 'number') {
    if (right === 0) throw fault(`cannot divide ${described(left)} by: ${described(right)}`);
    return left / right;
  }
  if (typeof left === 'string' && typeof right === 'string') return split(left, right);
  throw fault(`cannot divide ${described(left)} by: ${described(right)}`);
}

export function split(text: string, separator: string): readonly string[] {
  if (text === '') return [];
  return separator === '' ? [...text] : text.split(separator);
}

function remainder(left: Json, right: Json): Json {
  if (typeof left !== 'number' || typeof right !== 'number')
    throw fault(`cannot modulo: ${described(left)} and ${described(right)}`);
  const divisor = Math.trunc(right);
  if (divisor === 0) throw fault(`cannot modulo: ${described(left)} and ${described(right)}`);
  return Math.trunc(left) % Math.abs(divisor);
}
