/** What is left of an earlier attempt at a run: nodes that count as done, and how they ended. */
import type { Outcome } from '../protocol/outcome.ts';
import type { Fact } from './node.ts';
import type { Facts } from './read-facts.ts';
import type { NodeObject, WorkflowObject } from './workflow-object.ts';

export interface Earlier {
  /** Plain JSON. */
  readonly facts: readonly Fact[];
  /** Every Retry node that there was. */
  readonly retries: EarlierRetries;
  /** Whether the run's state shows these nodes as they were; else they only lend their outcomes. */
  readonly isShown: boolean;
}

export type EarlierRetries = Readonly<Record<string, EarlierRetry>>;

export interface EarlierRetry {
  /** The last attempt. They are counted anew, so that is what the first one stands for now. */
  readonly last: number;
  /** It counts as done, with all its attempts. */
  readonly isDone: boolean;
}

const ASKED = new Set(['Pod', 'HTTP', 'Plugin', 'Suspend', 'Retry']);

/** `kept`: names of nodes that keep their outcome. A daemon is gone in any case, and must run again. */
export function earlierOf(facts: Facts, workflow: WorkflowObject, kept: ReadonlySet<string>): Earlier {
  const all = Object.values(workflow.status.nodes);
  const retries = retriesOf(all, facts, ({ name }) => [name, kept.has(name)]);
  const nodes = all.filter(({ name, phase, type }) => {
    const outcome = facts.get(name)?.outcome;
    if (!kept.has(name) || outcome?.daemoned) return false;
    if (standing(name, retries) === 'done') return true;
    // What was skipped, or a group failed with, is worked out again and may be something else now.
    return ASKED.has(type) ? outcome !== undefined : phase === 'Succeeded';
  });
  return { facts: nodes.flatMap(({ name }) => facts.get(name) ?? []), retries, isShown: true };
}

function retriesOf(
  nodes: readonly NodeObject[],
  facts: Facts,
  describe: (node: NodeObject) => readonly [name: string, isDone: boolean],
): EarlierRetries {
  const found = nodes.flatMap((node) => {
    const last = node.type === 'Retry' ? lastAttempt(node.name, facts) : undefined;
    if (last === undefined) return [];
    const [name, isDone] = describe(node);
    return [[name, { last, isDone }] as const];
  });
  return Object.fromEntries(found);
}

/**
 * For a run of another name that repeats this one, as `argo resubmit --memoized` does (FormulateResubmitWorkflow): pods
 * that did not fail are Skipped, with the outputs that they had. Outputs must stand in the facts themselves.
 */
export function repeatedOf(facts: Facts, workflow: WorkflowObject, name: string): Earlier {
  const old = workflow.metadata.name;
  const nodes = Object.values(workflow.status.nodes).filter((node) => !node.name.startsWith(`${old}.onExit`));
  const renamed = (node: string) => (node.startsWith(old) ? name + node.slice(old.length) : node);
  const pods = nodes.flatMap((node) => {
    const fact = facts.get(node.name);
    const outcome = fact?.outcome;
    if (node.type !== 'Pod' || isBad(node.phase) || outcome === undefined || outcome.daemoned) return [];
    const { startedAt: _started, finishedAt: _finished, ...rest } = outcome;
    const message = `original pod: ${node.id}`;
    // What stands below a Retry node is its attempt still.
    const phase = node.nodeFlag?.retried ? ('Succeeded' as const) : ('Skipped' as const);
    const own = renamed(node.name);
    return [{ name: own, outcome: { ...rest, node: own, phase, message } }];
  });
  const retries = retriesOf(nodes, facts, (node) => [renamed(node.name), !isBad(node.phase)]);
  return { facts: pods, retries, isShown: false };
}

function isBad(phase: string): boolean {
  return phase === 'Failed' || phase === 'Error';
}

function lastAttempt(retry: string, facts: Facts): number | undefined {
  let last: number | undefined;
  for (let at = 0; facts.has(`${retry}(${at})`); at += 1) last = at;
  return last;
}

/** The outcome that answers in the node's stead, by what is known of its name. */
export function earlierOutcome(
  node: string,
  retries: EarlierRetries,
  known: (node: string) => Fact | undefined,
): Outcome | undefined {
  const outcome = known(earlierName(node, retries))?.outcome;
  return outcome === undefined ? undefined : { ...outcome, node };
}

/** `NODE(0)`, and whatever stands below it, is called after the last attempt that there was. */
export function earlierName(node: string, retries: EarlierRetries): string {
  let name = node;
  for (let at = name.indexOf('(0)'); at >= 0; at = name.indexOf('(0)', at + 1)) {
    const retry = retries[name.slice(0, at)];
    if (retry !== undefined) name = `${name.slice(0, at)}(${retry.last})${name.slice(at + 3)}`;
  }
  return name;
}

/** Puts the nodes back as they were; not those of attempts that are counted anew. */
export function showEarlier(facts: Facts, earlier: Earlier | undefined): void {
  if (earlier === undefined || !earlier.isShown) return;
  const { retries } = earlier;
  for (const name of facts.keys()) if (standing(name, retries) === 'done') facts.delete(name);
  for (const fact of earlier.facts)
    if (standing(fact.name, retries) !== 'anew') facts.set(fact.name, { ...fact });
}

/** Of an attempt, or what stands below one: whether the outermost Retry node above it is done, or counts anew. */
export function standing(node: string, retries: EarlierRetries): 'done' | 'anew' | undefined {
  for (const { index } of node.matchAll(/\(\d+\)/g)) {
    const retry = retries[node.slice(0, index)];
    if (retry !== undefined) return retry.isDone ? 'done' : 'anew';
  }
  return undefined;
}
