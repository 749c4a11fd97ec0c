/**
 * The few calls of AWS that the runtime makes, as functions: the SDK stands behind them, or a test's own
 * stub.
 */
import type { HistoryEvent } from '../asl/history-event.ts';
import type { Credentials } from '../kubernetes/eks-token.ts';
import type { JsonObject, JsonValue } from '../protocol/json.ts';
import type { Table } from './table.ts';

export interface ObjectInfo {
  readonly key: string;
  readonly size: number;
  readonly versionId?: string;
  readonly etag?: string;
  readonly lastModified?: Date;
}

export interface StoredObject extends ObjectInfo {
  readonly body: Uint8Array;
}

/** S3. What is not there is undefined, and no error. */
export interface Objects {
  get(bucket: string, key: string, versionId?: string): Promise<StoredObject | undefined>;
  head(bucket: string, key: string): Promise<ObjectInfo | undefined>;
  getFile(bucket: string, key: string, file: string): Promise<boolean>;
  put(bucket: string, key: string, body: Uint8Array | string): Promise<void>;
  putFile(bucket: string, key: string, file: string): Promise<void>;
  list(bucket: string, prefix: string): Promise<readonly ObjectInfo[]>;
  delete(bucket: string, key: string): Promise<void>;
}

export interface ExecutionInfo {
  readonly executionArn: string;
  readonly name: string;
  readonly machineArn: string;
  readonly status: ExecutionStatus;
  readonly startedAt: Date;
  readonly stoppedAt?: Date;
  readonly input?: string;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

export type ExecutionStatus =
  | 'RUNNING'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'TIMED_OUT'
  | 'ABORTED'
  | 'PENDING_REDRIVE';

export interface NewMachine {
  readonly name: string;
  readonly definition: string;
  readonly roleArn: string;
  readonly logGroupArn: string;
}

/** Step Functions. */
export interface States {
  sendTaskSuccess(token: string, output: string): Promise<void>;
  sendTaskFailure(token: string, error: string, cause: string): Promise<void>;
  startExecution(machineArn: string, name: string, input: string): Promise<{ readonly executionArn: string }>;
  stopExecution(executionArn: string, error: string, cause: string): Promise<void>;
  describeExecution(executionArn: string): Promise<ExecutionInfo | undefined>;
  /** A page of at most 1,000 events. */
  history(
    executionArn: string,
    nextToken?: string,
  ): Promise<{ readonly events: readonly HistoryEvent[]; readonly nextToken?: string }>;
  /** Logging ALL with execution data, and X-Ray. */
  createStateMachine(machine: NewMachine): Promise<{ readonly machineArn: string }>;
}

export interface RunningTask {
  readonly taskArn: string;
  readonly startedBy?: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Environment that RunTask put over that of the containers. */
  readonly environment: Readonly<Record<string, string>>;
}

/** ECS. */
export interface Tasks {
  /** Answers the ARN with its revision. */
  register(definition: JsonObject): Promise<string>;
  /** Tasks that have not stopped. */
  running(cluster: string): Promise<readonly RunningTask[]>;
  stop(cluster: string, taskArn: string, reason: string): Promise<void>;
}

export interface ScheduleInfo {
  readonly name: string;
  readonly expression: string;
  readonly timezone: string;
  readonly enabled: boolean;
  readonly description: string;
  readonly input: string;
  readonly targetArn: string;
  readonly roleArn: string;
}

/** EventBridge Scheduler. */
export interface Schedules {
  /** Creates or replaces. */
  put(group: string, schedule: ScheduleInfo): Promise<void>;
  delete(group: string, name: string): Promise<void>;
  /** Names that begin so. */
  list(group: string, prefix: string): Promise<readonly string[]>;
}

/** Secrets Manager: the text of a secret. */
export type SecretText = (name: string) => Promise<string | undefined>;

export interface AwsClients {
  readonly table: Table;
  readonly objects: Objects;
  readonly states: States;
  readonly tasks: Tasks;
  readonly schedules: Schedules;
  readonly secret: SecretText;
  /** Of this process, for what is signed by hand. */
  readonly credentials: () => Promise<Credentials>;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  /** Resolves after so many milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** One line of the function's log. */
  readonly log: (entry: { readonly [key: string]: JsonValue }) => void;
}

/** Errors of AWS are told apart by their name alone. */
export function isNamed(thrown: unknown, ...names: readonly string[]): boolean {
  return thrown instanceof Error && names.includes(thrown.name);
}
