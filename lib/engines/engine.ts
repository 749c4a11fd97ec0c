/** What runs the containers of a leaf, here or anywhere: the interface of all engines. */
import type { ArtifactStores } from '../executor/artifact-stores.ts';
import type { ObjectLookup } from '../executor/objects.ts';
import type { BlobStore } from '../protocol/blob-store.ts';
import type { Outcome } from '../protocol/outcome.ts';
import type { RunTaskArguments, TaskDefinition } from '../protocol/run-task.ts';
import type { TaskSpec } from '../protocol/task-spec.ts';

export interface EngineRequest {
  /** What its `init` is ordered to prepare (lib/protocol/task-order.ts). */
  readonly spec: TaskSpec;
  readonly arguments: RunTaskArguments;
  readonly taskDefinition: TaskDefinition;
  readonly taskToken?: string;
  /** Ends the leaf at once: what is collected is lost. The call rejects with the signal's reason. */
  readonly signal: AbortSignal;
  readonly blobs: BlobStore;
  /** Buckets that artifacts name; the default keeps them beside the run's own artifacts. */
  readonly bucket?: ArtifactStores['bucket'];
  /** Milliseconds since the epoch, on the run's clock. */
  readonly now: () => number;
  readonly objects: ObjectLookup;
  /** Folder that holds a folder for each claim, by name. */
  readonly claims: string;
  readonly onLog?: (line: LogLine) => void;
  /** A daemon that became ready has ended, by itself or stopped. */
  readonly onDaemonEnd?: (outcome: Outcome) => void;
}

export interface LogLine {
  readonly node: string;
  readonly container: string;
  readonly stream: 'stdout' | 'stderr';
  readonly line: string;
}

export interface Engine {
  readonly name: string;
  /** One sentence for the user: what is isolated, what is not. */
  readonly description: string;
  /**
   * Resolves when the leaf Succeeded, or when it is a daemon and ready; rejects with a TaskFailure when it did not.
   */
  runTask(request: EngineRequest): Promise<Outcome>;
  /** Ends a daemon, and says how it ended; undefined when no such daemon runs. */
  stop(node: string): Promise<Outcome | undefined>;
  /** Ends whatever still runs and leaves nothing behind. */
  close(): Promise<void>;
}

/** `Argo.Failed` or `Argo.Error`; the cause is the outcome as JSON. */
export interface TaskFailure extends Error {
  readonly name: 'TaskFailure';
  readonly error: string;
  readonly cause: string;
}

export function taskFailure(error: string, cause: string): TaskFailure {
  return Object.assign(new Error(`${error}: ${cause.slice(0, 1000)}`), {
    name: 'TaskFailure',
    error,
    cause,
  } as const);
}

export function isTaskFailure(thrown: unknown): thrown is TaskFailure {
  return thrown instanceof Error && thrown.name === 'TaskFailure';
}
