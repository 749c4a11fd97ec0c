/** Makes a function of a tree. It answers what `jsonata` would, or throws UNCLEAR where only `jsonata` itself knows. */

import type { ExpressionScope } from '../jsonata.ts';
import { isTooMuch } from '../jsonata-guard.ts';
import { FUNCTIONS } from './functions.ts';
import type { Operator, SimpleFunction, Tree } from './tree.ts';
import { areEqual, calculate, compare, isIn, textOf, truthOf, UNCLEAR } from './values.ts';

interface Locals {
  readonly outer: Locals | undefined;
  readonly values: Map<string, unknown>;
}

/** Undefined is JSONata's nothing; all else is JSON. */
export type Evaluate = (scope: ExpressionScope, locals: Locals | undefined) => unknown;

export function evaluatorOf(tree: Tree): Evaluate {
  switch (tree.kind) {
    case 'literal': {
      const { value } = tree;
      return () => value;
    }
    case 'variable': {
      const { name } = tree;
      return (scope, locals) => {
        for (let frame = locals; frame !== undefined; frame = frame.outer)
          if (frame.values.has(name)) return frame.values.get(name);
        return scope.lookup(name);
      };
    }
    case 'context':
      return contextOf;
    case 'member':
      return memberOf(tree.of, tree.name);
    case 'item':
      return itemOf(tree.of, tree.index);
    case 'filter':
      return filterOf(tree.of, evaluatorOf(tree.condition));
    case 'operation':
      return operationOf(tree.operator, evaluatorOf(tree.left), evaluatorOf(tree.right));
    case 'condition': {
      const condition = evaluatorOf(tree.condition);
      const then = evaluatorOf(tree.then);
      const otherwise = tree.otherwise === undefined ? () => undefined : evaluatorOf(tree.otherwise);
      return (scope, locals) =>
        truthOf(condition(scope, locals)) ? then(scope, locals) : otherwise(scope, locals);
    }
    case 'array':
      return arrayOf(tree.items);
    case 'object': {
      const members = tree.members.map(([key, value]) => [key, evaluatorOf(value)] as const);
      return (scope, locals) => {
        const made: Record<string, unknown> = {};
        for (const [key, evaluate] of members) {
          const value = evaluate(scope, locals);
          if (value !== undefined) made[key] = value;
        }
        return made;
      };
    }
    case 'block': {
      const steps = tree.steps.map(evaluatorOf);
      if (steps.length === 1 && tree.steps[0]?.kind !== 'bind') return steps[0]!;
      return (scope, outer) => {
        const locals = { outer, values: new Map<string, unknown>() };
        let last: unknown;
        for (const step of steps) last = step(scope, locals);
        return last;
      };
    }
    case 'bind': {
      const evaluate = evaluatorOf(tree.value);
      return (scope, locals) => {
        const value = evaluate(scope, locals);
        locals?.values.set(tree.name, value);
        return value;
      };
    }
    case 'call':
      return callOf(tree.name, tree.given.map(evaluatorOf));
  }
}

/** No variable has this name. */
const CONTEXT = '';

function contextOf(_: ExpressionScope, locals: Locals | undefined): unknown {
  for (let frame = locals; frame !== undefined; frame = frame.outer)
    if (frame.values.has(CONTEXT)) return frame.values.get(CONTEXT);
  throw UNCLEAR;
}

function memberOf(of: Tree, name: string): Evaluate {
  const object = evaluatorOf(of);
  return (scope, locals) => {
    const value = object(scope, locals);
    if (typeof value !== 'object' || value === null) return undefined;
    if (!Array.isArray(value)) return ownMember(value, name);
    if (value.length === 0 && of.kind === 'array') throw UNCLEAR;
    return memberOfEach(value, name);
  };
}

