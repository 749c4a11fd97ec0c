/**
 * Runs filters. Each result comes with the path that leads to it from the input of the whole, where the filter
 * only selects: that is what assignments and `path` need.
 */
import { GoError } from '../go-error.ts';
import { applyOperator } from './arithmetic.ts';
import type { Definition, Filter } from './ast.ts';
import { bindings } from './bindings.ts';
import { callBuiltin } from './builtins.ts';
import { formatted } from './formats.ts';
import { deletePaths, getPath, memberOf, setPath, sliceOf, updated } from './paths.ts';
import { described, fault, isList, isMap, isTrue, JqError, type Json, keysOf } from './value.ts';

export interface Tracked {
  readonly value: Json;
  /** Undefined where nobody asks for paths; null where the value is no part of the input. */
  readonly path: readonly Json[] | null | undefined;
}

interface Closure {
  readonly filter: Filter;
  readonly scope: Scope;
}

interface DefinedFunction {
  readonly definition: Definition;
  readonly next: Scope;
}

/** Names in sight, innermost first. */
export type Scope =
  | undefined
  | { readonly kind: 'variable'; readonly name: string; readonly value: Json; readonly next: Scope }
  | { readonly kind: 'closure'; readonly name: string; readonly closure: Closure; readonly next: Scope }
  | { readonly kind: 'function'; readonly definition: Definition; readonly next: Scope };

/** Bounds a filter that would not end. */
export interface Budget {
  steps: number;
}

export interface Context {
  readonly scope: Scope;
  readonly budget: Budget;
}

type Stream = Generator<Tracked, void, undefined>;

/** Thrown by `break` to the label of the same identity. */
interface Break {
  readonly label: object;
}

export function* run(filter: Filter, input: Tracked, context: Context): Stream {
  context.budget.steps -= 1;
  if (context.budget.steps < 0) throw new GoError('jq: the filter takes too many steps');
  switch (filter.kind) {
    case 'identity':
      yield input;
      return;
    case 'recurse':
      yield* recurse(input, context.budget);
      return;
    case 'literal':
      yield made(filter.value, input);
      return;
    case 'string':
      yield* strings(filter, filter.parts.length - 1, '', input, context);
      return;
    case 'format':
      yield made(formatted(filter.name, input.value), input);
      return;
    case 'index':
      for (const key of values(filter.key, input, context))
        for (const of of run(filter.of, input, context)) yield member(of, key);
      return;
    case 'slice':
      yield* slices(filter, input, context);
      return;
    case 'iterate':
      for (const of of run(filter.of, input, context)) yield* children(of);
      return;
    case 'array':
      yield made(filter.items === undefined ? [] : [...values(filter.items, input, context)], input);
      return;
    case 'object':
      yield* objects(filter.entries, {}, input, context);
      return;
    case 'negate':
      for (const value of values(filter.of, input, context)) {
        if (typeof value !== 'number') throw fault(`cannot negate: ${described(value)}`);
        yield made(-value, input);
      }
      return;
    case 'pipe':
      for (const left of run(filter.left, input, context)) yield* run(filter.right, left, context);
      return;
    case 'comma':
      yield* run(filter.left, input, context);
      yield* run(filter.right, input, context);
      return;
    case 'alternative':
      yield* alternatives(filter.left, filter.right, input, context);
      return;
    case 'and':
    case 'or':
      for (const left of values(filter.left, input, context)) {
        if (isTrue(left) === (filter.kind === 'or')) yield made(filter.kind === 'or', input);
        else for (const right of values(filter.right, input, context)) yield made(isTrue(right), input);
      }
      return;
    case 'binary':
      for (const right of values(filter.right, input, context))
        for (const left of values(filter.left, input, context))
          yield made(applyOperator(filter.operator, left, right), input);
      return;
    case 'assign':
      yield* assigned(filter, input, context);
      return;
    case 'if':
      for (const test of values(filter.condition, input, context))
        yield* run(isTrue(test) ? filter.then : filter.otherwise, input, context);
      return;
    case 'try':
      yield* tried(filter.body, filter.handler, input, context);
      return;
    case 'reduce':
    case 'foreach':
      yield* folded(filter, input, context);
      return;
    case 'bind':
      for (const value of values(filter.source, input, context))
        for (const scope of bindings(filter.pattern, value, input, context))
          yield* run(filter.body, input, { ...context, scope });
      return;
    case 'variable':
      yield made(lookUp(filter.name, context.scope), input);
      return;
    case 'define':
      yield* run(filter.body, input, {
        ...context,
        scope: { kind: 'function', definition: filter.definition, next: context.scope },
      });
      return;
    case 'call':
      yield* called(filter.name, filter.args, input, context);
      return;
    case 'label':
      yield* labelled(filter.name, filter.body, input, context);
      return;
    case 'break':
      throw { label: lookUpLabel(filter.name, context.scope) } satisfies Break;
  }
}

