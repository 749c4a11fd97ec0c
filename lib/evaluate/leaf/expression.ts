/** Bare expressions of a leaf: conditions, and values of data templates. */
import { type ExprEnv, evaluateExpr } from '../../expression/expr/expression.ts';
import { goFormat } from '../../expression/go/format.ts';
import type { GoValue } from '../../expression/values.ts';
import { failure, type Result, success } from './result.ts';

/** `util/expr/argoexpr/eval.go` EvalBool. */
export function evaluateCondition(expression: string, env: ExprEnv): Result<boolean> {
  const result = evaluateExpr(expression, env);
  if (!result.ok) {
    const isCompiled = result.phase === 'run';
    return failure(
      isCompiled ? `unable to evaluate expression '${expression}': ${result.error}` : result.error,
    );
  }
  if (typeof result.value === 'boolean') return success(result.value);
  return failure(`unable to cast expression result '${goFormat(result.value)}' to bool`);
}

export function evaluateValue(expression: string, env: ExprEnv): Result<GoValue> {
  const result = evaluateExpr(expression, env);
  return result.ok ? success(result.value) : failure(result.error);
}
