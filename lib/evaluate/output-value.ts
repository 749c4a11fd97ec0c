/** `valueFrom.parameter` and `valueFrom.expression` of an output (resolveParameter in `workflow/controller/scope.go`). */
import type { ValueFrom } from '../argo/parameter.ts';
import { evaluateExpr } from '../expression/expr/expression.ts';
import { goFormat } from '../expression/go/format.ts';
import { tagName } from './artifact-reference.ts';
import { goScope, localEnv } from './expression-env.ts';
import { type Scope, valueText } from './scope.ts';

export type OutputValue =
  /** Null: the output of a skipped member that declared no default. */
  { readonly ok: true; readonly value: string | null } | { readonly ok: false; readonly error: string };

function computed(expression: string, scope: Scope): OutputValue {
  const result = evaluateExpr(expression, localEnv(scope).env);
  if (!result.ok) return { ok: false, error: result.error };
  if (result.value !== null) return { ok: true, value: goFormat(result.value) };
  return { ok: false, error: `failed to evaluate expression ${JSON.stringify(expression)}` };
}

/** An expression tag here knows the flat names alone, and no functions (`util/template/resolve_var.go`). */
function resolved(text: string, scope: Scope): OutputValue {
  const name = tagName(text);
  if (name.startsWith('=')) {
    const result = evaluateExpr(name.slice(1), goScope(scope));
    if (!result.ok) return { ok: false, error: `Invalid expression: ${JSON.stringify(name.slice(1))}` };
    if (result.value !== null) return { ok: true, value: goFormat(result.value) };
  }
  const value = scope.values.get(name);
  if (value !== undefined) return { ok: true, value: value === null ? null : valueText(value) };
  return { ok: false, error: `Unable to resolve: ${JSON.stringify(name)}` };
}

export function parameterValue(source: ValueFrom, scope: Scope): OutputValue {
  if (source.expression) return computed(source.expression, scope);
  return source.parameter ? resolved(source.parameter, scope) : { ok: true, value: '' };
}
