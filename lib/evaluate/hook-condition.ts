/** The expression of a hook: true or false over the variables in scope (`util/expr/argoexpr` EvalBool). */
import { evalBool } from '../expression/expr/expression.ts';
import { exprEnv } from '../expression/scope.ts';
import type { Scope } from './scope.ts';

export type Condition =
  | { readonly ok: true; readonly holds: boolean }
  | { readonly ok: false; readonly error: string };

export function conditionHolds(expression: string, scope: Scope): Condition {
  const result = evalBool(expression, exprEnv(scope.values));
  return result.ok ? { ok: true, holds: result.value } : { ok: false, error: result.error };
}
