/** Values in a plan: JSON in which some leaves are JSONata expressions. The one place that prints JSONata. */
import type { JsonValue } from '../../asl/json.ts';
import { isExpression, jsonataPath, jsonataString, wrapExpression } from '../../asl/jsonata-text.ts';

const EXPRESSION = Symbol('expression');

/** Bare JSONata text; `{% %}` is put round it when it is printed. */
export interface Expression {
  readonly [EXPRESSION]: true;
  readonly text: string;
}

export type Value =
  | null
  | boolean
  | number
  | string
  | Expression
  | readonly Value[]
  | { readonly [key: string]: Value | undefined };

export function expression(text: string): Expression {
  return { [EXPRESSION]: true, text };
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

/** The text of two values one after the other; literals are joined at once. */
export function concat(left: Value, right: string): Value {
  if (typeof left === 'string') return left + right;
  return expression(`${textOf(left)} & ${jsonataString(right)}`);
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

/** Whether no part of the value is known only at run time. */
export function isLiteral(value: Value): boolean {
  if (value === null || typeof value !== 'object') return true;
  if (isExpressionValue(value)) return false;
  return Object.values(value).every((item) => item === undefined || isLiteral(item as Value));
}
