/** Compiles and evaluates JSONata as Step Functions does; the only place that knows the `jsonata` package. */

import jsonata from 'jsonata';
import type { JsonValue } from './json.ts';
import { type AstFacts, type AstNode, factsOf, type PlainPath, plainPathOf } from './jsonata-ast.ts';
import { AWS_FUNCTIONS, type FunctionSources } from './jsonata-functions.ts';
import { plainCopy, UNSUPPORTED } from './jsonata-result.ts';
import { QUOTAS } from './quotas.ts';

export type { AstFacts } from './jsonata-ast.ts';
export type { FunctionSources } from './jsonata-functions.ts';
export {
  isExpression,
  isVariableName,
  jsonataPath,
  jsonataString,
  jsonataValue,
  unwrapExpression,
  wrapExpression,
} from './jsonata-text.ts';

/** Why an evaluation gave no value; `text` is what AWS writes after "threw an error during evaluation. ". */
export type ExpressionFailure =
  | { readonly kind: 'threw'; readonly text: string }
  | { readonly kind: 'unsupported' };

export type ExpressionResult =
  | { readonly ok: true; readonly value: JsonValue | undefined }
  | { readonly ok: false; readonly failure: ExpressionFailure };

/** What an expression sees while it is evaluated. */
export interface ExpressionScope extends FunctionSources {
  /** Variables, `states` among them. */
  readonly lookup: (name: string) => unknown;
  /** Values known to be plain JSON: results made of them are shared instead of copied. */
  readonly clean: WeakSet<object>;
}

export interface CompiledExpression {
  readonly bare: string;
  readonly facts: AstFacts;
  /** Answers at once where the expression is a plain path through objects. */
  readonly evaluate: (scope: ExpressionScope) => ExpressionResult | Promise<ExpressionResult>;
}

export type Compiled =
  | { readonly ok: true; readonly expression: CompiledExpression }
  | { readonly ok: false; readonly message: string };

/** Compiling costs ten evaluations or more, so whoever evaluates repeatedly holds one of these. */
export interface ExpressionCache {
  compile(bare: string): Compiled;
}

export function createExpressionCache(): ExpressionCache {
  const compiled = new Map<string, Compiled>();
  return {
    compile: (bare) => {
      const known = compiled.get(bare);
      if (known !== undefined) return known;
      const made = compileExpression(bare);
      compiled.set(bare, made);
      return made;
    },
  };
}

/** A name that no expression can write, under which an evaluation finds its own scope and guard. */
const SCOPE = '\u0000scope';

interface Evaluation {
  readonly scope: ExpressionScope;
  readonly deadline: number;
  steps: number;
  calls: number;
}

interface Focus {
  readonly environment: { readonly lookup: (name: string) => unknown };
}

export function compileExpression(bare: string): Compiled {
  let compiled: jsonata.Expression;
  let ast: AstNode;
  let facts: AstFacts;
  try {
    compiled = jsonata(bare);
    ast = compiled.ast() as unknown as AstNode;
    facts = factsOf(ast);
  } catch (thrown) {
    return { ok: false, message: textOf(thrown) };
  }
  for (const [name, { signature, call }] of AWS_FUNCTIONS) {
    if (!facts.variables.has(name)) continue;
    const run = call as (sources: FunctionSources, ...given: readonly unknown[]) => unknown;
    compiled.registerFunction(
      name,
      function (this: Focus, ...given: unknown[]) {
        return run((this.environment.lookup(SCOPE) as Evaluation).scope, ...given);
      },
      signature,
    );
  }
  bindTime(compiled, facts);
  if (facts.variables.has('lookup')) compiled.registerFunction('lookup', ownMember, '<x-s:x>');
  // AWS knows no $eval: calling it must fail as calling nothing does.
  if (facts.variables.has('eval')) compiled.assign('eval', undefined);
  if (facts.unbounded) installGuard(compiled, ast);
  const path = plainPathOf(ast);
  const evaluateFully = (scope: ExpressionScope) => evaluate(compiled, facts, scope);
  const run =
    path === undefined
      ? evaluateFully
      : (scope: ExpressionScope) => follow(path, scope) ?? evaluateFully(scope);
  return { ok: true, expression: { bare, facts, evaluate: run } };
}

/** jsonata's own `$lookup` also finds what objects inherit from JavaScript, such as `constructor`. */
function ownMember(from: unknown, key: string): unknown {
  if (!Array.isArray(from)) {
    const owned = typeof from === 'object' && from !== null && Object.hasOwn(from, key);
    return owned ? (from as Readonly<Record<string, unknown>>)[key] : undefined;
  }
  const found = from.flatMap((item) => ownMember(item, key) ?? []);
  return found.length > 1 ? found : found[0];
}

