/** Compiles and evaluates JSONata as Step Functions does; the only place that knows the `jsonata` package. */

import jsonata from 'jsonata';
import type { JsonValue } from './json.ts';
import { type AstFacts, type AstNode, factsOf } from './jsonata-ast.ts';
import { AWS_FUNCTIONS, type FunctionSources } from './jsonata-functions.ts';
import { BROKEN_OFF, createWatch, installGuard, isTooMuch, type Watch } from './jsonata-guard.ts';
import { plainCopy, UNSUPPORTED } from './jsonata-result.ts';
import { QUOTAS } from './quotas.ts';
import { type Evaluate, evaluatorOf } from './simple-jsonata/evaluate.ts';
import { factsOfTree } from './simple-jsonata/facts.ts';
import { parseSimple } from './simple-jsonata/parse.ts';
import { UNCLEAR } from './simple-jsonata/values.ts';

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

/** Why an evaluation gave no value. */
export type ExpressionFailure =
  /** JSONata's own errors have a code, with which the text begins. */
  | { readonly kind: 'threw'; readonly text: string; readonly hasCode: boolean }
  | { readonly kind: 'unsupported' };

export type ExpressionResult =
  | { readonly ok: true; readonly value: JsonValue | undefined }
  | { readonly ok: false; readonly failure: ExpressionFailure };

/** What an expression sees while it is evaluated. */
export interface ExpressionScope extends FunctionSources {
  /** Variables, `states` among them. */
  readonly lookup: (name: string) => unknown;
  /** Which values are known to be plain JSON: where results hold them, they are shared instead of copied. */
  readonly plain: Pick<WeakSet<object>, 'has'>;
}

export interface CompiledExpression {
  readonly bare: string;
  readonly facts: AstFacts;
  /** Answers at once where the expression is simple, and its values are. */
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
  readonly watch: Watch;
}

interface Focus {
  readonly environment: { readonly lookup: (name: string) => unknown };
}

export function compileExpression(bare: string): Compiled {
  const tree = parseSimple(bare);
  if (tree === undefined) return compileFully(bare);
  const evaluateSimply = evaluatorOf(tree);
  let full: Compiled | undefined;
  const evaluate = (scope: ExpressionScope) => {
    const result = settleSimple(evaluateSimply, scope);
    if (result !== undefined) return result;
    full ??= compileFully(bare);
    if (!full.ok) throw new Error(`jsonata refuses what was understood: ${bare}`);
    return full.expression.evaluate(scope);
  };
  return { ok: true, expression: { bare, facts: factsOfTree(tree), evaluate } };
}

/** Undefined where only `jsonata` knows. What is made of plain JSON here is plain JSON. */
function settleSimple(evaluate: Evaluate, scope: ExpressionScope): ExpressionResult | undefined {
  try {
    const value = evaluate(scope, undefined) as JsonValue | undefined;
    return { ok: true, value: typeof value === 'number' ? value + 0 : value };
  } catch (thrown) {
    if (thrown === UNCLEAR) return undefined;
    throw thrown;
  }
}

function compileFully(bare: string): Compiled {
  let compiled: jsonata.Expression;
  let ast: AstNode;
  let facts: AstFacts;
  try {
    compiled = jsonata(bare);
    ast = compiled.ast() as unknown as AstNode;
    facts = factsOf(ast);
  } catch (thrown) {
    return { ok: false, message: failureOf(thrown).text };
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
  if (facts.unbounded) {
    const bind = compiled.assign as unknown as (name: symbol, value: unknown) => void;
    installGuard(bind, ast, ({ lookup }) => (lookup(SCOPE) as Evaluation).watch);
  }
  const run = (scope: ExpressionScope) => evaluate(compiled, facts, scope);
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

const PROTOTYPE = 'D1010: Attempted to access the Javascript object prototype';

function settle(value: unknown, scope: ExpressionScope): ExpressionResult {
  if (isTooMuch(value)) return brokenOff(BROKEN_OFF.memory);
  const copy = plainCopy(value, scope.plain);
  return copy === UNSUPPORTED ? { ok: false, failure: { kind: 'unsupported' } } : { ok: true, value: copy };
}

function brokenOff(text: string): ExpressionResult {
  return { ok: false, failure: { kind: 'threw', text, hasCode: false } };
}

async function evaluate(
  compiled: jsonata.Expression,
  facts: AstFacts,
  scope: ExpressionScope,
): Promise<ExpressionResult> {
  if (facts.depth > QUOTAS.expressionDepth) return brokenOff(BROKEN_OFF.stack);
  if (facts.prototypeNames) return { ok: false, failure: { kind: 'threw', text: PROTOTYPE, hasCode: true } };
  const evaluation: Evaluation = { scope, watch: createWatch() };
  const bindings: Record<string, unknown> = { [SCOPE]: evaluation };
  for (const name of facts.variables) {
    const value = scope.lookup(name);
    if (value !== undefined) bindings[name] = facts.groups ? structuredClone(value) : value;
  }
  try {
    return settle(await compiled.evaluate(undefined, bindings), scope);
  } catch (thrown) {
    return { ok: false, failure: failureOf(thrown) };
  }
}

/**
 * jsonata throws plain objects with a code and a message; V8 errors (stack, memory, bad regex) come as they
 * are.
 */
function failureOf(thrown: unknown): Extract<ExpressionFailure, { readonly kind: 'threw' }> {
  const without = (text: string) => ({ kind: 'threw', text, hasCode: false }) as const;
  if (thrown instanceof RangeError && /stack/i.test(thrown.message)) return without(BROKEN_OFF.stack);
  if (typeof thrown !== 'object' || thrown === null) return without(String(thrown));
  const { code, message } = thrown as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code !== 'string') return without(String(message ?? thrown));
  return { kind: 'threw', text: message === undefined ? code : `${code}: ${String(message)}`, hasCode: true };
}
