/**
 * Services of AWS for tests, as far as the runtime uses them: a bucket with versions, executions, tasks,
 * schedules.
 */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import type { HistoryEvent } from '../../lib/asl/history-event.ts';
import { type AwsWorld, awsWorld } from '../../lib/aws/aws-world.ts';
import type {
  AwsClients,
  ExecutionInfo,
  NewMachine,
  RunningTask,
  ScheduleInfo,
  StoredObject,
} from '../../lib/aws/clients.ts';
import type { Environment } from '../../lib/aws/environment.ts';
import type { Table } from '../../lib/aws/table.ts';
import type { JsonObject } from '../../lib/protocol/json.ts';

export const ENVIRONMENT: Environment = {
  prefix: 'argosy-',
  bucket: 'bucket',
  table: 'argosy',
  subnets: ['subnet-1'],
  securityGroups: ['sg-1'],
  assignPublicIp: 'ENABLED',
  executorImage: 'executor:1',
  machineRole: 'arn:aws:iam::123456789012:role/machine',
  taskRole: 'arn:aws:iam::123456789012:role/task',
  executionRole: 'arn:aws:iam::123456789012:role/execution',
  machineLogGroup: 'arn:aws:logs:us-east-1:123456789012:log-group:machines',
  taskLogGroup: 'tasks',
  scheduleGroup: 'schedules',
  schedulerRole: 'arn:aws:iam::123456789012:role/scheduler',
  secretsPrefix: 'argosy/',
  fileSystem: '',
  retentionDays: '90',
  region: 'us-east-1',
  account: '123456789012',
  partition: 'aws',
};

export interface TokenReply {
  readonly token: string;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

export interface FakeAws {
  readonly world: AwsWorld;
  readonly clients: AwsClients;
  /** Puts a new version of an object; answers the event of the upload. */
  readonly upload: (key: string, text: string) => JsonObject;
  /** Puts a delete marker. */
  readonly remove: (key: string) => JsonObject;
  /** Takes the newest version away, delete markers included. */
  readonly undo: (key: string) => JsonObject;
  readonly text: (key: string) => string | undefined;
  readonly keys: (prefix: string) => readonly string[];
  readonly executions: Map<string, ExecutionInfo>;
  readonly machines: Map<string, NewMachine>;
  readonly histories: Map<string, readonly HistoryEvent[]>;
  readonly definitions: JsonObject[];
  readonly tasks: RunningTask[];
  readonly schedules: Map<string, ScheduleInfo>;
  readonly answers: TokenReply[];
  /** Told about every answer to a task token. */
  readonly listener: { answered?: (answer: TokenReply) => void };
  readonly logs: unknown[];
  /** Errors that the next calls of a function fail with. */
  readonly faults: Map<string, Error[]>;
  readonly clock: { now: number };
  readonly end: (arn: string, end: Partial<ExecutionInfo>) => JsonObject;
}

export function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}

type Version = StoredObject | { readonly versionId: string; readonly deleted: true };

