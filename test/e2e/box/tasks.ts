/** Task states of the box's machines: the integrations that our machines use, as Step Functions words their answers. */
import type { JsonObject, JsonValue } from '../../../lib/protocol/json.ts';
import { type TaskHost, type TaskRequest, taskError } from '../../../lib/runtime/index.ts';
import { describeTask, type Ecs } from './ecs.ts';
import type { Eks } from './eks.ts';
import { type AwsError, isAwsError, text } from './http.ts';
import type { Call } from './iam.ts';
import type { Lambdas } from './lambda.ts';
import type { Execution, Machines } from './machines.ts';
import { arnOf, passes } from './requested-calls.ts';

export interface Integrations {
  readonly lambdas: Lambdas;
  readonly ecs: Ecs;
  readonly machines: () => Machines;
  /** Throws where the machine's role may not make the calls. */
  readonly check: (...calls: readonly Call[]) => void;
  /** What becomes of a call in place of its answer. */
  readonly refuse: (operation: string, given: JsonObject) => AwsError | undefined;
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
          return await stopTask(around, given);
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

async function invoke({ lambdas, check }: Integrations, given: JsonObject): Promise<JsonValue> {
  const name = text(given['FunctionName']);
  const { payload, functionError } = await named('Lambda', async () => {
    const arn = name.startsWith('arn:') ? name : arnOf('lambda', `function:${name}`);
    check({ action: 'lambda:InvokeFunction', resources: [arn] });
    return await lambdas.invoke(name, given['Payload'] ?? {});
  });
  // The cause is the whole error object of the function, as text.
  if (functionError !== undefined)
    throw taskError(text((payload as JsonObject)['errorType']), JSON.stringify(payload));
  return { ExecutedVersion: '$LATEST', Payload: payload, StatusCode: 200 };
}

/** Errors of a service as its integration names them. */
async function named<T>(service: string, act: () => T | Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    if (!isAwsError(thrown)) throw thrown;
    throw taskError(`${service}.${thrown.code.replace(/(?<!Exception)$/, 'Exception')}`, thrown.message);
  }
}

/** The rule by which Step Functions hears of the end of a job (SFN-DG/connect-to-resource). */
function listensTo(rule: string): readonly Call[] {
  const resources = [arnOf('events', `rule/${rule}`)];
  return ['PutTargets', 'PutRule', 'DescribeRule'].map((one) => ({ action: `events:${one}`, resources }));
}

async function runTask(
  { ecs, check }: Integrations,
  request: TaskRequest,
  given: JsonObject,
): Promise<JsonValue> {
  const task = await named('ECS', () => {
    check(...runCalls(ecs, given));
    return ecs.run(given);
  });
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

/** What RunTask asks of the machine's role, and what waiting for the task's end asks. */
function runCalls(ecs: Ecs, given: JsonObject): readonly Call[] {
  const cluster = text(given['Cluster']).split('/').at(-1);
  const { arn, fields } = ecs.find(text(given['TaskDefinition']));
  const own = (given['Overrides'] ?? {}) as JsonObject;
  const context = { 'ecs:cluster': arnOf('ecs', `cluster/${cluster}`) };
  const tasks = [arnOf('ecs', `task/${cluster}/id`)];
  return [
    { action: 'ecs:RunTask', resources: [arn], context },
    ...(given['Tags'] === undefined
      ? []
      : [{ action: 'ecs:TagResource', resources: tasks, context: { 'ecs:CreateAction': 'RunTask' } }]),
    ...passes(
      [own['TaskRoleArn'] ?? fields['taskRoleArn'], own['ExecutionRoleArn'] ?? fields['executionRoleArn']],
      'ecs-tasks.amazonaws.com',
    ),
    ...['StopTask', 'DescribeTasks'].map((one) => ({ action: `ecs:${one}`, resources: tasks, context })),
    ...listensTo('StepFunctionsGetEventsForECSTaskRule'),
  ];
}

async function stopTask({ ecs, check }: Integrations, given: JsonObject): Promise<JsonValue> {
  return await named('Ecs', () => {
    check({ action: 'ecs:StopTask', resources: [text(given['Task'])] });
    return { Task: describeTask(ecs.stop(text(given['Task']), text(given['Reason'])), true) };
  });
}

async function startExecution(
  around: Integrations,
  request: TaskRequest,
  given: JsonObject,
): Promise<JsonValue> {
  const arn = text(given['StateMachineArn']);
  const child = await named('StepFunctions', () => {
    const executions = [`${arn.replace(':stateMachine:', ':execution:')}:name`];
    around.check(
      { action: 'states:StartExecution', resources: [arn] },
      { action: 'states:DescribeExecution', resources: executions },
      { action: 'states:StopExecution', resources: executions },
      ...listensTo('StepFunctionsGetEventsForStepFunctionsExecutionRule'),
    );
    const refusal = around.refuse('states:startExecution', given);
    if (refusal !== undefined) throw refusal;
    const name = given['Name'] === undefined ? undefined : text(given['Name']);
    return around.machines().start(arn, name, JSON.stringify(given['Input'] ?? {}));
  });
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