/** `$now` and `$millis` read the execution's clock; formatting is left to jsonata's own `$fromMillis`. */
function bindTime(compiled: jsonata.Expression, facts: AstFacts): void {
  const nowIn = (focus: Focus) => (focus.environment.lookup(SCOPE) as Evaluation).scope.now();
  if (facts.variables.has('millis')) {
    compiled.registerFunction(
      'millis',
      function (this: Focus) {
        return nowIn(this);
      },
      '<:n>',
    );
  }
  if (facts.variables.has('now')) {
    const format = jsonata('$fromMillis($at, $picture, $zone)');
    compiled.registerFunction(
      'now',
      function (this: Focus, picture?: string, zone?: string) {
        return format.evaluate(undefined, { at: nowIn(this), picture, zone });
      },
      '<s?s?:s>',
    );
  }
}

const TIME = 'Expression evaluation timeout';
const MEMORY = 'Expression evaluation memory limit exceeded';
const STACK = 'Stack overflow error';
const PROTOTYPE = 'D1010: Attempted to access the Javascript object prototype';

/**
 * Bounds that JSONata 2.0.6 lacks. AWS publishes one second; items and characters are as floci measured them.
 */
const BOUNDS = { steps: 1_000_000, milliseconds: 5_000, items: 1_000_000, characters: 4_194_304 } as const;

/** jsonata 2.0.6 calls what is bound under these two symbols before and after it evaluates a node. */
const ON_ENTRY = Symbol.for('jsonata.__evaluate_entry');
const ON_EXIT = Symbol.for('jsonata.__evaluate_exit');

function installGuard(compiled: jsonata.Expression, ast: AstNode): void {
  const bodies = lambdaBodies(ast);
  type Bind = (name: symbol, value: unknown) => void;
  const bind = compiled.assign as unknown as Bind;
  bind(ON_ENTRY, (node: AstNode, _input: unknown, environment: Focus['environment']) => {
    const evaluation = environment.lookup(SCOPE) as Evaluation;
    evaluation.steps += 1;
    if (evaluation.steps > BOUNDS.steps) throw new Error(TIME);
    if (evaluation.steps % 1024 === 0 && Date.now() > evaluation.deadline) throw new Error(TIME);
    if (!bodies.has(node)) return;
    evaluation.calls += 1;
    if (evaluation.calls > QUOTAS.expressionDepth) throw new Error(STACK);
  });
  bind(ON_EXIT, (node: AstNode, _input: unknown, environment: Focus['environment'], result: unknown) => {
    if (bodies.has(node)) (environment.lookup(SCOPE) as Evaluation).calls -= 1;
    if (Array.isArray(result) && result.length > BOUNDS.items) throw new Error(MEMORY);
    if (typeof result === 'string' && result.length > BOUNDS.characters) throw new Error(MEMORY);
  });
}

function lambdaBodies(ast: AstNode): ReadonlySet<unknown> {
  const bodies = new Set<unknown>();
  const seen = new Set<object>();
  const search = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    const node = value as AstNode;
    if (node.type === 'lambda') bodies.add(node['body']);
    for (const member of Object.values(value)) search(member);
  };
  search(ast);
  return bodies;
}

/** Undefined when an array lies on the way: then JSONata's rules of mapping and flattening apply. */
function follow(path: PlainPath, scope: ExpressionScope): ExpressionResult | undefined {
  let value: unknown = scope.lookup(path.variable);
  // Not a variable of the execution, so perhaps one of JSONata's functions.
  if (value === undefined && path.members.length === 0) return undefined;
  for (const member of path.members) {
    if (Array.isArray(value)) return undefined;
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, member)) {
      return { ok: true, value: undefined };
    }
    value = (value as Readonly<Record<string, unknown>>)[member];
  }
  return settle(value, scope);
}

function settle(value: unknown, scope: ExpressionScope): ExpressionResult {
  const copy = plainCopy(value, scope.clean);
  return copy === UNSUPPORTED ? { ok: false, failure: { kind: 'unsupported' } } : { ok: true, value: copy };
}

async function evaluate(
  compiled: jsonata.Expression,
  facts: AstFacts,
  scope: ExpressionScope,
): Promise<ExpressionResult> {
  if (facts.depth > QUOTAS.expressionDepth) return { ok: false, failure: { kind: 'threw', text: STACK } };
  if (facts.prototypeNames) return { ok: false, failure: { kind: 'threw', text: PROTOTYPE } };
  const evaluation: Evaluation = { scope, deadline: Date.now() + BOUNDS.milliseconds, steps: 0, calls: 0 };
  const bindings: Record<string, unknown> = { [SCOPE]: evaluation };
  for (const name of facts.variables) {
    const value = scope.lookup(name);
    if (value !== undefined) bindings[name] = facts.groups ? structuredClone(value) : value;
  }
  try {
    return settle(await compiled.evaluate(undefined, bindings), scope);
  } catch (thrown) {
    return { ok: false, failure: { kind: 'threw', text: textOf(thrown) } };
  }
}

/**
 * jsonata throws plain objects with a code and a message; V8 errors (stack, memory, bad regex) come as they
 * are.
 */
function textOf(thrown: unknown): string {
  if (thrown instanceof RangeError && /stack/i.test(thrown.message)) return STACK;
  if (typeof thrown !== 'object' || thrown === null) return String(thrown);
  const { code, message } = thrown as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code === 'string') return message === undefined ? code : `${code}: ${String(message)}`;
  return String(message ?? thrown);
}
