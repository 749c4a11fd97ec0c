/**
 * `valueFrom.parameter` and `valueFrom.expression` of an output (resolveParameter in
 * `workflow/controller/scope.go`).
 */
import type { ValueFrom } from '../argo/parameter.ts';
import { evaluateExpr } from '../expression/expr/expression.ts';
import { goFormat } from '../expression/go/format.ts';
import { resolveVariable } from '../expression/template/resolve-variable.ts';
import { localEnv } from './expression-env.ts';
import type { Scope } from './scope.ts';

export type OutputValue =
  /** Null: the output of a skipped member that declared no default. */
  { readonly ok: true; readonly value: string | null } | { readonly ok: false; readonly error: string };

function computed(expression: string, scope: Scope): OutputValue {
  const result = evaluateExpr(expression, localEnv(scope).env);
  if (!result.ok) return { ok: false, error: result.error };
  if (result.value !== null) return { ok: true, value: goFormat(result.value) };
  return { ok: false, error: `failed to evaluate expression ${JSON.stringify(expression)}` };
}

/** An expression tag here knows the flat names alone, and no functions. */
function resolved(reference: string, scope: Scope): OutputValue {
  const found = resolveVariable(reference, scope.values);
  if (!found.ok) return { ok: false, error: found.error };
  return { ok: true, value: found.value === null ? null : goFormat(found.value) };
}

export function parameterValue(source: ValueFrom, scope: Scope): OutputValue {
  if (source.expression) return computed(source.expression, scope);
  return source.parameter ? resolved(source.parameter, scope) : { ok: true, value: '' };
}
