/** Hooks of tasks that never ran: which tasks of a DAG have them, those that Argo looks at again afterwards. */
import type { Invocation } from '../../argo/invocation.ts';
import { evaluateDepends } from '../../expression/depends/evaluate.ts';
import { rewriteDepends } from '../../expression/depends/rewrite.ts';
import type { NodePhase } from '../../protocol/outcome.ts';
import { type Body, originOf } from './body.ts';
import { hooksOf } from './bundle.ts';
import type { DagPlan } from './dag-plan.ts';
import { lowerHook } from './hook.ts';
import type { MemberSite } from './member.ts';
import { type Path, stateName } from './names.ts';
import type { Step } from './plan.ts';
import { expression, textOf, variable } from './value.ts';

/** Phases in which a task that never ran is looked at again, and so has its hooks (dag.go executeDAGTask). */
export interface Idle {
  readonly named: readonly NodePhase[];
  readonly exit: readonly NodePhase[];
}

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

/** The hooks of a task that did not run: it was skipped, omitted, or could not be started. */
export function lowerIdleHooks(
  body: Body,
  invocation: Invocation,
  path: Path,
  site: MemberSite,
  idle: Idle,
): readonly Step[] {
  return Object.keys(hooksOf(invocation)).flatMap((hook): readonly Step[] => {
    const phases = hook === 'exit' ? idle.exit : idle.named;
    if (phases.length === 0) return [];
    const suffix = hook === 'exit' ? 'onExit' : `hooks.${hook}`;
    const hookSite = { hook, suffix, outcome: variable(site.outcome), role: 'idle' };
    const isIdle = `$exists($${site.outcome}.idle) and $${site.outcome}.phase in ${textOf(phases)}`;
    return [
      {
        kind: 'choice',
        name: stateName([...path, suffix], 'idle?'),
        origin: originOf(body, invocation.name),
        rules: [{ condition: expression(isIdle), steps: lowerHook(body, invocation, path, site, hookSite) }],
        otherwise: {},
      },
    ];
  });
}
