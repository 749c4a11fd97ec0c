/** The API of Step Functions. */
import type { HistoryEvent } from '../../../lib/asl/history-event.ts';
import type { JsonObject, JsonValue } from '../../../lib/protocol/json.ts';
import { awsError, jsonService, paged, type Service, text } from './http.ts';
import type { Execution, Machine, Machines } from './machines.ts';

const seconds = (date: Date) => date.getTime() / 1000;

export function statesService(machines: Machines): Service {
  const execution = (input: JsonObject): Execution => {
    const arn = text(input['executionArn']);
    const found = machines.executions.get(arn);
    if (found === undefined) throw awsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    return found;
  };
  const machine = (input: JsonObject, field = 'stateMachineArn'): Machine => {
    const arn = text(input[field]);
    const found = machines.machines.get(arn);
    if (found === undefined)
      throw awsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    return found;
  };
  const token = (answered: boolean) => {
    if (!answered) throw awsError('TaskTimedOut', 'Task Timed Out: the token is not waited for');
    return {};
  };
  return jsonService({
    CreateStateMachine: (input) => {
      const { arn, createdAt } = machines.create(input);
      return { stateMachineArn: arn, creationDate: seconds(createdAt) };
    },
    DeleteStateMachine: (input) => machines.remove(text(input['stateMachineArn'])),
    DescribeStateMachine: (input) => describeMachine(machine(input)),
    DescribeStateMachineForExecution: (input) =>
      describeMachine(machine({ stateMachineArn: execution(input).machineArn })),
    ListStateMachines: (input) => listMachines([...machines.machines.values()], input),
    StartExecution: (input) => {
      const name = input['name'] === undefined ? undefined : text(input['name']);
      const started = machines.start(text(input['stateMachineArn']), name, text(input['input']) || '{}');
      return { executionArn: started.arn, startDate: seconds(started.startDate) };
    },
    DescribeExecution: (input) => describeExecution(execution(input)),
    ListExecutions: (input) => listExecutions([...machines.executions.values()], input),
    StopExecution: async (input) => {
      const found = execution(input);
      found.stop(text(input['error']), input['cause'] === undefined ? undefined : text(input['cause']));
      return { stopDate: seconds(new Date()) };
    },
    GetExecutionHistory: (input) => historyOf(execution(input).events, input),
    SendTaskSuccess: (input) =>
      token(machines.tokens.sendTaskSuccess(text(input['taskToken']), outputOf(text(input['output'])))),
    SendTaskFailure: (input) =>
      token(
        machines.tokens.sendTaskFailure(text(input['taskToken']), text(input['error']), text(input['cause'])),
      ),
    SendTaskHeartbeat: (input) => token(machines.tokens.sendTaskHeartbeat(text(input['taskToken']))),
    TagResource: (input) => {
      const tags = input['tags'] as unknown as readonly { readonly key: string; readonly value: string }[];
      for (const { key, value } of tags) machine(input, 'resourceArn').tags.set(key, value);
    },
    ListTagsForResource: (input) => ({
      tags: [...machine(input, 'resourceArn').tags].map(([key, value]) => ({ key, value })),
    }),
  });
}

function outputOf(output: string): JsonValue {
  try {
    return JSON.parse(output) as JsonValue;
  } catch {
    throw awsError('InvalidOutput', `Invalid Output: '${output.slice(0, 100)}'`);
  }
}

function describeMachine({ arn, name, definition, roleArn, createdAt, settings }: Machine): object {
  const creationDate = seconds(createdAt);
  const { loggingConfiguration } = settings;
  return {
    stateMachineArn: arn,
    name,
    status: 'ACTIVE',
    definition,
    roleArn,
    type: 'STANDARD',
    creationDate,
    ...(loggingConfiguration === undefined ? {} : { loggingConfiguration }),
  };
}

export function describeExecution(one: Execution): JsonObject {
  return {
    ...summary(one),
    input: one.input,
    inputDetails: { included: true },
    ...(one.output === undefined ? {} : { output: one.output, outputDetails: { included: true } }),
    ...(one.error === undefined ? {} : { error: one.error }),
    ...(one.cause === undefined ? {} : { cause: one.cause }),
  };
}

function summary(one: Execution): JsonObject {
  return {
    executionArn: one.arn,
    stateMachineArn: one.machineArn,
    name: one.name,
    status: one.status,
    startDate: seconds(one.startDate),
    ...(one.stopDate === undefined ? {} : { stopDate: seconds(one.stopDate) }),
    ...(one.mapRunArn === undefined ? {} : { mapRunArn: one.mapRunArn }),
    redriveCount: 0,
  };
}

function listMachines(all: readonly Machine[], input: JsonObject): object {
  const { page, next } = paged(all, Number(input['maxResults'] ?? 100), text(input['nextToken']));
  const stateMachines = page.map((one) => ({
    stateMachineArn: one.arn,
    name: one.name,
    type: 'STANDARD',
    creationDate: seconds(one.createdAt),
  }));
  return { stateMachines, ...(next === undefined ? {} : { nextToken: next }) };
}

function listExecutions(all: readonly Execution[], input: JsonObject): object {
  const { stateMachineArn, mapRunArn, statusFilter } = input;
  const wanted = all.filter(
    (one) =>
      (mapRunArn === undefined
        ? one.machineArn === stateMachineArn && one.mapRunArn === undefined
        : one.mapRunArn === mapRunArn) &&
      (statusFilter === undefined || one.status === statusFilter),
  );
  const newest = wanted.reverse();
  const { page, next } = paged(newest, Number(input['maxResults'] ?? 100), text(input['nextToken']));
  return { executions: page.map(summary), ...(next === undefined ? {} : { nextToken: next }) };
}

function historyOf(events: readonly HistoryEvent[], input: JsonObject): object {
  const ordered = input['reverseOrder'] === true ? [...events].reverse() : events;
  const size = Math.min(Number(input['maxResults'] ?? 100), 1000);
  const { page, next } = paged(ordered, size, text(input['nextToken']));
  const bare = input['includeExecutionData'] === false;
  return {
    events: page.map((one) => eventOf(one, bare)),
    ...(next === undefined ? {} : { nextToken: next }),
  };
}

const DATA = new Set(['input', 'output', 'parameters', 'assignedVariables']);

function eventOf(event: HistoryEvent, bare: boolean): unknown {
  const plain = { ...event, timestamp: seconds(event.timestamp) };
  if (!bare) return plain;
  return JSON.parse(JSON.stringify(plain, (key, value: unknown) => (DATA.has(key) ? undefined : value)));
}
