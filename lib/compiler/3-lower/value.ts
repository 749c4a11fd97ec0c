/** Values in a plan: JSON in which some leaves are JSONata expressions. The one place that prints JSONata. */
import type { JsonValue } from '../../asl/json.ts';
import { isExpression, jsonataPath, jsonataString, wrapExpression } from '../../asl/jsonata-text.ts';
import type { NodePhase } from '../../protocol/outcome.ts';

const EXPRESSION = Symbol('expression');

/** Bare JSONata text; `{% %}` is put round it when it is printed. */
export interface Expression extends Known {
  readonly [EXPRESSION]: true;
  readonly text: string;
}

/** What is known of an expression before it is evaluated; phases decide at compile time which way a run takes. */
export interface Known {
  /** Phases that the outcome which it yields (or the phase itself) can have. */
  readonly phases?: readonly NodePhase[];
  /** It is what this branch of the Parallel answered, or an element of that. */
  readonly branch?: readonly number[];
  /** It is a condition that asks for nothing but this. */
  readonly test?: Test;
}

/** A question about outcomes, which are named by their variables. */
export type Test =
  | { readonly kind: 'phase'; readonly outcome: string; readonly phases: readonly NodePhase[] }
  | { readonly kind: 'not'; readonly of: Test }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Test[] }
  /** JSONata that only the machine can decide. */
  | { readonly kind: 'text'; readonly text: string };

export type Value =
  | null
  | boolean
  | number
  | string
  | Expression
  | readonly Value[]
  | { readonly [key: string]: Value | undefined };

export function expression(text: string, known: Known = {}): Expression {
  return { [EXPRESSION]: true, text, ...known };
}

export function isExpressionValue(value: Value | undefined): value is Expression {
  return typeof value === 'object' && value !== null && EXPRESSION in value;
}

export function variable(name: string): Expression {
  return expression(`$${name}`);
}

/** A member of an object that an expression yields. */
export function member(base: Expression, ...keys: readonly string[]): Expression {
  return expression(jsonataPath(base.text, keys));
}

/** What may be missing becomes null, since no field of a state may be undefined. */
export function optional(base: Expression): Expression {
  return expression(`$exists(${base.text}) ? ${base.text} : null`);
}

/** The text of two values one after the other; literals are joined at once, also at the end of an expression. */
export function concat(left: Value, right: string): Value {
  if (typeof left === 'string') return left + right;
  const text = textOf(left);
  const ending = isExpressionValue(left) ? / & ("(?:[^"\\]|\\.)*")$/.exec(text) : null;
  if (ending === null) return expression(`${text} & ${jsonataString(right)}`);
  const joined = (JSON.parse(ending[1] ?? '""') as string) + right;
  return expression(`${text.slice(0, ending.index)} & ${jsonataString(joined)}`);
}

/** A value as JSONata text. */
export function textOf(value: Value): string {
  if (isExpressionValue(value)) return value.text;
  if (typeof value === 'string') return jsonataString(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(textOf).join(', ')}]`;
  const entries = Object.entries(value).flatMap(([key, item]) =>
    item === undefined ? [] : [`${jsonataString(key)}: ${textOf(item as Value)}`],
  );
  return `{${entries.join(', ')}}`;
}

/** A value as it stands in a state's field. */
export function jsonOf(value: Value): JsonValue {
  if (isExpressionValue(value)) return wrapExpression(value.text);
  if (typeof value === 'string') return isExpression(value) ? wrapExpression(jsonataString(value)) : value;
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(jsonOf);
  const entries = Object.entries(value).flatMap(([key, item]) =>
    item === undefined ? [] : [[key, jsonOf(item as Value)] as const],
  );
  return Object.fromEntries(entries);
}

/** A literal as plain JSON. */
export function plainOf(literal: Value): JsonValue {
  return JSON.parse(JSON.stringify(literal)) as JsonValue;
}

/** Whether no part of the value is known only at run time. */
export function isLiteral(value: Value): boolean {
  if (value === null || typeof value !== 'object') return true;
  if (isExpressionValue(value)) return false;
  return Object.values(value).every((item) => item === undefined || isLiteral(item as Value));
}