/** Results without their paths. */
export function* values(filter: Filter, input: Tracked, context: Context): Generator<Json, void, undefined> {
  for (const { value } of run(filter, { value: input.value, path: undefined }, context)) yield value;
}

/** A value that is no part of the input. */
function made(value: Json, input: Tracked): Tracked {
  return { value, path: input.path === undefined ? undefined : null };
}

function below(input: Tracked, key: Json, value: Json): Tracked {
  const { path } = input;
  if (path === null) throw fault(`invalid path against: ${described(input.value)}`);
  return { value, path: path && [...path, key] };
}

function member(of: Tracked, key: Json): Tracked {
  return below(of, key, memberOf(of.value, key));
}

function* children(of: Tracked): Stream {
  const { value } = of;
  if (isList(value)) for (const [index, one] of value.entries()) yield below(of, index, one);
  else if (isMap(value)) for (const key of keysOf(value)) yield below(of, key, value[key]!);
  else throw fault(`cannot iterate over: ${described(value)}`);
}

function* recurse(input: Tracked, budget: Budget): Stream {
  budget.steps -= 1;
  yield input;
  if (isList(input.value) || isMap(input.value))
    for (const child of children(input)) yield* recurse(child, budget);
}

function* slices(filter: Extract<Filter, { kind: 'slice' }>, input: Tracked, context: Context): Stream {
  const bound = (one: Filter | undefined) => (one === undefined ? [null] : values(one, input, context));
  for (const of of run(filter.of, input, context))
    for (const end of bound(filter.to))
      for (const start of bound(filter.from)) yield below(of, { start, end }, sliceOf(of.value, start, end));
}

function* strings(
  filter: Extract<Filter, { kind: 'string' }>,
  at: number,
  after: string,
  input: Tracked,
  context: Context,
): Stream {
  const part = filter.parts[at];
  if (part === undefined) yield made(after, input);
  else if (typeof part === 'string') yield* strings(filter, at - 1, part + after, input, context);
  else
    for (const value of values(part, input, context))
      yield* strings(filter, at - 1, formatted(filter.format ?? '@text', value) + after, input, context);
}

function* objects(
  entries: Extract<Filter, { kind: 'object' }>['entries'],
  before: Readonly<Record<string, Json>>,
  input: Tracked,
  context: Context,
): Stream {
  const [first, ...rest] = entries;
  if (first === undefined) {
    yield made(before, input);
    return;
  }
  for (const key of values(first[0], input, context)) {
    if (typeof key !== 'string') throw fault(`expected a string for object key but got: ${described(key)}`);
    for (const value of values(first[1], input, context))
      yield* objects(rest, { ...before, [key]: value }, input, context);
  }
}

/** All results of the left that are true; when there is none, those of the right. */
function* alternatives(left: Filter, right: Filter, input: Tracked, context: Context): Stream {
  let isFound = false;
  try {
    for (const one of run(left, input, context)) {
      if (!isTrue(one.value)) continue;
      isFound = true;
      yield one;
    }
  } catch (error) {
    if (!(error instanceof JqError)) throw error;
  }
  if (!isFound) yield* run(right, input, context);
}

function* tried(body: Filter, handler: Filter | undefined, input: Tracked, context: Context): Stream {
  // What goes wrong with a result after it was given is not this filter's to catch.
  const results = run(body, input, context);
  for (;;) {
    let next: IteratorResult<Tracked, void>;
    try {
      next = results.next();
    } catch (error) {
      if (!(error instanceof JqError)) throw error;
      if (handler !== undefined) yield* run(handler, made(error.value, input), context);
      return;
    }
    if (next.done) return;
    yield next.value;
  }
}