export function fakeAws(table: Table): FakeAws {
  const versions = new Map<string, Version[]>();
  const executions = new Map<string, ExecutionInfo>();
  const machines = new Map<string, NewMachine>();
  const histories = new Map<string, readonly HistoryEvent[]>();
  const definitions: JsonObject[] = [];
  const tasks: RunningTask[] = [];
  const schedules = new Map<string, ScheduleInfo>();
  const answers: FakeAws['answers'] = [];
  const logs: unknown[] = [];
  const faults = new Map<string, Error[]>();
  const clock = { now: Date.parse('2026-11-23T10:00:00Z') };
  const listener: FakeAws['listener'] = {};
  const reply = (answer: TokenReply) => {
    maybeFail('sendTask');
    answers.push(answer);
    listener.answered?.(answer);
  };
  const maybeFail = (call: string) => {
    const fault = faults.get(call)?.shift();
    if (fault !== undefined) throw fault;
  };
  const newest = (key: string): StoredObject | undefined => {
    const last = versions.get(key)?.at(-1);
    return last === undefined || 'deleted' in last ? undefined : last;
  };
  let count = 0;
  const put = (key: string, data: Uint8Array | string): string => {
    const body = typeof data === 'string' ? new TextEncoder().encode(data) : data;
    count += 1;
    const etag = createHash('md5').update(body).digest('hex');
    const version = {
      key,
      body,
      size: body.byteLength,
      versionId: `v${count}`,
      etag,
      lastModified: new Date(clock.now),
    };
    versions.set(key, [...(versions.get(key) ?? []), version]);
    return version.versionId;
  };
  const keys = (prefix: string) =>
    [...versions.keys()].filter((key) => key.startsWith(prefix) && newest(key)).sort();
  const marker = (key: string) => {
    count += 1;
    versions.set(key, [...(versions.get(key) ?? []), { versionId: `v${count}`, deleted: true }]);
    return `v${count}`;
  };
  const event = (type: string, key: string, versionId: string): JsonObject => ({
    source: 'aws.s3',
    'detail-type': type,
    detail: { bucket: { name: 'bucket' }, object: { key, 'version-id': versionId } },
  });
  const clients: AwsClients = {
    table,
    objects: {
      get: async (_bucket, key, versionId) => {
        maybeFail('get');
        const found = versions.get(key)?.find((one) => one.versionId === versionId);
        if (versionId !== undefined) return found === undefined || 'deleted' in found ? undefined : found;
        return newest(key);
      },
      head: async (_bucket, key) => newest(key),
      getFile: async (_bucket, key, file) => {
        const found = newest(key);
        if (found === undefined) return false;
        await writeFile(file, found.body);
        return true;
      },
      put: async (_bucket, key, body) => void put(key, body),
      putFile: async (_bucket, key, file) => void put(key, await readFile(file)),
      list: async (_bucket, prefix) =>
        keys(prefix)
          .map((key) => newest(key))
          .filter((one) => one !== undefined),
      delete: async (_bucket, key) => void (newest(key) && marker(key)),
    },
    states: {
      sendTaskSuccess: async (token, output) => reply({ token, output }),
      sendTaskFailure: async (token, error, cause) => reply({ token, error, cause }),
      startExecution: async (machineArn, name, input) => {
        maybeFail('startExecution');
        const executionArn = `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
        const known = executions.get(executionArn);
        if (known !== undefined && !(known.status === 'RUNNING' && known.input === input))
          throw named('ExecutionAlreadyExists');
        const startedAt = new Date(clock.now);
        executions.set(executionArn, { executionArn, name, machineArn, status: 'RUNNING', startedAt, input });
        maybeFail('afterStartExecution');
        return { executionArn };
      },
      stopExecution: async (executionArn, error, cause) => {
        const known = executions.get(executionArn);
        if (known !== undefined) executions.set(executionArn, { ...known, status: 'ABORTED', error, cause });
      },
      describeExecution: async (arn) => executions.get(arn),
      history: async (arn) => ({ events: histories.get(arn) ?? [] }),
      createStateMachine: async (machine) => {
        maybeFail('createStateMachine');
        const machineArn = `arn:aws:states:us-east-1:123456789012:stateMachine:${machine.name}`;
        machines.set(machineArn, machine);
        return { machineArn };
      },
    },
    tasks: {
      register: async (definition) => {
        maybeFail('register');
        definitions.push(definition);
        const revision = `${String(definition['family'])}:${definitions.length}`;
        return `arn:aws:ecs:us-east-1:123456789012:task-definition/${revision}`;
      },
      running: async () => [...tasks],
      stop: async (_cluster, taskArn) => {
        tasks.splice(0, tasks.length, ...tasks.filter((one) => one.taskArn !== taskArn));
      },
    },
    schedules: {
      put: async (_group, schedule) => void schedules.set(schedule.name, schedule),
      delete: async (_group, name) => void schedules.delete(name),
      list: async (_group, prefix) => [...schedules.keys()].filter((name) => name.startsWith(prefix)),
    },
    secret: async (name) => (name === 'argosy/token' ? '{"key":"secret"}' : undefined),
    credentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 'secret' }),
    fetch: async () => new Response('', { status: 404 }),
    now: () => clock.now,
    sleep: async () => undefined,
    log: (entry) => void logs.push(entry),
  };
  return {
    world: awsWorld(ENVIRONMENT, clients),
    clients,
    upload: (key, text) => event('Object Created', key, put(key, text)),
    remove: (key) => event('Object Deleted', key, marker(key)),
    undo: (key) => event('Object Deleted', key, versions.get(key)?.pop()?.versionId ?? ''),
    text: (key) => {
      const found = newest(key);
      return found && new TextDecoder().decode(found.body);
    },
    keys,
    executions,
    machines,
    histories,
    definitions,
    tasks,
    schedules,
    answers,
    listener,
    logs,
    faults,
    clock,
    end: (arn, end) => {
      const known = executions.get(arn);
      if (known === undefined) throw new Error(`no execution ${arn}`);
      const ended: ExecutionInfo = { ...known, status: 'SUCCEEDED', stoppedAt: new Date(clock.now), ...end };
      executions.set(arn, ended);
      return {
        'detail-type': 'Step Functions Execution Status Change',
        detail: { executionArn: arn, status: ended.status },
      };
    },
  };
}
