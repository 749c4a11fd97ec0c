/** What a person may do to a run that goes on here: suspend, resume, set outputs of suspended nodes, stop, terminate. */
import type { Result } from '../evaluate/leaf/result.ts';
import { resumed, type Suspended } from '../evaluate/leaf/suspend.ts';
import {
  endNodes,
  type NodeValues,
  releaseHeld,
  resumeNodes,
  setNodes,
  type WaitingPlaces,
} from '../handlers/suspended-nodes.ts';
import type { Orders } from '../handlers/world.ts';
import type { Suspension } from '../store/suspensions.ts';
import type { Shutdown } from './shutdown.ts';

type Matches = (node: string) => boolean;
type Texts = Readonly<Record<string, string>>;

export interface RunControl {
  readonly orders: () => Orders;
  /** The nodes that wait for `resume`. */
  readonly suspended: () => Promise<readonly Suspension[]>;
  /** Nothing more starts until the run is resumed. */
  readonly suspend: () => void;
  /** The run and its suspended nodes; or only the nodes that match. Answers what went on. */
  readonly resume: (outputs: Texts, matches?: Matches) => Promise<Result<readonly string[]>>;
  /** As `resume`, but for nodes whose outputs nobody gave: they are Error, where Argo leaves them as they are. */
  readonly resumeAnyhow: (nodes: readonly string[]) => Promise<number>;
  readonly set: (matches: Matches, values: NodeValues) => Promise<Result<readonly string[]>>;
  /** Ends what runs and starts nothing more but exit handlers. */
  readonly stop: () => Promise<void>;
  /** Ends everything at once. */
  readonly terminate: () => void;
}

/** Stands for the run itself among what went on. */
const THE_RUN = '';

export function runControl(
  run: string,
  places: WaitingPlaces,
  shutdown: Shutdown,
  isCreatedSuspended: boolean,
): RunControl {
  let isSuspended = isCreatedSuspended;
  const goOn = async (): Promise<readonly string[]> => {
    const wasSuspended = isSuspended;
    isSuspended = false;
    await releaseHeld(places, run);
    return wasSuspended ? [THE_RUN] : [];
  };
  return {
    orders: () => {
      const strategy = shutdown.strategy();
      return { suspended: isSuspended, ...(strategy !== undefined && { shutdown: strategy }) };
    },
    suspended: async () => (await places.suspensions.list(run)).filter(({ template }) => template !== ''),
    suspend: () => {
      isSuspended = true;
    },
    resume: async (outputs, matches) => {
      const nodes = await resumeNodes(places, run, matches ?? (() => true), outputs);
      if (!nodes.ok || matches !== undefined) return nodes;
      return { ok: true, value: [...(await goOn()), ...nodes.value] };
    },
    resumeAnyhow: async (nodes) => {
      const now = new Date(places.now()).toISOString();
      const ended = await endNodes(places, run, ({ node, task }) =>
        nodes.includes(node) ? resumed(task as unknown as Suspended, {}, now) : undefined,
      );
      return ended + (await goOn()).length;
    },
    set: (matches, values) => setNodes(places, run, matches, values),
    stop: async () => {
      shutdown.stop();
      await endNodes(places, run, ({ node }) =>
        shutdown.spares(node) ? undefined : shutdown.outcome(node, places.now()),
      );
      await releaseHeld(places, run);
    },
    terminate: () => shutdown.terminate(),
  };
}