function* labelled(name: string, body: Filter, input: Tracked, context: Context): Stream {
  const label = {};
  const scope: Scope = { kind: 'variable', name: `*${name}`, value: label as Json, next: context.scope };
  try {
    yield* run(body, input, { ...context, scope });
  } catch (error) {
    if ((error as Partial<Break>)?.label !== label) throw error;
  }
}

function* folded(
  filter: Extract<Filter, { kind: 'reduce' | 'foreach' }>,
  input: Tracked,
  context: Context,
): Stream {
  for (const start of run(filter.start, input, context)) {
    let state: Tracked | undefined = start;
    for (const value of values(filter.source, input, context)) {
      for (const scope of bindings(filter.pattern, value, input, context)) {
        const inner = { ...context, scope };
        const before: Tracked = state ?? made(null, input);
        state = undefined;
        for (const next of run(filter.update, before, inner)) {
          state = next;
          if (filter.kind === 'reduce') continue;
          if (filter.extract === undefined) yield next;
          else yield* run(filter.extract, next, inner);
        }
        if (filter.kind === 'foreach') state ??= before;
      }
    }
    if (filter.kind === 'reduce') yield state ?? made(null, input);
  }
}

function lookUp(name: string, scope: Scope): Json {
  for (let at = scope; at !== undefined; at = at.next)
    if (at.kind === 'variable' && at.name === name) return at.value;
  throw new GoError(`variable not defined: $${name}`);
}

function lookUpLabel(name: string, scope: Scope): object {
  return lookUp(`*${name}`, scope) as object;
}

function* assigned(filter: Extract<Filter, { kind: 'assign' }>, input: Tracked, context: Context): Stream {
  const targets = () => [...pathsOf(filter.target, input.value, context)];
  if (filter.operator === '|=') {
    const gone: (readonly Json[])[] = [];
    const changed = targets().reduce((at, path) => {
      const [first] = firstOf(filter.value, getPath(at, path), context);
      if (first === undefined) gone.push(path);
      return first === undefined ? at : setPath(at, path, () => first);
    }, input.value);
    yield made(deletePaths(changed, gone), input);
    return;
  }
  for (const right of values(filter.value, input, context)) {
    const change = (value: Json) =>
      filter.operator === '=' ? right : updated(filter.operator, value, right);
    yield made(
      targets().reduce((at, path) => setPath(at, path, change), input.value),
      input,
    );
  }
}

function firstOf(filter: Filter, value: Json, context: Context): readonly Json[] {
  for (const first of values(filter, { value, path: undefined }, context)) return [first];
  return [];
}

export function* pathsOf(filter: Filter, value: Json, context: Context): Generator<readonly Json[]> {
  for (const { path, value: found } of run(filter, { value, path: [] }, context)) {
    if (path === null || path === undefined) throw fault(`invalid path against: ${described(found)}`);
    yield path;
  }
}

/** A function of the filter's own, an argument of one, or one of jq's. */
function* called(name: string, args: readonly Filter[], input: Tracked, context: Context): Stream {
  for (let at = context.scope; at !== undefined; at = at.next) {
    if (at.kind === 'closure' && at.name === name && args.length === 0) {
      yield* run(at.closure.filter, input, { ...context, scope: at.closure.scope });
      return;
    }
    if (at.kind !== 'function' || at.definition.name !== name) continue;
    if (at.definition.parameters.length !== args.length) continue;
    yield* applied({ definition: at.definition, next: at }, args, input, context);
    return;
  }
  yield* callBuiltin(name, args, input, context);
}

/** Values of `$`-parameters are bound one after the other, each with each. */
export function* applied(
  { definition, next }: DefinedFunction,
  args: readonly Filter[],
  input: Tracked,
  context: Context,
): Stream {
  function* bound(index: number, scope: Scope): Stream {
    const parameter = definition.parameters[index];
    if (parameter === undefined) {
      yield* run(definition.body, input, { ...context, scope });
      return;
    }
    const closure = { filter: args[index]!, scope: context.scope };
    if (!parameter.startsWith('$')) {
      yield* bound(index + 1, { kind: 'closure', name: parameter, closure, next: scope });
      return;
    }
    const name = parameter.slice(1);
    for (const value of values(args[index]!, input, context)) {
      const variable: Scope = { kind: 'variable', name, value, next: scope };
      const own = { filter: { kind: 'variable', name } as const, scope: variable };
      yield* bound(index + 1, { kind: 'closure', name, closure: own, next: variable });
    }
  }
  yield* bound(0, next);
}
