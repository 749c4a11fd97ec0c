/** How a group of steps ends, once all its members have ended (the end of executeStepGroup). */

import type { Step, StepGroup } from '../argo/invocation.ts';
import { nodeId } from '../argo/node-id.ts';
import type { Outcome } from '../protocol/outcome.ts';
import { isFailure } from './dag-phase.ts';

export interface GroupEnd {
  readonly phase: 'Succeeded' | 'Failed' | 'Error';
  readonly message?: string;
  /** The hook that could not be started, which is a fault of the group. */
  readonly hook?: string;
}

export const FAIL_FAST = 'template has failed or errored children and failFast enabled';

interface Child {
  readonly step: Step;
  readonly node: string;
  readonly outcome: Outcome;
}

/** The node of an item: its outcome may bear the name of the last attempt. */
function itemNode(outcome: Outcome): string {
  return outcome.node.replace(/(\(\d+:[^()]*\))\(\d+\)$/, '$1');
}

function childrenOf(
  group: StepGroup,
  groupNode: string,
  outcomes: Readonly<Record<string, Outcome>>,
): Child[] {
  return group.flatMap((step) => {
    const name = step.name ?? '';
    const outcome = Object.hasOwn(outcomes, name) ? outcomes[name] : undefined;
    if (outcome === undefined) return [];
    if (outcome.items === undefined) return [{ step, node: `${groupNode}.${name}`, outcome }];
    return outcome.items.map((item) => ({ step, node: itemNode(item), outcome: item }));
  });
}

function continues({ continueOn }: Step, { phase }: Outcome): boolean {
  return (
    (phase === 'Failed' && continueOn?.failed === true) || (phase === 'Error' && continueOn?.error === true)
  );
}

/** Order counts: a member that could not be started first, else the first failure that nothing forgives. */
export function judgeGroup(
  run: string,
  group: StepGroup,
  groupNode: string,
  outcomes: Readonly<Record<string, Outcome>>,
  failFast: boolean,
): GroupEnd {
  const children = childrenOf(group, groupNode, outcomes);
  const unstarted = children.find(({ outcome }) => outcome.notStarted === true && isFailure(outcome.phase));
  if (unstarted !== undefined) {
    const { node, outcome } = unstarted;
    const message = outcome.message ?? '';
    // A node that timed out while it was pending fails its group; any other fault of a start is an Error.
    if (outcome.phase === 'Failed') return { phase: 'Failed', message };
    return { phase: 'Error', message: `step group deemed errored due to child ${node} error: ${message}` };
  }
  const hook = children.flatMap(({ outcome }) => outcome.hooks ?? []).find(({ notStarted }) => notStarted);
  if (hook !== undefined) return { phase: 'Error', message: hook.message ?? '', hook: hook.node };
  // Members that were refused their start, because a sibling had failed, have no node in Argo.
  const isRefused =
    group.some((step) => !Object.hasOwn(outcomes, step.name ?? '')) ||
    children.some(({ outcome }) => outcome.phase === 'Pending');
  if (failFast && isRefused && children.some(({ outcome }) => isFailure(outcome.phase))) {
    return { phase: 'Failed', message: FAIL_FAST };
  }
  const failed = children.find(({ step, outcome }) => isFailure(outcome.phase) && !continues(step, outcome));
  if (failed === undefined) return { phase: 'Succeeded' };
  return { phase: 'Failed', message: `child '${nodeId(run, failed.node)}' failed` };
}
