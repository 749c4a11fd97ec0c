/**
 * Ends runs whose execution has ended: exit handlers that it could not run itself, stray tasks, locks, the
 * run's row.
 */

import type { Bundle } from '../evaluate/bundle.ts';
import type { JsonObject, JsonValue } from '../protocol/json.ts';
import type { Outcome } from '../protocol/outcome.ts';
import { type AwsWorld, handlerWorld } from './aws-world.ts';
import { asBag, asText, parsedJson } from './bag.ts';
import type { ExecutionInfo, ExecutionStatus } from './clients.ts';
import { noteEnd } from './cron-state.ts';
import { deleteJobs } from './delete-jobs.ts';
import { ensureMachine } from './machines.ts';
import type { RunEnd, RunRecord } from './run-index.ts';
import { executionName } from './run-names.ts';
import { started } from './start-execution.ts';
import { stopTasks } from './stop-tasks.ts';

export type Ended = 'ignored' | 'exit handler started' | 'closed';

/** https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
export async function endRun(world: AwsWorld, event: unknown): Promise<Ended> {
  const detail = asBag(asBag(event)['detail']);
  const executionArn = asText(detail['executionArn']);
  const status = asText(detail['status']) as ExecutionStatus | undefined;
  if (executionArn === undefined || status === undefined || status === 'RUNNING') return 'ignored';
  // Large inputs and outputs are left out of events, and events come late: what counts is the execution
  // itself.
  const execution = await world.clients.states.describeExecution(executionArn);
  if (execution === undefined || execution.status === 'RUNNING') return 'ignored';
  const uid = asText(asBag(asBag(parsedJson(execution.input))['workflow'])['uid']);
  const record = uid === undefined ? undefined : await world.runs.get(uid);
  if (record === undefined || record.finishedAt !== undefined) return 'ignored';
  if (executionArn === record.exitExecutionArn) return await close(world, record);
  if (execution.name !== record.executionName) return 'ignored';
  if (record.executionArn === undefined) await world.runs.started(record.uid, executionArn);
  const known = { ...record, executionArn };
  if (endedInOrder(execution)) return await close(world, known, execution);
  // What the exit handler does is not to be cleared when the event comes a second time, be it at the same moment.
  if (record.exitExecutionArn !== undefined) return await runExitHandler(world, known, execution);
  if (!(await world.runs.beginEnd(known.uid))) return 'ignored';
  try {
    await clear(world, known.uid);
    return await runExitHandler(world, known, execution);
  } catch (thrown) {
    await world.runs.giveUpEnd(known.uid);
    throw thrown;
  }
}

async function runExitHandler(world: AwsWorld, known: RunRecord, execution: ExecutionInfo): Promise<Ended> {
  const exit = await exitExecution(world, known, execution);
  if (exit === undefined) return await close(world, known, execution);
  // Written down before it starts, so that its end finds the run.
  await world.runs.exitStarted(known.uid, exit.executionArn);
  const before = await world.clients.states.describeExecution(exit.executionArn);
  if (before === undefined) await started(world, exit.machineArn, exit.name, exit.input);
  if (before === undefined || before.status === 'RUNNING') return 'exit handler started';
  return await close(world, { ...known, exitExecutionArn: exit.executionArn }, execution);
}

/** The machine came to its verdict, behind its exit handler. */
function endedInOrder({ status, error }: ExecutionInfo): boolean {
  return status === 'SUCCEEDED' || (status === 'FAILED' && error?.startsWith('Argo.') === true);
}

/** Nothing of what went on in the execution may outlive it. */
async function clear(world: AwsWorld, uid: string): Promise<void> {
  await stopTasks(world, uid, 'the run has ended');
  await deleteJobs(world, uid);
  for (const { node } of await world.suspensions.list(uid)) await world.suspensions.take(uid, node);
  await world.locks.releaseRun(uid);
}

