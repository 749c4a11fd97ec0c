/** Values of a definition in which any text may be an expression, made ready once and evaluated often. */

import type { JsonValue } from '../asl/json.ts';
import {
  type CompiledExpression,
  type ExpressionCache,
  type ExpressionFailure,
  type ExpressionScope,
  isExpression,
  unwrapExpression,
} from '../asl/jsonata.ts';
import { typeName } from '../asl/jsonata-result.ts';
import { ERRORS, StateFailure } from './state-failure.ts';

export type Template =
  | { readonly kind: 'constant'; readonly value: JsonValue; readonly location: string }
  | { readonly kind: 'expression'; readonly expression: CompiledExpression; readonly location: string }
  | { readonly kind: 'list'; readonly items: readonly Template[]; readonly location: string }
  | {
      readonly kind: 'object';
      readonly members: readonly (readonly [key: string, template: Template])[];
      readonly location: string;
    };

/** `location` is the path of the field as AWS's messages name it. */
export function prepareTemplate(value: JsonValue, location: string, cache: ExpressionCache): Template {
  if (isExpression(value)) {
    const compiled = cache.compile(unwrapExpression(value as string));
    // The checker has refused definitions whose expressions do not compile.
    if (compiled.ok) return { kind: 'expression', expression: compiled.expression, location };
  }
  const constant: Template = { kind: 'constant', value, location };
  if (typeof value !== 'object' || value === null) return constant;
  if (Array.isArray(value)) {
    const items = value.map((item, i) => prepareTemplate(item, `${location}[${i}]`, cache));
    return items.every(isConstant) ? constant : { kind: 'list', items, location };
  }
  const members = Object.entries(value).map(
    ([key, item]) => [key, prepareTemplate(item, `${location}/${key}`, cache)] as const,
  );
  return members.every(([, item]) => isConstant(item)) ? constant : { kind: 'object', members, location };
}

function isConstant(template: Template): boolean {
  return template.kind === 'constant';
}

/** The state that evaluates, as AWS's messages name it. */
export interface Evaluator {
  readonly stateName: string;
  readonly enteredId: number;
}

export function evaluateTemplate(
  template: Template,
  scope: ExpressionScope,
  by: Evaluator,
): JsonValue | Promise<JsonValue> {
  switch (template.kind) {
    case 'constant':
      return template.value;
    case 'expression':
      return evaluateExpression(template, scope, by);
    case 'list':
      return evaluateList(template.items, scope, by);
    case 'object':
      return evaluateMembers(template.members, scope, by);
  }
}

type ExpressionTemplate = Extract<Template, { readonly kind: 'expression' }>;

function evaluateExpression(
  template: ExpressionTemplate,
  scope: ExpressionScope,
  by: Evaluator,
): JsonValue | Promise<JsonValue> {
  const take = (result: Awaited<ReturnType<CompiledExpression['evaluate']>>): JsonValue => {
    if (!result.ok) throw failed(template, by, describe(result.failure));
    if (result.value === undefined) throw failed(template, by, 'returned nothing (undefined).');
    return result.value;
  };
  const result = template.expression.evaluate(scope);
  return result instanceof Promise ? result.then(take) : take(result);
}

async function evaluateList(
  items: readonly Template[],
  scope: ExpressionScope,
  by: Evaluator,
): Promise<JsonValue> {
  const values: JsonValue[] = [];
  for (const item of items) values.push(await evaluateTemplate(item, scope, by));
  return values;
}

async function evaluateMembers(
  members: readonly (readonly [key: string, template: Template])[],
  scope: ExpressionScope,
  by: Evaluator,
): Promise<JsonValue> {
  const entries: [string, JsonValue][] = [];
  for (const [key, item] of members) {
    const value = evaluateTemplate(item, scope, by);
    entries.push([key, value instanceof Promise ? await value : value]);
  }
  return Object.fromEntries(entries);
}

function describe(failure: ExpressionFailure): string {
  return failure.kind === 'unsupported'
    ? 'returned an unsupported result type.'
    : `threw an error during evaluation. ${failure.text}`;
}

function failed(template: ExpressionTemplate, by: Evaluator, what: string): StateFailure {
  const { expression, location } = template;
  const { stateName, enteredId } = by;
  const text =
    `An error occurred while executing the state '${stateName}' (entered at the event id #${enteredId}). ` +
    `The JSONata expression '${expression.bare}' specified for the field '${location}' ${what}`;
  return new StateFailure(ERRORS.query, text, location);
}

interface TypedValues {
  readonly array: readonly JsonValue[];
  readonly boolean: boolean;
  readonly number: number;
  readonly string: string;
}

/** Evaluates a field that must yield a certain type. */
export async function evaluateTyped<T extends keyof TypedValues>(
  type: T,
  template: Template,
  scope: ExpressionScope,
  by: Evaluator,
): Promise<TypedValues[T]> {
  const value = await evaluateTemplate(template, scope, by);
  if (typeName(value) === type) return value as unknown as TypedValues[T];
  throw wrongType(template, by, type, value);
}

export function wrongType(
  template: Template,
  by: Evaluator,
  expected: string,
  value: JsonValue,
): StateFailure {
  const what = `Expected '${expected}', but was '${typeName(value)}' for value: ${JSON.stringify(value)}`;
  if (template.kind === 'expression')
    return failed(template, by, `returned an unexpected result type. ${what}`);
  return new StateFailure(
    ERRORS.query,
    `The field '${template.location}' has an unexpected type. ${what}`,
    template.location,
  );
}
