/** The interpreter's interface: what a run is given and what it answers. */

import type { HistoryEvent } from '../asl/history-event.ts';
import type { JsonValue } from '../asl/json.ts';
import type { Clock } from './clock.ts';
import type { ObjectReader } from './object-reader.ts';
import type { Payloads } from './payloads.ts';
import type { PreparedBlock } from './prepared.ts';
import type { TaskHost } from './task-host.ts';
import type { TokenRegistry } from './tokens.ts';

export interface RunOptions {
  readonly input: JsonValue;
  /** The execution's name; part of its ARN. */
  readonly name: string;
  readonly stateMachineName?: string;
  readonly clock: Clock;
  readonly tasks: TaskHost;
  readonly tokens: TokenRegistry;
  /** Aborting stops the execution as StopExecution does; a TaskError as reason gives its error and cause. */
  readonly signal?: AbortSignal;
  /** Source of `$random()` and of the jitter of retries, in [0, 1). */
  readonly random?: () => number;
  /** Source of `$uuid()`, of task tokens and of the names of a Map Run's children. */
  readonly uuid?: () => string;
  readonly onEvent?: (event: HistoryEvent) => void;
  /** Called as each child execution of a Distributed Map starts; the answer hears the child's events. */
  readonly onChild?: (child: ChildExecution) => ((event: HistoryEvent) => void) | undefined;
  /** The objects that ItemReader reads and ResultWriter writes. */
  readonly objects?: ObjectReader;
}

export interface ChildExecution {
  readonly executionArn: string;
  readonly name: string;
  readonly mapRunArn: string;
  readonly parentArn: string;
  readonly index: number;
}

/** What a Distributed Map asks of the interpreter for each of its children. */
export interface ChildRequest {
  readonly child: ChildExecution;
  readonly block: PreparedBlock;
  readonly machineName: string;
  readonly input: JsonValue;
  readonly options: RunOptions;
  /** The parent's: thousands of weak maps, one set a child, would keep the garbage collector busy. */
  readonly payloads: Payloads;
  readonly onCancel: (listener: () => void) => () => void;
}

export type ExecutionStatus = 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

export interface ExecutionResult {
  readonly status: ExecutionStatus;
  readonly output?: JsonValue;
  readonly error?: string;
  readonly cause?: string;
  readonly events: readonly HistoryEvent[];
  readonly executionArn: string;
}
