/** Evaluates the scripts of a JSONPath, with the loose comparisons of evilmonkeyinc/jsonpath. */
import { GoError } from '../../go-error.ts';
import type { GoValue } from '../../values.ts';
import { goFormat, itemsOf } from '../format.ts';
import { goJsonDecode } from '../json-decode.ts';
import { parseGoFloat, parseGoInt } from '../parse-number.ts';
import { goPow } from '../power.ts';
import { compileRegexp, regexpMatches } from '../regexp.ts';
import {
  type BinaryOperator,
  isOperator,
  type Operand,
  type Operator,
  type PathToken,
  type Script,
  type Work,
} from './nodes.ts';
import { abort, attempt, spend } from './work.ts';

/** What a script sees: the document, the current element, and how to follow a path. */
export interface ScriptScope {
  readonly root: GoValue;
  readonly current: GoValue;
  readonly work: Work;
  readonly follow: (tokens: readonly PathToken[], root: GoValue, current: GoValue) => GoValue;
}

/** The script's value. Throws GoError. */
export function evaluateScript({ text, operator }: Script, scope: ScriptScope): GoValue {
  if (text === '') throw new GoError('invalid expression. is empty');
  if (operator) return evaluate(operator, scope);
  const named = variable(text, scope);
  if (named !== undefined) return named;
  const number = parseGoFloat(text);
  return number ?? parseBoolean(text) ?? text;
}

function evaluate(operator: Operator, scope: ScriptScope): GoValue {
  spend(scope.work);
  switch (operator.operator) {
    case 'selector': {
      const value = scope.follow(operator.tokens, scope.root, scope.current);
      return typeof value === 'string' && !isSingleQuoted(value) ? `'${value}'` : value;
    }
    case '!':
      return !booleanOf(operator.right, scope);
    default:
      return evaluateBinary(operator.operator, operator.left, operator.right, scope);
  }
}

function evaluateBinary(
  operator: BinaryOperator,
  left: Operand,
  right: Operand,
  scope: ScriptScope,
): GoValue {
  switch (operator) {
    case '&&':
    case '||': {
      const [first, second] = [booleanOf(left, scope), booleanOf(right, scope)];
      return operator === '&&' ? first && second : first || second;
    }
    case '==':
    case '!=':
      return isEqual(left, right, scope) === (operator === '==');
    case 'in':
    case 'not in':
      return isElement(left, right, scope) === (operator === 'in');
    case '=~': {
      const text = unquoted(stringOf(left, scope));
      return regexpMatches(compileRegexp(unquoted(stringOf(right, scope))), text);
    }
    case '%': {
      const [first, second] = [integerOf(left, scope), integerOf(right, scope)];
      if (second === 0n) abort(scope.work, 'runtime error: integer divide by zero');
      return { kind: 'int', type: 'int64', value: first % second };
    }
    default:
      return calculate(operator, numberOf(left, scope), numberOf(right, scope));
  }
}

function calculate(
  operator: Exclude<BinaryOperator, '&&' | '||' | '==' | '!=' | 'in' | 'not in' | '=~' | '%'>,
  left: number,
  right: number,
): boolean | number {
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '**':
      return goPow(left, right);
  }
}

function isEqual(left: Operand, right: Operand, scope: ScriptScope): boolean {
  const first = attempt(scope.work, () => numberOf(left, scope));
  const second = first === undefined ? undefined : attempt(scope.work, () => numberOf(right, scope));
  if (first !== undefined && second !== undefined) return first === second;
  return stringOf(left, scope) === stringOf(right, scope);
}

function isElement(left: Operand, right: Operand, scope: ScriptScope): boolean {
  const item =
    attempt(scope.work, () => numberOf(left, scope)) ??
    attempt(scope.work, () => stringOf(left, scope)) ??
    attempt(scope.work, () => booleanOf(left, scope));
  return elementsOf(right, scope).some((element) => element === item);
}

/** An operator's result, or what `@`, `$`, `nil` or `null` stand for, or the operand's own text. */
function operandValue(operand: Operand, scope: ScriptScope): GoValue {
  const value = isOperator(operand) ? evaluate(operand, scope) : operand;
  const named = typeof value === 'string' ? variable(value, scope) : undefined;
  return named === undefined ? value : named;
}

function variable(name: string, scope: ScriptScope): GoValue | undefined {
  if (name === '$') return scope.root;
  if (name === '@') return scope.current;
  return name === 'nil' || name === 'null' ? null : undefined;
}

function numberOf(operand: Operand, scope: ScriptScope): number {
  if (operand === null) throw new GoError('invalid argument. is nil');
  const number = parseGoFloat(goFormat(operandValue(operand, scope)));
  if (number === undefined) throw new GoError('invalid argument. expected number');
  return number;
}

function integerOf(operand: Operand, scope: ScriptScope): bigint {
  if (operand === null) throw new GoError('invalid argument. is nil');
  const integer = parseGoInt(goFormat(operandValue(operand, scope)));
  if (integer === undefined) throw new GoError('invalid argument. expected integer');
  return integer;
}

function booleanOf(operand: Operand, scope: ScriptScope): boolean {
  const value = operand === null ? null : operandValue(operand, scope);
  if (value === null) return false;
  const boolean = parseBoolean(goFormat(value));
  if (boolean === undefined) throw new GoError('invalid argument. expected boolean');
  return boolean;
}

/** Strings are compared in single quotes, wherever they come from. */
function stringOf(operand: Operand, scope: ScriptScope): string {
  if (operand === null) throw new GoError('invalid argument. is nil');
  const value = isOperator(operand) ? evaluate(operand, scope) : operand;
  if (typeof value !== 'string') return goFormat(value);
  const named = variable(value, scope);
  if (named !== undefined && typeof named !== 'string') return goFormat(named);
  const text = named ?? value;
  if (isSingleQuoted(text)) return text;
  const isDoubleQuoted = text.length > 1 && text.startsWith('"') && text.endsWith('"');
  const bare = isDoubleQuoted ? text.slice(1, -1) : text;
  return named !== undefined || isDoubleQuoted ? `'${bare}'` : bare;
}

function elementsOf(operand: Operand, scope: ScriptScope): readonly GoValue[] {
  if (operand === null) throw new GoError('invalid argument. is nil');
  const found = operandValue(operand, scope);
  const isJson = typeof found === 'string' && /^\[.*\]$|^\{.*\}$/s.test(found);
  const value = isJson ? goJsonDecode(found) : found;
  if (typeof value === 'object' && value?.kind === 'list') return itemsOf(value);
  if (typeof value === 'object' && value?.kind === 'map') return [...(value.entries?.values() ?? [])];
  throw new GoError('invalid argument. expected array, map, or slice');
}

/** `strconv.ParseBool`. */
function parseBoolean(text: string): boolean | undefined {
  if (/^(?:1|t|T|TRUE|true|True)$/.test(text)) return true;
  return /^(?:0|f|F|FALSE|false|False)$/.test(text) ? false : undefined;
}

function isSingleQuoted(text: string): boolean {
  return text.length > 1 && text.startsWith("'") && text.endsWith("'");
}

function unquoted(text: string): string {
  return isSingleQuoted(text) ? text.slice(1, -1) : text;
}