function ownMember(value: object, name: string): unknown {
  return Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

/** A single value is the result itself; those of several items are put together, arrays item by item. */
function memberOfEach(items: readonly unknown[], name: string): unknown {
  const found: unknown[] = [];
  for (const item of items) {
    if (Array.isArray(item)) throw UNCLEAR;
    const value = typeof item === 'object' && item !== null ? ownMember(item, name) : undefined;
    if (value !== undefined) found.push(value);
  }
  return found.length > 1 ? sequenceOf(found.flat()) : found[0];
}

/** JSONata tells none from nothing as little as one from a list of one. */
function sequenceOf(items: readonly unknown[]): unknown {
  return items.length > 1 ? items : items[0];
}

/** What is no array is taken for an array of one. */
function itemOf(of: Tree, index: number): Evaluate {
  const array = evaluatorOf(of);
  const around = iteratedBy(of);
  return (scope, locals) => {
    // Within a path, the item is taken of each value that the step before it yields.
    if (around !== undefined && Array.isArray(around(scope, locals))) throw UNCLEAR;
    const value = array(scope, locals);
    if (Array.isArray(value)) return value.at(index);
    return index === 0 || index === -1 ? value : undefined;
  };
}

/** What the step that is filtered takes its members from. */
function iteratedBy(tree: Tree): Evaluate | undefined {
  if (tree.kind === 'member') return evaluatorOf(tree.of);
  return tree.kind === 'item' || tree.kind === 'filter' ? iteratedBy(tree.of) : undefined;
}

function filterOf(of: Tree, condition: Evaluate): Evaluate {
  const array = evaluatorOf(of);
  const around = iteratedBy(of);
  const holds = (scope: ExpressionScope, outer: Locals | undefined, item: unknown): boolean => {
    const answer = condition(scope, { outer, values: new Map([[CONTEXT, item]]) });
    // Numbers would be positions.
    if (typeof answer === 'number') throw UNCLEAR;
    return truthOf(answer);
  };
  return (scope, outer) => {
    const value = array(scope, outer);
    // For jsonata nothing, too, is an item that a filter may let pass.
    const mayMiss = value === undefined || Array.isArray(around?.(scope, outer));
    if (mayMiss && holds(scope, outer, undefined)) throw UNCLEAR;
    if (value === undefined) return undefined;
    const kept: unknown[] = [];
    for (const item of Array.isArray(value) ? value : [value]) {
      if (Array.isArray(item)) throw UNCLEAR;
      if (holds(scope, outer, item)) kept.push(item);
    }
    return sequenceOf(kept);
  };
}

function arrayOf(items: readonly Tree[]): Evaluate {
  const parts = items.map((item) => ({ evaluate: evaluatorOf(item), isArray: item.kind === 'array' }));
  return (scope, locals) => {
    const made: unknown[] = [];
    for (const { evaluate, isArray } of parts) {
      const value = evaluate(scope, locals);
      if (value === undefined) continue;
      // Only what is written as an array stays one; the items of others are added singly.
      if (Array.isArray(value) && !isArray) for (const one of value) made.push(one);
      else made.push(value);
    }
    return made;
  };
}

function operationOf(operator: Operator, left: Evaluate, right: Evaluate): Evaluate {
  switch (operator) {
    case '&':
      return (scope, locals) => {
        const joined = textOf(left(scope, locals)) + textOf(right(scope, locals));
        if (isTooMuch(joined)) throw UNCLEAR;
        return joined;
      };
    case 'and':
      return (scope, locals) => truthOf(left(scope, locals)) && truthOf(right(scope, locals));
    case 'or':
      return (scope, locals) => truthOf(left(scope, locals)) || truthOf(right(scope, locals));
    case 'in':
      return (scope, locals) => isIn(left(scope, locals), right(scope, locals));
    case '=':
      return (scope, locals) => areEqual(left(scope, locals), right(scope, locals)) === true;
    case '!=':
      return (scope, locals) => areEqual(left(scope, locals), right(scope, locals)) === false;
    case '+':
    case '-':
    case '*':
      return (scope, locals) => calculate(operator, left(scope, locals), right(scope, locals));
    default:
      return (scope, locals) => compare(operator, left(scope, locals), right(scope, locals));
  }
}

function callOf(name: SimpleFunction, given: readonly Evaluate[]): Evaluate {
  const [first, second, third] = given;
  const call = FUNCTIONS[name];
  return (scope, locals) => {
    // A variable of the execution hides the function.
    if (scope.lookup(name) !== undefined) throw UNCLEAR;
    return call(first?.(scope, locals), second?.(scope, locals), third?.(scope, locals));
  };
}
