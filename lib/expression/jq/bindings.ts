/** Binds the names of a pattern, such as `[$a, {b: $c}]`, to the parts of a value. */
import type { Pattern } from './ast.ts';
import { memberOf } from './paths.ts';
import { type Context, type Scope, type Tracked, values } from './run.ts';
import { described, fault, isList, type Json } from './value.ts';

/** Scopes with the pattern's names bound, one for each way in which it fits. */
export function* bindings(pattern: Pattern, value: Json, input: Tracked, context: Context): Generator<Scope> {
  switch (pattern.kind) {
    case 'name':
      yield { kind: 'variable', name: pattern.name, value, next: context.scope };
      return;
    case 'array': {
      if (value !== null && !isList(value)) throw fault(`expected an array but got: ${described(value)}`);
      yield* several(
        pattern.items.map((item, index) => ({ pattern: item, value: memberOf(value, index) })),
        input,
        context,
      );
      return;
    }
    case 'object':
      yield* members(pattern.entries, value, input, context);
  }
}

function* several(
  items: readonly { readonly pattern: Pattern; readonly value: Json }[],
  input: Tracked,
  context: Context,
): Generator<Scope> {
  const [first, ...rest] = items;
  if (first === undefined) yield context.scope;
  else
    for (const scope of bindings(first.pattern, first.value, input, context))
      yield* several(rest, input, { ...context, scope });
}

function* members(
  entries: Extract<Pattern, { kind: 'object' }>['entries'],
  value: Json,
  input: Tracked,
  context: Context,
): Generator<Scope> {
  const [first, ...rest] = entries;
  if (first === undefined) {
    yield context.scope;
    return;
  }
  for (const key of values(first.key, input, context)) {
    if (typeof key !== 'string') throw fault(`expected a string for object key but got: ${described(key)}`);
    const found = memberOf(value, key);
    const bound: Scope =
      first.bind === undefined
        ? context.scope
        : { kind: 'variable', name: first.bind, value: found, next: context.scope };
    const inner = { ...context, scope: bound };
    if (first.value === undefined) yield* members(rest, value, input, inner);
    else
      for (const scope of bindings(first.value, found, input, inner))
        yield* members(rest, value, input, { ...context, scope });
  }
}