/** The row is closed last: whatever is lost before that is done again when the event comes again. */
async function close(world: AwsWorld, record: RunRecord, known?: ExecutionInfo): Promise<Ended> {
  if (!(await world.runs.end(record))) return 'ignored';
  await clear(world, record.uid);
  const execution = known ?? (await world.clients.states.describeExecution(record.executionArn ?? ''));
  const isFirst = await world.runs.close(record, endOf(record, execution, world.clients.now()));
  // Of a run that is tried again the first end counts.
  if (isFirst && record.cron !== undefined && record.earlierExecutions === undefined)
    await noteEnd(world, record.cron, endOf(record, execution, 0).phase);
  return 'closed';
}

/** In the words of lib/status. */
function endOf(record: RunRecord, execution: ExecutionInfo | undefined, now: number): RunEnd {
  const finishedAt = (execution?.stoppedAt ?? new Date(now)).toISOString();
  const { status, error, cause } = execution ?? {};
  if (status === 'SUCCEEDED') return { phase: 'Succeeded', finishedAt };
  if (record.shutdown !== undefined)
    return { phase: 'Failed', message: `Stopped with strategy '${record.shutdown}'`, finishedAt };
  if (status === 'ABORTED') return { phase: 'Failed', message: 'execution aborted', finishedAt };
  const told = asText(asBag(parsedJson(cause))['message']);
  if (error?.startsWith('Argo.'))
    return {
      phase: error === 'Argo.Failed' ? 'Failed' : 'Error',
      ...(told && { message: told }),
      finishedAt,
    };
  return { phase: 'Error', message: [error ?? status, cause].filter(Boolean).join(': '), finishedAt };
}

interface ExitExecution {
  readonly machineArn: string;
  readonly name: string;
  readonly input: string;
  readonly executionArn: string;
}

/**
 * The exit handler as an execution of a machine that can be aimed at it; undefined when there is none to
 * run.
 */
async function exitExecution(
  world: AwsWorld,
  record: RunRecord,
  execution: ExecutionInfo,
): Promise<ExitExecution | undefined> {
  const bundle = await world.bundle(record.bundle);
  const { onExit } = bundle;
  if (onExit === undefined || record.shutdown === 'Terminate') return undefined;
  const node = `${record.name}.onExit`;
  const end = endOf(record, execution, world.clients.now());
  const { phase, message } = end;
  const outcome: Outcome = {
    node: record.name,
    phase: phase === 'Failed' ? 'Failed' : 'Error',
    ...(message && { message }),
  };
  const call = await callOf(world, record, onExit, node, outcome);
  if (call === undefined) return undefined;
  const machineArn = await exitMachine(world, bundle, onExit, record);
  const input: JsonObject = {
    workflow: record.run as unknown as JsonValue,
    target: onExit,
    node,
    inputs: call['inputs'] ?? {},
    globals: [],
    exit: call['exit'] ?? null,
    capture: false,
    depth: 0,
  };
  const name = executionName(`${record.name}-onExit`, record.executionName.slice(-12));
  const executionArn = `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  return { machineArn, name, input: JSON.stringify(input), executionArn };
}

/** The handler's arguments, as the machine itself would have asked for them. */
async function callOf(
  world: AwsWorld,
  record: RunRecord,
  template: string,
  node: string,
  outcome: Outcome,
): Promise<JsonObject | undefined> {
  // Only runs that were ended from outside need this, and what compiles their exit handler.
  const { evaluate } = await import('../handlers/evaluate.ts');
  const answer = await evaluate(
    {
      op: 'enter',
      machine: record.bundle,
      template,
      node,
      hook: 'exit',
      outcome: outcome as unknown as JsonValue,
      execution: record.executionArn ?? '',
      scope: { run: record.run as unknown as JsonValue, inputs: {}, outcomes: {}, globals: [] },
    },
    handlerWorld(world, record.uid),
  );
  const call = asBag(answer) as JsonObject;
  return call['kind'] === 'call' ? call : undefined;
}

async function exitMachine(
  world: AwsWorld,
  bundle: Bundle,
  onExit: string,
  record: RunRecord,
): Promise<string> {
  const options = { prefix: world.environment.prefix, targets: [onExit], isStaged: true };
  const { emitFitted } = await import('../compiler/4-emit/fit.ts');
  const emitted = emitFitted(bundle, options, ({ template }) => template);
  return await ensureMachine(world, { ...emitted, bundle }, `${record.generateName ?? record.name}-onExit`);
}
