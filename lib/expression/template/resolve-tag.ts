/** What one tag becomes, in JSON text: the simple and the expression tags of Argo's util/template. */

import { type ExprEnv, evaluateExpr } from '../expr/expression.ts';
import { goJsonEncode } from '../go/json-encode.ts';
import { goQuote } from '../go/quote.ts';
import { goTrimSpace } from '../go/space.ts';
import { GoError } from '../go-error.ts';
import { exprEnv, type Scope } from '../scope.ts';
import type { GoValue } from '../values.ts';
import { identifiersOf } from './identifiers.ts';
import { isKnownName } from './known-name.ts';
import { allowsArtifacts, isLenient, isStrict, type Strictness } from './strictness.ts';

/** The variables, and how strict to be; `env` is made when an expression first needs it. */
export interface TagContext {
  readonly scope: Scope;
  readonly strictness: Strictness;
  readonly env: () => ExprEnv;
  readonly hasPlaceholder: () => boolean;
}

export type TagOutcome =
  | { readonly kind: 'kept' }
  /** The text that takes the tag's place, escaped for a JSON string. */
  | { readonly kind: 'value'; readonly json: string }
  /** An inner tag was resolved: the braces and this stand again, followed by the value. */
  | { readonly kind: 'nested'; readonly prefix: string; readonly json: string }
  | { readonly kind: 'fault'; readonly error: string };

const KEPT: TagOutcome = { kind: 'kept' };

/** Variables that come late: an expression that reads one waits for it (variablesToCheck). */
const LATE_VARIABLES: ReadonlySet<string> = new Set([
  'item',
  'retries',
  'lastRetry.exitCode',
  'lastRetry.status',
  'lastRetry.duration',
  'lastRetry.message',
  'workflow.status',
  'workflow.failures',
]);

/** Values that validation puts in place of what is not known yet. */
export const PLACEHOLDER_PREFIX = '__argo__internal__placeholder-';

export function tagContext(scope: Scope, strictness: Strictness): TagContext {
  return {
    scope,
    strictness,
    env: once(() => exprEnv(scope)),
    hasPlaceholder: once(() => [...scope.values()].some(holdsPlaceholder)),
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function holdsPlaceholder(value: GoValue): boolean {
  if (typeof value === 'string') return value.startsWith(PLACEHOLDER_PREFIX);
  if (typeof value !== 'object' || value === null) return false;
  if (value.kind === 'list') return (value.items ?? []).some(holdsPlaceholder);
  return value.kind === 'map' && [...(value.entries?.values() ?? [])].some(holdsPlaceholder);
}

/** What stands between the braces, as it stands in JSON text, and what becomes of it. */
export function resolveTag(inner: string, context: TagContext): TagOutcome {
  if (!inner.startsWith('=')) return resolveSimple(inner, context);
  return resolveExpression(unescapeHtml(inner.slice(1)), context);
}

/** encoding/json writes these three as escapes; Argo undoes that in expressions alone (util/json/fix.go). */
function unescapeHtml(text: string): string {
  return text.replaceAll('\\u003c', '<').replaceAll('\\u003e', '>').replaceAll('\\u0026', '&');
}

function fault(error: string): TagOutcome {
  return { kind: 'fault', error };
}

/**
 * A string as the inside of a JSON literal; control characters come out in Go's way, which JSON does not
 * know.
 */
function quoted(text: string): string {
  return goQuote(text).slice(1, -1);
}

function resolveSimple(inner: string, { scope, strictness }: TagContext): TagOutcome {
  const name = goTrimSpace(inner);
  const value = scope.get(name);
  if (value === undefined) return resolveNested(inner, scope) ?? unresolved(inner, name, strictness);
  if (value === null) {
    return fault(
      `unable to substitute {{${inner}}}: output is an absent optional (skipped node with no default)`,
    );
  }
  if (typeof value !== 'string') return fault(`failed to resolve {{${inner}}} to string`);
  return { kind: 'value', json: quoted(value) };
}

/** In `{{outer-{{inner}}` the innermost name is replaced; the next pass sees the whole. */
function resolveNested(inner: string, scope: Scope): TagOutcome | undefined {
  const at = inner.lastIndexOf('{{');
  const value = at > 0 ? scope.get(inner.slice(at + 2)) : undefined;
  if (value === null) {
    const name = JSON.stringify(inner.slice(at + 2));
    return fault(`unable to substitute nested tag {{${inner}}}: ${name} is an absent optional`);
  }
  return typeof value === 'string'
    ? { kind: 'nested', prefix: inner.slice(0, at), json: quoted(value) }
    : undefined;
}

function unresolved(inner: string, name: string, strictness: Strictness): TagOutcome {
  const later = allowsArtifacts(strictness) && name.includes('.outputs.artifacts.');
  return isStrict(strictness, name) && !later ? fault(`failed to resolve {{${inner}}}`) : KEPT;
}

/** expressionReplaceStrict: names that are missing decide whether the expression may wait. */
function resolveExpression(escaped: string, context: TagContext): TagOutcome {
  const expression = unescapeJson(escaped);
  if (expression === undefined) return fault('failed to unmarshall JSON expression');
  const names = identifiersOf(expression);
  if (!names) return evaluateTag(expression, context, false);
  const missing = names.filter((name) => !isKnownName(context.env(), name));
  const strict = missing.find((name) => isStrict(context.strictness, name));
  if (strict !== undefined) return fault(`failed to evaluate expression: ${strict} is missing`);
  const mayWait = missing.length > 0 || isLenient(context.strictness);
  if (mayWait && missing.some((name) => LATE_VARIABLES.has(name))) return KEPT;
  return evaluateTag(expression, context, mayWait);
}

/** The JSON string's text; undefined where an escape in it is wrong. */
export function unescapeJson(escaped: string): string | undefined {
  try {
    return JSON.parse(`"${escaped}"`) as string;
  } catch {
    return undefined;
  }
}

/** expressionReplaceCore. */
function evaluateTag(expression: string, context: TagContext, mayWait: boolean): TagOutcome {
  const mayFail = mayWait || context.hasPlaceholder();
  const result = evaluateExpr(expression, context.env());
  if (!result.ok) return mayFail ? KEPT : fault(`failed to evaluate expression: ${result.error}`);
  if (result.value === null)
    return mayFail ? KEPT : fault(`failed to evaluate expression ${goQuote(expression)}`);
  try {
    return { kind: 'value', json: insertedJson(goJsonEncode(result.value)) };
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    return mayWait ? KEPT : fault(`failed to marshal evaluated expression: ${error.message}`);
  }
}

/** A string loses its quotes; the JSON of anything else becomes a string itself. */
function insertedJson(json: string): string {
  return json.length > 1 && json.startsWith('"') && json.endsWith('"') ? json.slice(1, -1) : quoted(json);
}
