/** Argo's two ways of ending a run from outside: Stop lets exit handlers run, Terminate ends everything at once. */
import type { Outcome } from '../protocol/outcome.ts';
import type { Node } from '../status/node.ts';
import type { RunStatus } from '../status/status.ts';

export type Strategy = 'Stop' | 'Terminate';

export interface StoppableLeaf {
  readonly signal: AbortSignal;
  readonly isStopped: () => boolean;
  readonly release: () => void;
}

export interface Shutdown {
  readonly strategy: () => Strategy | undefined;
  readonly stop: () => void;
  readonly terminate: () => void;
  /** Aborted by Terminate, and by the signal that was given. */
  readonly signal: AbortSignal;
  /** A leaf's signal: the request's own, and Stop's where the leaf is no part of an exit handler. */
  readonly leaf: (node: string, own: AbortSignal) => StoppableLeaf;
  /** Whether Stop lets the node go on. */
  readonly spares: (node: string) => boolean;
  /** Whether the node may not start any more. */
  readonly refuses: (node: string) => boolean;
  /** Of a node that was ended or refused its start. */
  readonly outcome: (node: string, now: number) => Outcome;
  /** The run's status in Argo's words, once it was shut down. */
  readonly judge: (status: RunStatus) => RunStatus;
}

export function createShutdown(outer: AbortSignal | undefined): Shutdown {
  let strategy: Strategy | undefined;
  const everything = new AbortController();
  const leaves = new Set<AbortController>();
  const signal = outer === undefined ? everything.signal : AbortSignal.any([outer, everything.signal]);
  const message = () => `workflow shutdown with strategy:  ${strategy}`;
  const spares = (node: string) => /\.onExit(?=$|[.[(])/.test(node);
  return {
    strategy: () => strategy,
    signal,
    spares,
    refuses: (node) => strategy !== undefined && !spares(node),
    stop: () => {
      strategy ??= 'Stop';
      for (const leaf of leaves) leaf.abort(new Error(message()));
    },
    terminate: () => {
      strategy = 'Terminate';
      everything.abort();
    },
    leaf: (node, own) => {
      const controller = new AbortController();
      if (!spares(node)) leaves.add(controller);
      return {
        signal: AbortSignal.any([own, controller.signal]),
        isStopped: () => controller.signal.aborted && !own.aborted,
        release: () => void leaves.delete(controller),
      };
    },
    outcome: (node, now) => {
      const at = new Date(now).toISOString();
      return { node, phase: 'Failed', message: message(), finishedAt: at };
    },
    judge: (status) => (strategy === undefined ? status : judged(status, strategy, message())),
  };
}

/** `operator.go`: the message of a run that was shut down; what Terminate cut off has failed. */
function judged(status: RunStatus, strategy: Strategy, message: string): RunStatus {
  const { phase, finishedAt } = status;
  if (phase !== 'Failed' && phase !== 'Error') return status;
  const words = { phase: 'Failed', message: `Stopped with strategy '${strategy}'` } as const;
  if (strategy === 'Stop') return { ...status, ...words };
  const end = finishedAt === undefined ? {} : { finishedAt };
  const nodes = new Map<string, Node>();
  for (const [name, node] of status.nodes) {
    const open = node.phase === 'Running' || node.phase === 'Pending';
    nodes.set(name, open ? { ...node, phase: 'Failed', message, ...end } : node);
  }
  return { ...status, ...words, nodes };
}
