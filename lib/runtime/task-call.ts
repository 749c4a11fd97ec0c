/**
 * Calls the task host once and waits for what ends the call: its answer, the token's, a timeout, a
 * cancellation.
 */

import type { CancelScope } from './cancel-scope.ts';
import { ERRORS } from './state-failure.ts';
import { isTaskError, type TaskRequest } from './task-host.ts';
import type { TokenAnswer } from './tokens.ts';
import type { Run } from './visit.ts';

export type TaskOutcome =
  | { readonly kind: 'succeeded'; readonly output: unknown }
  | { readonly kind: 'failed'; readonly error: string; readonly cause: string | undefined }
  | { readonly kind: 'timedOut'; readonly error: string; readonly cause: string | undefined }
  | { readonly kind: 'cancelled' };

export interface TaskCall {
  readonly request: Omit<TaskRequest, 'signal' | 'submitted'>;
  /** Whether the answer of the host is only that of the initial call. */
  readonly endsByToken: boolean;
  /** Written for jobs and for calls that wait for their token. */
  readonly writeSubmitted: ((output: unknown) => void) | undefined;
}

export async function callTask(run: Run, cancel: CancelScope, call: TaskCall): Promise<TaskOutcome> {
  const { tasks, tokens } = run.options;
  const { taskToken } = call.request;
  const work = lazyController();
  const timers = lazyController();
  let isSubmitted = false;
  let isReturned = false;
  let isOver = false;
  const submit = (output: unknown) => {
    if (isSubmitted || isOver) return;
    isSubmitted = true;
    call.writeSubmitted?.(output);
  };

  let stopListening: (() => void) | undefined;
  const outcome = await new Promise<TaskOutcome>((settle) => {
    stopListening = cancel.onCancel(() => settle({ kind: 'cancelled' }));
    if (taskToken !== undefined) {
      const answered = (answer: TokenAnswer) => {
        const end = () => {
          submit({});
          settle(outcomeOf(answer));
        };
        // A handler that answers its own token gets a turn to return what belongs into TaskSubmitted.
        if (isReturned || isSubmitted || !call.endsByToken) end();
        else run.clock.sleep(0, timers.signal()).then(end, end);
      };
      const heartbeat = watchHeartbeat(run, call.request.heartbeatSeconds, timers.signal, settle);
      tokens.open(taskToken, { answered, heartbeat });
    }
    invoke(() => tasks.run(requestOf(call, work, submit))).then(
      (output) => {
        isReturned = true;
        submit(call.endsByToken ? output : {});
        if (!call.endsByToken) settle({ kind: 'succeeded', output });
      },
      (thrown: unknown) => {
        isReturned = true;
        settle({ kind: 'failed', ...errorOf(thrown) });
      },
    );
    watchTimeout(run, call.request.timeoutSeconds, timers.signal, settle);
  });
  isOver = true;
  stopListening?.();
  timers.abort();
  if (taskToken !== undefined) tokens.close(taskToken);
  // A call that has returned and whose token was answered is over; nothing is left to stop.
  const isAnswered = outcome.kind === 'succeeded' || outcome.kind === 'failed';
  if (!isReturned || !isAnswered) work.abort(new Error(`The task is no longer wanted: ${outcome.kind}`));
  return outcome;
}

interface LazyController {
  signal(): AbortSignal;
  abort(reason?: Error): void;
}

/**
 * Most calls need no timer and most hosts never look at the signal, and making one costs as much as a state.
 */
function lazyController(): LazyController {
  let controller: AbortController | undefined;
  let aborted: { readonly reason: Error | undefined } | undefined;
  return {
    signal: () => {
      controller ??= new AbortController();
      if (aborted !== undefined) controller.abort(aborted.reason);
      return controller.signal;
    },
    abort: (reason) => {
      aborted ??= { reason };
      controller?.abort(reason);
    },
  };
}

function requestOf(call: TaskCall, work: LazyController, submitted: (output: unknown) => void): TaskRequest {
  return {
    ...call.request,
    submitted,
    get signal() {
      return work.signal();
    },
  };
}

/** Also turns what the host throws at once into a rejection. */
async function invoke<T>(call: () => Promise<T>): Promise<T> {
  return call();
}

function outcomeOf(answer: TokenAnswer): TaskOutcome {
  if (answer.kind === 'success') return { kind: 'succeeded', output: answer.output };
  return { kind: 'failed', error: answer.error, cause: answer.cause };
}

function errorOf(thrown: unknown): { readonly error: string; readonly cause: string | undefined } {
  if (isTaskError(thrown)) return { error: thrown.error, cause: thrown.cause };
  return { error: ERRORS.taskFailed, cause: thrown instanceof Error ? thrown.message : String(thrown) };
}

type Settle = (outcome: TaskOutcome) => void;

const ignore = () => {};

function watchTimeout(
  run: Run,
  seconds: number | undefined,
  signal: () => AbortSignal,
  settle: Settle,
): void {
  if (seconds === undefined) return;
  const expire = () => settle({ kind: 'timedOut', error: ERRORS.timeout, cause: undefined });
  run.clock.sleep(seconds * 1000, signal()).then(expire, ignore);
}

/** Answers the function to call at each heartbeat. */
function watchHeartbeat(
  run: Run,
  seconds: number | undefined,
  signal: () => AbortSignal,
  settle: Settle,
): () => void {
  if (seconds === undefined) return ignore;
  let last = run.clock.now();
  const watch = async () => {
    for (;;) {
      const left = last + seconds * 1000 - run.clock.now();
      if (left <= 0) return settle({ kind: 'timedOut', error: ERRORS.heartbeatTimeout, cause: undefined });
      await run.clock.sleep(left, signal());
    }
  };
  watch().catch(ignore);
  return () => {
    last = run.clock.now();
  };
}
