/**
 * Runs an uploaded workflow as AWS would: the deployed definition, functions behind JSON, tasks that answer
 * by token.
 */

import type { HistoryEvent } from '../../lib/asl/history-event.ts';
import type { StateMachine } from '../../lib/asl/state-machine.ts';
import { statusOfExecution } from '../../lib/aws/run-status.ts';
import { serveHandler } from '../../lib/aws/serve-handler.ts';
import { submitEvent } from '../../lib/aws/submit.ts';
import { handlers } from '../../lib/handlers/handlers.ts';
import type { JsonObject, JsonValue } from '../../lib/protocol/json.ts';
import {
  NODE_ENV,
  type RunTaskArguments,
  TASK_SPEC_ENV,
  TASK_TOKEN_ENV,
} from '../../lib/protocol/run-task.ts';
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
  readonly key: string;
  readonly token: string;
  /** Beside the task spec. */
  readonly write: (file: string, value: unknown) => Promise<void>;
  readonly taskArn: string;
}

/** Answers the token itself, and resolves or rejects as `ecs:runTask.sync` does without an answer. */
export type TaskRun = (task: StartedTask) => Promise<JsonValue>;

export interface RunOnAws {
  readonly execution: ExecutionResult;
  readonly status: RunStatus;
}

export async function runOnAws(aws: FakeAws, key: string, text: string, run: TaskRun): Promise<RunOnAws> {
  const { runs, diagnostics } = await submitEvent(aws.world, aws.upload(key, text));
  const [record] = runs;
  if (record === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const deployed = aws.machines.get(record.machineArn);
  const loaded = loadMachine(JSON.parse(deployed?.definition ?? '{}') as StateMachine);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings.slice(0, 3)));
  const tokens = createTokens();
  aws.listener.answered = ({ token, output, error, cause }) => {
    if (output !== undefined) tokens.sendTaskSuccess(token, JSON.parse(output) as JsonValue);
    else tokens.sendTaskFailure(token, error ?? '', cause);
  };
  const histories = new Map<string, readonly HistoryEvent[]>();
  const execute = async (name: string, input: JsonValue): Promise<ExecutionResult> => {
    const tasks = { run: (request: TaskRequest) => doTask(request) };
    const options = { input, name, clock: realClock(), tokens, tasks };
    return await runExecution(loaded.machine, options);
  };
  const doTask = async (request: TaskRequest): Promise<JsonValue> => {
    const given = request.arguments as JsonObject;
    if (request.resource.includes(':lambda:')) return await invoke(aws, given);
    if (request.resource.includes(':ecs:runTask')) return await run(await startedTask(aws, given));
    const child = await execute(`child-${histories.size}`, given['Input'] ?? {});
    histories.set(child.executionArn, child.events);
    request.submitted({ ExecutionArn: child.executionArn });
    if (child.status !== 'SUCCEEDED') throw taskError('States.TaskFailed', JSON.stringify(child.error));
    return { ExecutionArn: child.executionArn, Output: child.output ?? null };
  };
  const started = aws.executions.get(record.executionArn ?? '');
  const execution = await execute(record.executionName, JSON.parse(started?.input ?? '{}') as JsonValue);
  const { error, cause } = execution;
  const end = { status: execution.status, ...(error && { error }), ...(cause && { cause }) };
  aws.end(record.executionArn ?? '', end);
  const status = statusOfExecution(
    await aws.world.bundle(record.bundle),
    record.name,
    aws.executions.get(record.executionArn ?? ''),
    { events: execution.events, childHistory: (arn) => histories.get(arn) },
  );
  return { execution, status };
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

let count = 0;

async function startedTask(aws: FakeAws, given: JsonObject): Promise<StartedTask> {
  const overrides = (given as unknown as RunTaskArguments).Overrides.ContainerOverrides;
  const variables = overrides.find(({ Name }) => Name === 'wait')?.Environment ?? [];
  const variable = (name: string) => variables.find(({ Name }) => Name === name)?.Value ?? '';
  const key = variable(TASK_SPEC_ENV);
  count += 1;
  return {
    spec: JSON.parse(aws.text(key) ?? '{}') as TaskSpec,
    node: variable(NODE_ENV),
    key,
    token: variable(TASK_TOKEN_ENV),
    write: (file, value) =>
      aws.clients.objects.put('bucket', key.replace('task.json', file), JSON.stringify(value)),
    taskArn: `arn:aws:ecs:us-east-1:123456789012:task/argosy-cluster/${count}`,
  };
}
