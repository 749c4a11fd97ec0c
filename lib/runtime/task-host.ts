/** What the interpreter asks of whoever does the work of Task states. */

import type { JsonValue } from '../asl/json.ts';

export interface TaskRequest {
  /** The Task state's `Resource`, whole. */
  readonly resource: string;
  readonly arguments: JsonValue;
  readonly stateName: string;
  readonly executionArn: string;
  readonly executionName: string;
  /** There for `.waitForTaskToken` and `.sync` resources and for activities. */
  readonly taskToken?: string;
  readonly timeoutSeconds?: number;
  readonly heartbeatSeconds?: number;
  /**
   * Aborted when the answer is no longer wanted: timeout, failed sibling, end of the execution, token
   * answered.
   */
  readonly signal: AbortSignal;
  /** For `.sync`: the job was accepted; becomes the event TaskSubmitted. */
  readonly submitted: (output: JsonValue) => void;
}

export interface TaskHost {
  /**
   * Resolves to the result (for `.waitForTaskToken`: to the answer of the initial call); rejects with a
   * TaskError. Whatever else it rejects with becomes `States.TaskFailed`.
   */
  run(request: TaskRequest): Promise<JsonValue>;
}

export interface TaskError extends Error {
  readonly name: 'TaskError';
  readonly error: string;
  readonly cause: string | undefined;
}

/**
 * Error names longer than 256 and causes longer than 32,768 characters are refused by AWS's API, so cut here.
 */
export function taskError(error: string, cause?: string): TaskError {
  const fields = { name: 'TaskError', error: error.slice(0, 256), cause: cause?.slice(0, 32_768) } as const;
  return Object.assign(new Error(cause === undefined ? error : `${error}: ${cause}`), fields);
}

export function isTaskError(thrown: unknown): thrown is TaskError {
  return thrown instanceof Error && thrown.name === 'TaskError' && 'error' in thrown;
}
