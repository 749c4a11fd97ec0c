/** Which tasks of a DAG have their hooks although they never ran: those that Argo looks at again afterwards. */
import { evaluateDepends } from '../../expression/depends/evaluate.ts';
import { rewriteDepends } from '../../expression/depends/rewrite.ts';
import type { NodePhase } from '../../protocol/outcome.ts';
import { hooksOf } from './bundle.ts';
import type { DagPlan } from './dag.ts';
import type { Idle } from './hooks.ts';

const NONE: Idle = { named: [], exit: [] };

/**
 * Argo's controller comes to a task from the tasks that depend on it, as long as these have not ended, and to a target in
 * every pass (dag.go executeDAG, executeDAGTask). Named hooks are for all nodes that have ended, the exit handler for
 * those that have completed, which one that could not be started has; for that a second pass is needed.
 */
export function idleOf(plan: DagPlan, name: string): Idle {
  const task = plan.tasks.get(name);
  const hooks = Object.keys(task === undefined ? {} : hooksOf(task));
  if (hooks.length === 0) return NONE;
  const dependants = [...plan.tasks.keys()].filter((one) => plan.dependencies.get(one)?.includes(name));
  const isSeen = (phase: NodePhase) => dependants.some((one) => goesOn(plan, one, name, phase));
  const isTarget = dependants.length === 0;
  const phases: readonly NodePhase[] = ['Skipped', 'Omitted', 'Error'];
  const others = plan.tasks.size - 1 - plan.ancestors(name).length;
  const isErrorSeen = isTarget ? others > 0 : isSeen('Error');
  return {
    named: isTarget ? phases : phases.filter(isSeen),
    exit: isErrorSeen ? ['Error'] : [],
  };
}

/** Whether a task goes on, or waits for another one, once `before` has ended without having run. */
function goesOn(plan: DagPlan, name: string, before: string, phase: NodePhase): boolean {
  const past = new Set([before, ...plan.ancestors(before)]);
  const dependencies = plan.dependencies.get(name) ?? [];
  if (dependencies.some((one) => !past.has(one))) return true;
  const task = plan.tasks.get(name);
  const rewritten = task && rewriteDepends(task, (one) => plan.tasks.get(one));
  if (!rewritten?.ok || dependencies.length > 1) return false;
  const decision = evaluateDepends(rewritten.logic, () => ({ phase }));
  return decision.ok && decision.proceed && decision.execute;
}
