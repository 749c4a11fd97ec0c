/** History → the state of a run: phase, message, nodes, global outputs. */

import { nodeId } from '../argo/node-id.ts';
import type { HistoryEvent } from '../asl/history-event.ts';
import type { Bundle } from '../evaluate/bundle.ts';
import { dagGraph, dependenciesOf, targetsOf } from '../evaluate/dag-graph.ts';
import { type Globals, hasErred, type Outcome } from '../protocol/outcome.ts';
import { type Earlier, showEarlier } from './earlier.ts';
import type { Node } from './node.ts';
import { type Facts, readFacts } from './read-facts.ts';
import { treeOf } from './tree.ts';

export interface StatusOptions {
  readonly bundle: Bundle;
  readonly workflow: string;
  readonly childHistory: (executionArn: string) => readonly HistoryEvent[] | undefined;
  /** How the execution ended, once it has. */
  readonly end?: { readonly status: string; readonly error?: string; readonly cause?: string };
  /** Of a run that is tried again. */
  readonly earlier?: Earlier;
}

export interface RunStatus {
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Error';
  readonly message?: string;
  readonly nodes: ReadonlyMap<string, Node>;
  readonly globals: Globals;
  readonly startedAt?: string;
  readonly finishedAt?: string;
}

/** What the history tells, and what is left of an earlier attempt. */
export function factsOf(
  events: readonly HistoryEvent[],
  { childHistory, earlier }: Pick<StatusOptions, 'childHistory' | 'earlier'>,
): Facts {
  const facts = readFacts(events, { childHistory });
  showEarlier(facts, earlier);
  return facts;
}

export function statusOf(events: readonly HistoryEvent[], options: StatusOptions): RunStatus {
  const facts = factsOf(events, options);
  const nodes = treeOf(facts, {
    bundle: options.bundle,
    workflow: options.workflow,
    nodeId: (node) => nodeId(options.workflow, node),
    dag: (template, inputs) => {
      const graph = dagGraph(template.dag ?? {});
      const target = (template.dag?.target ?? '').replace(
        /\{\{\s*inputs\.parameters\.([-\w]+)\s*\}\}/g,
        (_, name: string) => inputs?.parameters?.[name] ?? '',
      );
      return { dependencies: (task) => dependenciesOf(graph, task), targets: targetsOf(graph, target) };
    },
  });
  const first = events[0];
  const last = options.end === undefined ? undefined : events.at(-1);
  return {
    ...verdictOf(facts, options),
    nodes,
    globals: globalsOf(facts, options.workflow),
    ...(first === undefined ? {} : { startedAt: first.timestamp.toISOString() }),
    ...(last === undefined ? {} : { finishedAt: last.timestamp.toISOString() }),
  };
}

type Verdict = Pick<RunStatus, 'phase' | 'message'>;

/**
 * The entrypoint's phase; a failing exit handler spoils a good run, one that cannot be executed any run; what the machine
 * itself could not handle is Error.
 */
function verdictOf(facts: Facts, options: StatusOptions): Verdict {
  const { end, workflow } = options;
  const root = facts.get(workflow)?.outcome;
  if (end === undefined) return { phase: root === undefined && facts.size === 0 ? 'Pending' : 'Running' };
  const exit = facts.get(`${workflow}.onExit`)?.outcome;
  const decisive = hasErred(exit) || (isBad(exit) && !isBad(root)) ? exit : root;
  const own = end.error?.startsWith('Argo.') === true;
  if (end.status === 'ABORTED') return { phase: 'Failed', message: 'execution aborted' };
  if (end.status !== 'SUCCEEDED' && (!own || decisive === undefined))
    return { phase: 'Error', message: [end.error, end.cause].filter(Boolean).join(': ') };
  if (decisive === undefined || !isBad(decisive)) return { phase: 'Succeeded' };
  const phase = decisive.phase === 'Failed' ? 'Failed' : 'Error';
  const message = toldBy(decisive, decisive === exit) || firstFault(facts);
  return message ? { phase, message } : { phase };
}

/** A template of the run itself that could not be executed is told as an error of the run (operator.go operate). */
function toldBy(outcome: Outcome, isExit: boolean): string | undefined {
  const { message } = outcome;
  if (!hasErred(outcome) || !message) return message;
  return isExit
    ? `error in exit template execution : ${message}`
    : `error in entry template execution: ${message}`;
}

/** Argo leaves the message of a failed DAG empty; what failed first says more. */
function firstFault(facts: Facts): string | undefined {
  for (const { name, outcome } of facts.values())
    if (isBad(outcome) && outcome.message) return `${name}: ${outcome.message}`;
  return undefined;
}

function isBad(outcome: Outcome | undefined): outcome is Outcome {
  return outcome?.phase === 'Failed' || outcome?.phase === 'Error';
}

function globalsOf(facts: Facts, workflow: string): Globals {
  const main = facts.get(workflow)?.outcome?.globals ?? {};
  const exit = facts.get(`${workflow}.onExit`)?.outcome?.globals ?? {};
  return {
    parameters: { ...main.parameters, ...exit.parameters },
    artifacts: { ...main.artifacts, ...exit.artifacts },
  };
}
