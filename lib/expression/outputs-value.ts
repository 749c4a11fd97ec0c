/**
 * `valueFrom` of an output parameter of steps and dag templates (resolveParameter in
 * workflow/controller/scope.go).
 */
import { evaluateExpr } from './expr/expression.ts';
import { goFormat } from './go/format.ts';
import { exprEnv, type Scope } from './scope.ts';
import { resolveVariable } from './template/resolve-variable.ts';
import type { GoValue } from './values.ts';

export interface OutputSource {
  readonly expression?: string;
  readonly parameter?: string;
  readonly default?: string;
}

export type OutputValue =
  /** `value` is what was computed, before it became text; absent where the default stands in. */
  | { readonly ok: true; readonly text: string; readonly value?: GoValue }
  | { readonly ok: false; readonly error: string };

/** The parameter's value. Null in the scope is the output of a skipped node, which the default replaces. */
export function outputValue(source: OutputSource, scope: Scope, parameterName: string): OutputValue {
  const computed = resolveSource(source, scope);
  if (!computed.ok) {
    return source.default === undefined ? computed : { ok: true, text: source.default };
  }
  if (computed.value !== null) return { ok: true, text: goFormat(computed.value), value: computed.value };
  if (source.default !== undefined) return { ok: true, text: source.default, value: null };
  const reference = JSON.stringify(source.parameter ?? '');
  const error = `output parameter ${JSON.stringify(parameterName)}: ${reference} is an absent optional`;
  return { ok: false, error: `${error} (skipped/omitted node output with no default)` };
}

type Computed =
  | { readonly ok: true; readonly value: GoValue }
  | { readonly ok: false; readonly error: string };

function resolveSource({ expression, parameter }: OutputSource, scope: Scope): Computed {
  if (!expression) return parameter ? resolveVariable(parameter, scope) : { ok: true, value: '' };
  const result = evaluateExpr(expression, exprEnv(scope));
  if (!result.ok || result.value !== null) return result;
  return { ok: false, error: `failed to evaluate expression ${JSON.stringify(expression)}` };
}
