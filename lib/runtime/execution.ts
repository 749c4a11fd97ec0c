/** Runs one execution from its first event to its last. */

import { randomUUID } from 'node:crypto';
import type { HistoryEvent } from '../asl/history-event.ts';
import type { JsonValue } from '../asl/json.ts';
import { type CancelScope, createCancelScope } from './cancel-scope.ts';
import type { Clock } from './clock.ts';
import { createHistory, type History, type Trail } from './history.ts';
import type { ChildRequest, ExecutionResult, ExecutionStatus, RunOptions } from './interface.ts';
import { createPayloads, type Payloads } from './payloads.ts';
import type { LoadedMachine, PreparedBlock } from './prepared.ts';
import { runBlock } from './run-states.ts';
import { Cancelled, dataLimitExceeded, ERRORS, StateFailure } from './state-failure.ts';
import { isTaskError } from './task-host.ts';
import { innerVariables, machineArn, NOT_TRUNCATED, ROLE_ARN, type Run, statesArn } from './visit.ts';

/** Never rejects: what goes wrong is in the result. */
export function runExecution(machine: LoadedMachine, options: RunOptions): Promise<ExecutionResult> {
  const machineName = options.stateMachineName ?? 'local';
  return execute({
    block: machine.block,
    machineName,
    name: options.name,
    arn: statesArn('execution', `${machineName}:${options.name}`),
    input: options.input,
    payloads: createPayloads(),
    timeoutSeconds: machine.definition.TimeoutSeconds,
    options,
    onEvent: options.onEvent,
    listenForStop: (stop) => listenTo(options.signal, stop),
  });
}

function runChild(request: ChildRequest): Promise<ExecutionResult> {
  const { child, options } = request;
  return execute({
    ...request,
    name: child.name,
    arn: child.executionArn,
    timeoutSeconds: undefined,
    onEvent: options.onChild?.(child),
    listenForStop: (stop) => request.onCancel(() => stop({})),
  });
}

interface Stop {
  readonly error?: string;
  readonly cause?: string;
}

interface Plan {
  readonly block: PreparedBlock;
  readonly machineName: string;
  readonly name: string;
  readonly arn: string;
  readonly input: JsonValue;
  readonly payloads: Payloads;
  readonly timeoutSeconds: number | undefined;
  readonly options: RunOptions;
  readonly onEvent: ((event: HistoryEvent) => void) | undefined;
  readonly listenForStop: (stop: (why: Stop) => void) => () => void;
}

interface Ending extends Stop {
  readonly status: ExecutionStatus;
  readonly output?: JsonValue;
}

async function execute(plan: Plan): Promise<ExecutionResult> {
  const { options } = plan;
  const { clock } = options;
  const root = createCancelScope();
  let ending: Ending | undefined;
  /** The first reason to end the execution from outside is the one that counts. */
  const endBy = (why: Ending) => {
    ending ??= why;
    root.cancel();
  };
  const history = createHistory({ now: clock.now, onEvent: plan.onEvent, onFull: () => endBy(HISTORY_FULL) });
  const trail: Trail = { last: 0 };
  const run = createRun(plan, history);
  writeStart(run);
  const stopListening = plan.listenForStop((why) => endBy({ status: 'ABORTED', ...why }));
  const stopTimer = startTimer(clock, plan.timeoutSeconds, () =>
    endBy({ status: 'TIMED_OUT', error: ERRORS.timeout }),
  );
  const own = await runToEnd(run, plan.block, trail, root);
  stopTimer();
  stopListening();
  const ended = ending ?? own;
  writeEnd(run, trail, ended);
  return { ...ended, events: history.events, executionArn: plan.arn };
}

function startTimer(clock: Clock, seconds: number | undefined, expire: () => void): () => void {
  if (seconds === undefined) return () => {};
  const controller = new AbortController();
  clock.sleep(seconds * 1000, controller.signal).then(expire, () => {});
  return () => controller.abort();
}

const HISTORY_FULL: Ending = {
  status: 'FAILED',
  error: ERRORS.runtime,
  cause: 'The execution reached the maximum number of history events (25000).',
};

function createRun(plan: Plan, history: History): Run {
  const { options, payloads, arn, name, machineName } = plan;
  const { clock } = options;
  const input = payloads.adopt(plan.input) ?? null;
  const timeText = isoTexts();
  return {
    options,
    arn,
    name,
    machineName,
    input,
    context: {
      Id: arn,
      Input: input,
      Name: name,
      RoleArn: ROLE_ARN,
      StartTime: timeText(clock.now()),
      RedriveCount: 0,
    },
    machineContext: { Id: machineArn(machineName), Name: machineName },
    clock,
    timeText,
    random: options.random ?? Math.random,
    uuid: options.uuid ?? randomUUID,
    history,
    payloads,
    runBlock,
    runChild,
  };
}

/** Many states are entered within a millisecond, and a date costs as much as a state. */
function isoTexts(): (at: number) => string {
  let last = Number.NaN;
  let text = '';
  return (at) => {
    if (at !== last) text = new Date(at).toISOString();
    last = at;
    return text;
  };
}

async function runToEnd(run: Run, block: PreparedBlock, trail: Trail, cancel: CancelScope): Promise<Ending> {
  try {
    if (run.payloads.isTooLarge(run.input)) throw dataLimitExceeded(run.name);
    const frame = { run, variables: innerVariables(undefined), trail, cancel, mapItem: undefined };
    return { status: 'SUCCEEDED', output: await runBlock(block, run.input, frame) };
  } catch (thrown) {
    if (thrown instanceof StateFailure) {
      const { error, reason } = thrown;
      return failed(error, reason);
    }
    // Only an ending from outside cancels the root, and that one is told by whoever brought it about.
    if (thrown instanceof Cancelled) return { status: 'ABORTED' };
    return failed(ERRORS.runtime, thrown instanceof Error ? thrown.message : String(thrown));
  }
}

function failed(error: string | undefined, cause: string | undefined): Ending {
  return {
    status: 'FAILED',
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  };
}

function writeStart(run: Run): void {
  const { payloads, input } = run;
  const details = {
    get input() {
      return payloads.text(input);
    },
    inputDetails: NOT_TRUNCATED,
    roleArn: ROLE_ARN,
  };
  run.history.add('ExecutionStarted', 0, { executionStartedEventDetails: details });
}

function writeEnd(run: Run, trail: Trail, ending: Ending): void {
  const { history, payloads } = run;
  const { status, error, cause, output = null } = ending;
  const why = { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
  switch (status) {
    case 'SUCCEEDED': {
      const details = {
        get output() {
          return payloads.text(output);
        },
        outputDetails: NOT_TRUNCATED,
      };
      history.follow(trail, 'ExecutionSucceeded', { executionSucceededEventDetails: details });
      return;
    }
    case 'FAILED':
      history.follow(trail, 'ExecutionFailed', { executionFailedEventDetails: why });
      return;
    case 'ABORTED':
      history.follow(trail, 'ExecutionAborted', { executionAbortedEventDetails: why });
      return;
    case 'TIMED_OUT':
      history.follow(trail, 'ExecutionTimedOut', { executionTimedOutEventDetails: why });
  }
}

function listenTo(signal: AbortSignal | undefined, stop: (why: Stop) => void): () => void {
  if (signal === undefined) return () => {};
  const aborted = () => {
    const { reason } = signal;
    const { error, cause } = isTaskError(reason) ? reason : { error: undefined, cause: undefined };
    stop({ ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) });
  };
  if (signal.aborted) aborted();
  else signal.addEventListener('abort', aborted, { once: true });
  return () => signal.removeEventListener('abort', aborted);
}
