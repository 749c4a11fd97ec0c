/** The variables in force, under the flat dotted names that Argo gives them, and how expressions see them. */

import type { ExprEnv } from './expr/expression.ts';
import { ANY_MAP } from './expr/go-types.ts';
import { toFloatValue, toIntValue } from './expr/run/builtins.ts';
import { goJsonEncode } from './go/json-encode.ts';
import { jsonpath } from './go/jsonpath.ts';
import { compareGoStrings } from './go/utf8.ts';
import { GoError } from './go-error.ts';
import { sprigFunctions } from './sprig/functions.ts';
import type { GoFunction, GoMap, GoValue } from './values.ts';

/**
 * By flat dotted name, such as `inputs.parameters.message`; null is an output that a skipped node does not
 * have.
 */
export type Scope = ReadonlyMap<string, GoValue>;

/** Names that are split deeper than this stay whole below it. */
const MAX_PARTS = 100;

/**
 * The names split at their dots. A name that another one goes below is left out, whatever stands between
 * them in the order of names (in Argo's util/expand that case is settled at random).
 */
export function expandScope(scope: Scope): ReadonlyMap<string, GoValue> {
  const root = new Map<string, GoValue>();
  for (const name of [...scope.keys()].sort(compareGoStrings)) {
    const parts = splitName(name);
    const last = parts.pop() ?? '';
    const parent = parts.reduce((into, part) => childOf(into, part), root);
    if (!isExpanded(parent.get(last))) parent.set(last, scope.get(name) ?? null);
  }
  return root;
}

function splitName(name: string): string[] {
  const parts = name.split('.');
  return parts.length <= MAX_PARTS
    ? parts
    : [...parts.slice(0, MAX_PARTS - 1), parts.slice(MAX_PARTS - 1).join('.')];
}

interface Expanded extends GoMap {
  readonly entries: Map<string, GoValue>;
  readonly expanded: true;
}

function isExpanded(value: GoValue | undefined): value is Expanded {
  return typeof value === 'object' && value !== null && 'expanded' in value;
}

function childOf(parent: Map<string, GoValue>, part: string): Map<string, GoValue> {
  const known = parent.get(part);
  if (isExpanded(known)) return known.entries;
  const child: Expanded = { kind: 'map', type: ANY_MAP, entries: new Map(), expanded: true };
  parent.set(part, child);
  return child.entries;
}

function text(value: GoValue | undefined): string {
  if (typeof value === 'string') return value;
  throw new GoError('reflect: Call using a value that is no string');
}

/** Calls by reflection hand nil to a parameter of any type as no value at all. */
function present(value: GoValue | undefined): GoValue {
  if (value === undefined || value === null)
    throw new GoError('reflect: call of reflect.Value.Type on zero Value');
  return value;
}

const anyToAny = 'func(interface {}) interface {}';

/** Argo's own functions: util/expr/env/env.go. */
const argoFunctions: readonly GoFunction[] = [
  { kind: 'func', name: 'asInt', signature: anyToAny, call: ([value]) => toIntValue(present(value)) },
  { kind: 'func', name: 'asFloat', signature: anyToAny, call: ([value]) => toFloatValue(present(value)) },
  {
    kind: 'func',
    name: 'toJson',
    signature: 'func(interface {}) string',
    call: ([value]) => goJsonEncode(value ?? null),
  },
  {
    kind: 'func',
    name: 'jsonpath',
    signature: 'func(string, string) interface {}',
    call: ([json, path]) => jsonpath(text(json), text(path)),
  },
];

/** What an expression sees of the scope: its names split at dots, with Argo's functions and sprig's. */
export function exprEnv(scope: Scope): ExprEnv {
  const env = new Map(expandScope(scope));
  for (const each of argoFunctions) env.set(each.name, each);
  // A map of its own, since an expression may change the maps that it sees, as with `sprig.set`.
  const sprig: GoMap = { kind: 'map', type: ANY_MAP, entries: new Map(sprigFunctions) };
  return env.set('sprig', sprig);
}
