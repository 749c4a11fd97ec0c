/** Values of a definition in which any text may be an expression, made ready once and evaluated often. */

import type { JsonObject, JsonValue } from '../asl/json.ts';
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
      /** All members in their order, with nulls where `members` have something to put. */
      readonly shape: JsonObject;
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
  const all = Object.entries(value).map(
    ([key, item]) => [key, prepareTemplate(item, `${location}/${key}`, cache)] as const,
  );
  const members = all.filter(([, item]) => !isConstant(item));
  if (members.length === 0) return constant;
  const shape = Object.fromEntries(
    all.map(([key, item]) => [key, item.kind === 'constant' ? item.value : null]),
  );
  return { kind: 'object', shape, members, location };
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
      return evaluateMembers(template, scope, by);
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

/** Answers at once where every item does; the first that does not makes the rest wait for it. */
function evaluateList(
  items: readonly Template[],
  scope: ExpressionScope,
  by: Evaluator,
): JsonValue | Promise<JsonValue> {
  const values: JsonValue[] = [];
  for (const item of items) {
    const value = evaluateTemplate(item, scope, by);
    if (value instanceof Promise) return finishList(items, values, value, scope, by);
    values.push(value);
  }
  return values;
}

async function finishList(
  items: readonly Template[],
  values: JsonValue[],
  pending: Promise<JsonValue>,
  scope: ExpressionScope,
  by: Evaluator,
): Promise<JsonValue> {
  values.push(await pending);
  for (const item of items.slice(values.length)) values.push(await evaluateTemplate(item, scope, by));
  return values;
}

type ObjectTemplate = Extract<Template, { readonly kind: 'object' }>;

/** Putting values into a copy costs much less than adding members one by one. */
function evaluateMembers(
  { shape, members }: ObjectTemplate,
  scope: ExpressionScope,
  by: Evaluator,
): JsonValue | Promise<JsonValue> {
  const made: Record<string, JsonValue> = { ...shape };
  for (let at = 0; at < members.length; at += 1) {
    const [key, item] = members[at]!;
    const value = evaluateTemplate(item, scope, by);
    if (value instanceof Promise) return finishMembers(members.slice(at), made, value, scope, by);
    made[key] = value;
  }
  return made;
}

async function finishMembers(
  members: ObjectTemplate['members'],
  made: Record<string, JsonValue>,
  pending: Promise<JsonValue>,
  scope: ExpressionScope,
  by: Evaluator,
): Promise<JsonValue> {
  let first: Promise<JsonValue> | undefined = pending;
  for (const [key, item] of members) {
    made[key] = await (first ?? evaluateTemplate(item, scope, by));
    first = undefined;
  }
  return made;
}

function describe(failure: ExpressionFailure): string {
  if (failure.kind === 'unsupported') return 'returned an unsupported result type.';
  // Word for word: only what has a code follows on a full stop.
  return `threw an error during evaluation${failure.hasCode ? '.' : ':'} ${failure.text}`;
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
export function evaluateTyped<T extends keyof TypedValues>(
  type: T,
  template: Template,
  scope: ExpressionScope,
  by: Evaluator,
): TypedValues[T] | Promise<TypedValues[T]> {
  return whenReady(evaluateTemplate(template, scope, by), (value) => {
    if (typeName(value) === type) return value as unknown as TypedValues[T];
    throw wrongType(template, by, type, value);
  });
}

/** Goes on at once where the value is there: most states never wait, and a promise costs as much as they do. */
export function whenReady<T, U>(value: T | Promise<T>, next: (value: T) => U | Promise<U>): U | Promise<U> {
  return value instanceof Promise ? value.then(next) : next(value);
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
