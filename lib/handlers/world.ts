/** What handlers may touch: given by the Lambda's surroundings on AWS, by the local runner here. */
import type { Bundle } from '../evaluate/bundle.ts';
import type { RunContext } from '../evaluate/requests.ts';
import type { KubernetesApi } from '../kubernetes/api.ts';
import type { BlobStore } from '../protocol/blob-store.ts';
import type { JsonObject, JsonValue } from '../protocol/json.ts';
import {
  ARGO_ERROR,
  type ARGO_ERRORS,
  ARGO_FAILED,
  ARGO_NOT_STARTED,
  GROUP_ERROR,
  type GroupFault,
  hasErred,
  type Outcome,
  SUSPENDED,
} from '../protocol/outcome.ts';
import type { JobOfLeaf } from '../protocol/run-job.ts';
import type { TaskDefinition } from '../protocol/run-task.ts';
import type { InputArtifact, TaskSpec } from '../protocol/task-spec.ts';
import type { AnswerToken } from '../store/answer.ts';
import type { Gates } from '../store/gates.ts';
import type { Locks } from '../store/locks.ts';
import type { MemoCache } from '../store/memo-cache.ts';
import type { Suspensions } from '../store/suspensions.ts';

/** What was said to a run since it started. */
export interface Orders {
  readonly shutdown?: 'Stop' | 'Terminate';
  /** Nothing that has not started yet may start. */
  readonly suspended?: boolean;
}

export interface HandlerWorld {
  readonly bundle: (id: string) => Promise<Bundle>;
  readonly blobs: BlobStore;
  /** A key of `blobs` as it is found from outside of the run. */
  readonly address: (key: string) => string;
  readonly gates: Gates;
  readonly locks: Locks;
  readonly suspensions: Suspensions;
  readonly memo: MemoCache;
  /** Makes sure that a task definition of this content exists; answers the name to run it by. */
  readonly registerTaskDefinition: (definition: TaskDefinition) => Promise<string>;
  /** Puts what the runtime knows (images, the executor's settings) into the Job of a leaf on EKS. */
  readonly completeJob?: (job: JobOfLeaf, spec: TaskSpec) => Promise<JobOfLeaf>;
  /** The outcome that a node had in an earlier attempt at the run, where it counts as done. */
  readonly earlier: (run: RunContext, node: string) => Promise<Outcome | undefined>;
  /** `workflow.failures` of a run: made from its history. */
  readonly failures: (execution: string) => Promise<JsonValue>;
  readonly orders: (run: string) => Promise<Orders>;
  readonly answer: AnswerToken;
  readonly readYaml: (text: string) => unknown;
  readonly fetch: typeof fetch;
  /** A secret's value, for headers of http templates. */
  readonly secret: (name: string, key: string) => Promise<string>;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** The text of an input artifact, unpacked. Rejects with what is wrong with it. */
  readonly artifactText: (artifact: InputArtifact) => Promise<string>;
  /** The cluster that resource templates act on. @default none */
  readonly cluster?: Cluster;
}

export interface Cluster {
  readonly api: KubernetesApi;
  /** Of what names none. @default the run's own */
  readonly namespace?: string;
  /** How long one call may wait for a condition; then it is called again. @default as long as it takes */
  readonly patienceMs?: number;
}

/** Fails the Task with an error that the machine knows by name; the cause is what is told, as JSON. */
export interface ToldError extends Error {
  readonly name: 'ToldError';
  readonly error: (typeof ARGO_ERRORS)[number] | typeof GROUP_ERROR;
  readonly told: Outcome | GroupFault;
}

function toldError(error: ToldError['error'], told: ToldError['told'], message: string): ToldError {
  return Object.assign(new Error(message), { name: 'ToldError', error, told } as const);
}

/** The node ends with this outcome. */
export function outcomeError(outcome: Outcome): ToldError {
  return toldError(errorOf(outcome), outcome, outcome.message ?? outcome.phase);
}

function errorOf(outcome: Outcome): (typeof ARGO_ERRORS)[number] {
  if (outcome.phase === 'Failed') return ARGO_FAILED;
  return hasErred(outcome) ? ARGO_NOT_STARTED : ARGO_ERROR;
}

/** The group of steps that was to begin is Error as a whole. */
export function groupError(fault: GroupFault): ToldError {
  return toldError(GROUP_ERROR, fault, fault.error.group ?? fault.error.template ?? 'the group cannot begin');
}

export function isToldError(thrown: unknown): thrown is ToldError {
  return thrown instanceof Error && thrown.name === 'ToldError';
}

/** The Task is to be tried again once the run is resumed. */
export interface SuspendedError extends Error {
  readonly name: typeof SUSPENDED;
}

export function suspendedError(): SuspendedError {
  return Object.assign(new Error('the run is suspended'), { name: SUSPENDED } as const);
}

export function isSuspendedError(thrown: unknown): thrown is SuspendedError {
  return thrown instanceof Error && thrown.name === SUSPENDED;
}

/** One handler: a Lambda function on AWS. */
export type Handler = (payload: JsonObject, world: HandlerWorld) => Promise<JsonValue>;
