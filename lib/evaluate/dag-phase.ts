/** How a DAG ends, from how its tasks ended: `workflow/controller/dag.go` assessDAGPhase. */
import type { NodePhase, Outcome } from '../protocol/outcome.ts';
import { type DagGraph, dependenciesOf } from './dag-graph.ts';

export function isFailure(phase: NodePhase): boolean {
  return phase === 'Failed' || phase === 'Error';
}

/** Argo's Completed: a skipped or omitted node, or a daemon that goes on, is not; it inherits. */
export function isCompleted(phase: NodePhase): boolean {
  return phase === 'Succeeded' || isFailure(phase);
}

/**
 * The phases that a node hands on to its successors. Argo walks through the nodes inside a template and the
 * items of a loop, so that a forgiven failure deep inside counts for an omitted successor.
 */
export function handedOn(outcome: Outcome, inherited: NodePhase): readonly NodePhase[] {
  if (outcome.items !== undefined && outcome.items.length > 0) {
    const group = isCompleted(outcome.phase) ? outcome.phase : inherited;
    // Hooks of the group are children of its node, like the items.
    const inner = [...outcome.items, ...(outcome.hooks ?? [])];
    return [...new Set(inner.flatMap((item) => handedOn(item, group)))];
  }
  if (outcome.ends !== undefined && outcome.ends.length > 0)
    return outcome.ends.filter((phase) => phase !== 'None');
  return [isCompleted(outcome.phase) ? outcome.phase : inherited];
}

type Outcomes = Readonly<Record<string, Outcome>>;

function successorsOf(graph: DagGraph): ReadonlyMap<string, readonly string[]> {
  const successors = new Map<string, string[]>();
  for (const name of graph.tasks.keys()) {
    for (const dependency of dependenciesOf(graph, name)) {
      const known = successors.get(dependency);
      if (known === undefined) successors.set(dependency, [name]);
      else known.push(name);
    }
  }
  return successors;
}

/** What the walk found: the phases with which each task was reached, in the order of the walk. */
export function reachedPhases(
  graph: DagGraph,
  outcomes: Outcomes,
): ReadonlyMap<string, readonly NodePhase[]> {
  const successors = successorsOf(graph);
  const reached = new Map<string, NodePhase[]>();
  const roots = [...graph.tasks.keys()].filter((name) => dependenciesOf(graph, name).length === 0);
  const queue = roots.map((name): readonly [string, NodePhase] => [name, 'Succeeded']);
  for (let at = 0; at < queue.length; at++) {
    const [name, inherited] = queue[at] as readonly [string, NodePhase];
    const outcome = Object.hasOwn(outcomes, name) ? outcomes[name] : undefined;
    const before = reached.get(name) ?? [];
    if (outcome === undefined || before.includes(inherited)) continue;
    reached.set(name, [...before, inherited]);
    for (const phase of handedOn(outcome, inherited)) {
      for (const next of successors.get(name) ?? []) queue.push([next, phase]);
    }
  }
  return reached;
}

/** The phase that counts for a target: its own, else the first failure among those that it inherits. */
function branchPhase(outcome: Outcome | undefined, inherited: readonly NodePhase[]): NodePhase | undefined {
  if (outcome === undefined) return undefined;
  if (isCompleted(outcome.phase)) return outcome.phase;
  return inherited.find(isFailure) ?? inherited.at(-1);
}

function continues(graph: DagGraph, name: string, phase: NodePhase): boolean {
  const continueOn = graph.tasks.get(name)?.continueOn;
  return (
    (phase === 'Failed' && continueOn?.failed === true) || (phase === 'Error' && continueOn?.error === true)
  );
}

/** How a DAG ends, or the target that Argo's walk never comes to, so that it would wait for ever. */
export type DagEnd = { readonly phase: NodePhase } | { readonly unreached: string };

/** With `failFast` the first failed target decides; without it the last one, if the walk comes to all of them. */
export function assessDag(
  graph: DagGraph,
  targets: readonly string[],
  outcomes: Outcomes,
  failFast: boolean,
): DagEnd {
  const reached = reachedPhases(graph, outcomes);
  const hasDeadEnd = Object.values(outcomes).some((one) => handedOn(one, 'Succeeded').length === 0);
  let end: DagEnd = { phase: 'Succeeded' };
  for (const name of targets) {
    const outcome = Object.hasOwn(outcomes, name) ? outcomes[name] : undefined;
    const isUnreached = hasDeadEnd && outcome !== undefined && !reached.has(name);
    if (isUnreached) end = { unreached: name };
    if (isUnreached && !failFast) break;
    const phase = isUnreached ? undefined : branchPhase(outcome, reached.get(name) ?? []);
    if (phase === undefined || !isFailure(phase) || continues(graph, name, phase)) continue;
    end = { phase };
    if (failFast) break;
  }
  return end;
}
