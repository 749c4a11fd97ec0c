/** Task states of the box's machines: the integrations that our machines use, as Step Functions words their answers. */
import type { JsonObject, JsonValue } from '../../../lib/protocol/json.ts';
import { type TaskHost, type TaskRequest, taskError } from '../../../lib/runtime/index.ts';
import { describeTask, type Ecs } from './ecs.ts';
import type { Eks } from './eks.ts';
import { isAwsError, text } from './http.ts';
import type { Lambdas } from './lambda.ts';
import type { Execution, Machines } from './machines.ts';

export interface Integrations {
  readonly lambdas: Lambdas;
  readonly ecs: Ecs;
  readonly machines: () => Machines;
  /** Of a box with a cluster. */
  readonly eks?: Eks;
}

export function boxTaskHost(around: Integrations): TaskHost {
  return {
    async run(request) {
      const given = request.arguments as JsonObject;
      const api = request.resource.replace(/^arn:[^:]+:states:[^:]*:[^:]*:/, '').replace(/\..*$/, '');
      switch (api) {
        case 'lambda:invoke':
          return await invoke(around, given);
        case 'ecs:runTask':
          return await runTask(around, request, given);
        case 'states:startExecution':
          return await startExecution(around, request, given);
        case 'aws-sdk:ecs:stopTask':
          return stopTask(around, given);
        case 'eks:runJob':
        case 'eks:call':
          if (around.eks === undefined) break;
          return api === 'eks:call' ? await around.eks.call(given) : await around.eks.run(request, given);
        default:
      }
      throw taskError('States.Runtime', `the box has no ${request.resource}`);
    },
  };
}

async function invoke({ lambdas }: Integrations, given: JsonObject): Promise<JsonValue> {
  const name = text(given['FunctionName']);
  const { payload, functionError } = await lambdas
    .invoke(name, given['Payload'] ?? {})
    .catch((thrown: unknown) => {
      if (isAwsError(thrown)) throw taskError(`Lambda.${thrown.code}`, thrown.message);
      throw thrown;
    });
  // The cause is the whole error object of the function, as text.
  if (functionError !== undefined)
    throw taskError(text((payload as JsonObject)['errorType']), JSON.stringify(payload));
  return { ExecutedVersion: '$LATEST', Payload: payload, StatusCode: 200 };
}

async function runTask({ ecs }: Integrations, request: TaskRequest, given: JsonObject): Promise<JsonValue> {
  let task: ReturnType<Ecs['run']>;
  try {
    task = ecs.run(given);
  } catch (thrown) {
    if (!isAwsError(thrown)) throw thrown;
    throw taskError(`ECS.${thrown.code}`, thrown.message);
  }
  request.submitted({ Failures: [], Tasks: [describeTask(task, true)] });
  if (!request.resource.endsWith('.sync')) return { Failures: [], Tasks: [describeTask(task, true)] };
  request.signal.addEventListener('abort', () => {
    // An answered token ends the state while the task winds up by itself.
    if (String((request.signal.reason as Error).message).includes('cancelled'))
      task.stop('the execution was stopped');
  });
  await task.stopped;
  const described = describeTask(task, true);
  if (task.exitCode !== 0) throw taskError('States.TaskFailed', JSON.stringify(described));
  return described;
}

function stopTask({ ecs }: Integrations, given: JsonObject): JsonValue {
  try {
    return { Task: describeTask(ecs.stop(text(given['Task']), text(given['Reason'])), true) };
  } catch (thrown) {
    if (!isAwsError(thrown)) throw thrown;
    throw taskError(`Ecs.${thrown.code}`, thrown.message);
  }
}

async function startExecution(
  around: Integrations,
  request: TaskRequest,
  given: JsonObject,
): Promise<JsonValue> {
  const machines = around.machines();
  let child: Execution;
  try {
    const name = given['Name'] === undefined ? undefined : text(given['Name']);
    child = machines.start(text(given['StateMachineArn']), name, JSON.stringify(given['Input'] ?? {}));
  } catch (thrown) {
    if (!isAwsError(thrown)) throw thrown;
    throw taskError(`StepFunctions.${thrown.code}Exception`, thrown.message);
  }
  const started = { ExecutionArn: child.arn, StartDate: child.startDate.getTime() };
  request.submitted(started);
  if (!request.resource.includes('.sync')) return started;
  request.signal.addEventListener('abort', () => child.stop());
  await child.done;
  const ended = describeChild(child, request.resource.endsWith('.sync:2'));
  if (child.status !== 'SUCCEEDED') throw taskError('States.TaskFailed', JSON.stringify(ended));
  return ended;
}

function describeChild(child: Execution, parsed: boolean): JsonObject {
  const value = (json: string): JsonValue => (parsed ? (JSON.parse(json) as JsonValue) : json);
  return {
    ExecutionArn: child.arn,
    Input: value(child.input),
    InputDetails: { Included: true },
    Name: child.name,
    ...(child.output === undefined ? {} : { Output: value(child.output), OutputDetails: { Included: true } }),
    ...(child.error === undefined ? {} : { Error: child.error }),
    ...(child.cause === undefined ? {} : { Cause: child.cause }),
    StartDate: child.startDate.getTime(),
    StateMachineArn: child.machineArn,
    Status: child.status,
    ...(child.stopDate === undefined ? {} : { StopDate: child.stopDate.getTime() }),
  };
}
