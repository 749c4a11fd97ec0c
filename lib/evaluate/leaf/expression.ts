/** Conditions that are bare expressions. */
import { type ExprEnv, evaluateExpr } from '../../expression/expr/expression.ts';
import { goFormat } from '../../expression/go/format.ts';
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
