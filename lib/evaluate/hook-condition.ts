/** The expression of a hook: true or false over the variables in scope (`util/expr/argoexpr` EvalBool). */
import type { Scope } from './scope.ts';

export type Condition =
  | { readonly ok: true; readonly holds: boolean }
  | { readonly ok: false; readonly error: string };

export function conditionHolds(expression: string, _scope: Scope): Condition {
  return { ok: false, error: `failed to evaluate expression ${expression}` };
}
