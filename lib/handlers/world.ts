/** What handlers may touch: given by the Lambda's surroundings on AWS, by the local runner here. */
import type { Bundle } from '../evaluate/bundle.ts';
import type { BlobStore } from '../protocol/blob-store.ts';
import type { JsonObject, JsonValue } from '../protocol/json.ts';
import type { Outcome } from '../protocol/outcome.ts';
import type { TaskDefinition } from '../protocol/run-task.ts';
import type { Gates } from '../store/gates.ts';
import type { Locks } from '../store/locks.ts';
import type { MemoCache } from '../store/memo-cache.ts';
import type { Suspensions } from '../store/suspensions.ts';

export interface HandlerWorld {
  readonly bundle: (id: string) => Promise<Bundle>;
  readonly blobs: BlobStore;
  readonly gates: Gates;
  readonly locks: Locks;
  readonly suspensions: Suspensions;
  readonly memo: MemoCache;
  /** Makes sure that a task definition of this content exists; answers the name to run it by. */
  readonly registerTaskDefinition: (definition: TaskDefinition) => Promise<string>;
  /** `workflow.failures` of a run: made from its history. */
  readonly failures: (execution: string) => Promise<JsonValue>;
  /** Whether the run is being shut down, and how. */
  readonly shutdown: (run: string) => Promise<'Stop' | 'Terminate' | undefined>;
  readonly readYaml: (text: string) => unknown;
  readonly fetch: typeof fetch;
  /** A secret's value, for headers of http templates. */
  readonly secret: (name: string, key: string) => Promise<string>;
  readonly now: () => number;
}

/** Fails the Task with Argo.Failed or Argo.Error; the cause is the outcome. */
export interface OutcomeError extends Error {
  readonly name: 'OutcomeError';
  readonly outcome: Outcome;
}

export function outcomeError(outcome: Outcome): OutcomeError {
  return Object.assign(new Error(outcome.message ?? outcome.phase), {
    name: 'OutcomeError',
    outcome,
  } as const);
}

export function isOutcomeError(thrown: unknown): thrown is OutcomeError {
  return thrown instanceof Error && thrown.name === 'OutcomeError';
}

/** One handler: a Lambda function on AWS. */
export type Handler = (payload: JsonObject, world: HandlerWorld) => Promise<JsonValue>;
