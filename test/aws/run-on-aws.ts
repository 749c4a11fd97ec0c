/**
 * Runs an uploaded workflow as AWS would: the deployed definition, functions behind JSON, tasks that answer
 * by token.
 */

import type { HistoryEvent } from '../../lib/asl/history-event.ts';
import type { StateMachine } from '../../lib/asl/state-machine.ts';
import type { RunRecord } from '../../lib/aws/run-index.ts';
import { readRunStatus } from '../../lib/aws/run-status.ts';
import { runStore } from '../../lib/aws/s3-blob-store.ts';
import { serveHandler } from '../../lib/aws/serve-handler.ts';
import { submitEvent } from '../../lib/aws/submit.ts';
import { readYamlValue } from '../../lib/compiler/1-parse/plain-value.ts';
import { handlers } from '../../lib/handlers/handlers.ts';
import { heedWrittenOrders } from '../../lib/handlers/heed-orders.ts';
import { taskSpecOf } from '../../lib/handlers/task-spec.ts';
import { isSuspendedError, isToldError } from '../../lib/handlers/world.ts';
import { nodeKey } from '../../lib/protocol/blob-store.ts';
import type { JsonObject, JsonValue } from '../../lib/protocol/json.ts';
import { type RunTaskArguments, TASK_TOKEN_ENV } from '../../lib/protocol/run-task.ts';
import { orderedTask, runOfOrder } from '../../lib/protocol/task-order.ts';
import type { TaskSpec } from '../../lib/protocol/task-spec.ts';
import {
  createTokens,
  type ExecutionResult,
  loadMachine,
  realClock,
  runExecution,
  type TaskRequest,
  taskError,
} from '../../lib/runtime/index.ts';
import type { RunStatus } from '../../lib/status/status.ts';
import type { FakeAws } from './fake-clients.ts';

/** What a task is started with. */
export interface StartedTask {
  readonly spec: TaskSpec;
  readonly node: string;
  /** The run's folder of the bucket. */
  readonly place: string;
  readonly token: string;
  readonly overrides: RunTaskArguments['Overrides'];
  /** Beside the task spec. */
  readonly write: (file: string, value: unknown) => Promise<void>;
  readonly taskArn: string;
}

/** Answers the token itself, and resolves or rejects as `ecs:runTask.sync` does without an answer. */
export type TaskRun = (task: StartedTask) => Promise<JsonValue>;

export interface RunOnAws {
  readonly record: RunRecord;
  readonly execution: ExecutionResult;
  readonly status: RunStatus;
}

export async function runOnAws(aws: FakeAws, key: string, text: string, run: TaskRun): Promise<RunOnAws> {
  const { runs, diagnostics } = await submitEvent(aws.world, aws.upload(key, text));
  const [record] = runs;
  if (record === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return await execute(aws, record, run);
}

/** The execution that was started for a run; its row is not closed. */
export async function execute(aws: FakeAws, record: RunRecord, run: TaskRun): Promise<RunOnAws> {
  const tokens = createTokens();
  aws.listener.answered = ({ token, output, error, cause }) => {
    if (output !== undefined) tokens.sendTaskSuccess(token, JSON.parse(output) as JsonValue);
    else tokens.sendTaskFailure(token, error ?? '', cause);
  };
  const histories = new Map<string, readonly HistoryEvent[]>();
  let children = 0;
  const interpret = async (arn: string, name: string, input: JsonValue): Promise<ExecutionResult> => {
    const stateMachineName = arn.split(':').at(-1) ?? '';
    const deployed = [...aws.machines.values()].find(({ name: one }) => one === stateMachineName);
    const loaded = loadMachine(JSON.parse(deployed?.definition ?? '{}') as StateMachine);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings.slice(0, 3)));
    const tasks = { run: (request: TaskRequest) => doTask(request) };
    const options = { input, name, clock: realClock(), tokens, tasks, stateMachineName };
    return await runExecution(loaded.machine, options);
  };
  const doTask = async (request: TaskRequest): Promise<JsonValue> => {
    const given = request.arguments as JsonObject;
    if (request.resource.includes(':lambda:')) return await invoke(aws, given);
    if (request.resource.includes(':ecs:runTask'))
      return await run(await startedTask(aws, given).catch(asTold));
    children += 1;
    const child = await interpret(
      String(given['StateMachineArn']),
      `child-${children}`,
      given['Input'] ?? {},
    );
    histories.set(child.executionArn, child.events);
    request.submitted({ ExecutionArn: child.executionArn });
    if (child.status !== 'SUCCEEDED') throw taskError('States.TaskFailed', JSON.stringify(child.error));
    return { ExecutionArn: child.executionArn, Output: child.output ?? null };
  };
  const started = aws.executions.get(record.executionArn ?? '');
  const execution = await interpret(
    record.machineArn,
    record.executionName,
    JSON.parse(started?.input ?? '{}') as JsonValue,
  );
  const { error, cause } = execution;
  const end = { status: execution.status, ...(error && { error }), ...(cause && { cause }) };
  aws.end(record.executionArn ?? '', end);
  aws.histories.set(record.executionArn ?? '', execution.events);
  for (const [arn, events] of histories) aws.histories.set(arn, events);
  const status = await readRunStatus({ ...aws.clients, ...aws.world }, record);
  return { record, execution, status };
}

/** What a function throws arrives as Lambda tells it. */
async function invoke(aws: FakeAws, given: JsonObject): Promise<JsonValue> {
  const handler = handlers[String(given['FunctionName']).slice('argosy-'.length)];
  if (handler === undefined) throw taskError('Lambda.ResourceNotFoundException');
  try {
    const answer = await serveHandler(
      handler,
      aws.world,
    )(JSON.parse(JSON.stringify(given['Payload'])) as JsonObject);
    return { StatusCode: 200, Payload: JSON.parse(JSON.stringify(answer)) as JsonValue };
  } catch (thrown) {
    const { name, message } = thrown as Error;
    throw taskError(name, JSON.stringify({ errorType: name, errorMessage: message, trace: [] }));
  }
}

/** As the task itself would answer, of what keeps it from starting. */
function asTold(thrown: unknown): never {
  if (isSuspendedError(thrown)) throw taskError(thrown.name, thrown.message);
  if (isToldError(thrown)) throw taskError(thrown.error, JSON.stringify(thrown.told));
  throw thrown;
}

let count = 0;

async function startedTask(aws: FakeAws, given: JsonObject): Promise<StartedTask> {
  const args = given as unknown as RunTaskArguments;
  const { node, order } = orderedTask(args);
  if (order === undefined) throw new Error('the task has no order');
  const variables = args.Overrides.ContainerOverrides.flatMap((one) => one.Environment);
  const blobs = runStore(aws.world.blobs, runOfOrder(order) ?? '');
  await heedWrittenOrders(order, blobs);
  const spec = await taskSpecOf(order, { blobs, bundle: aws.world.bundle, readYaml: readYamlValue });
  count += 1;
  return {
    spec,
    node,
    overrides: args.Overrides,
    place: `runs/${runOfOrder(order)}/`,
    token: variables.find(({ Name }) => Name === TASK_TOKEN_ENV)?.Value ?? '',
    write: (file, value) => blobs.put(nodeKey(spec.run, spec.nodeId, file), JSON.stringify(value)),
    taskArn: `arn:aws:ecs:us-east-1:123456789012:task/argosy-cluster/${count}`,
  };
}
