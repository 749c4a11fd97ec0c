/** EventBridge Scheduler: schedules are kept, and fire when the test says so. */
import type { JsonObject, JsonValue } from '../../../lib/protocol/json.ts';
import { awsError, type BoxAnswer, isAwsError, jsonAnswer, jsonFault, type Service, text } from './http.ts';
import { ACCOUNT, REGION } from './machines.ts';

export interface Schedules {
  readonly all: ReadonlyMap<string, JsonObject>;
  readonly service: Service;
  /** Fires a schedule at this moment, unless it is disabled; answers whether it fired. */
  readonly fire: (name: string, at: Date) => Promise<boolean>;
}

/** `role`: with which the Scheduler calls. */
export type Invoke = (arn: string, event: JsonValue, role: string) => Promise<unknown>;

export function createSchedules(invoke: Invoke): Schedules {
  const all = new Map<string, JsonObject>();
  const act = (method: string, name: string, query: URLSearchParams, body: JsonObject): unknown => {
    if (name === '') return list([...all.values()], query);
    const known = all.get(name);
    if (method === 'POST') {
      if (known !== undefined) throw awsError('ConflictException', `Schedule ${name} already exists.`, 409);
      check(body);
      all.set(name, { State: 'ENABLED', ...body, Name: name });
      return { ScheduleArn: arnOf(body, name) };
    }
    if (known === undefined)
      throw awsError('ResourceNotFoundException', `Schedule ${name} does not exist.`, 404);
    if (method === 'DELETE') return void all.delete(name);
    if (method === 'GET') return { ...known, Arn: arnOf(known, name) };
    check(body);
    all.set(name, { State: 'ENABLED', ...body, Name: name });
    return { ScheduleArn: arnOf(body, name) };
  };
  return {
    all,
    service: async ({ method, path, query, body }): Promise<BoxAnswer> => {
      try {
        const name = decodeURIComponent(/^\/schedules\/([^/]+)$/.exec(path)?.[1] ?? '');
        const given = (body.length === 0 ? {} : JSON.parse(body.toString('utf8'))) as JsonObject;
        return {
          ...jsonAnswer(200, act(method, name, query, given) ?? {}),
          headers: { 'content-type': 'application/json' },
        };
      } catch (thrown) {
        const fault = jsonFault(thrown);
        if (!isAwsError(thrown)) return fault;
        return { ...fault, body: JSON.stringify({ Message: thrown.message }) };
      }
    },
    fire: async (name, at) => {
      const schedule = all.get(name);
      if (schedule === undefined || schedule['State'] === 'DISABLED') return false;
      const target = schedule['Target'] as JsonObject;
      const time = `${at.toISOString().slice(0, 19)}Z`;
      const input = text(target['Input'])
        .replaceAll('<aws.scheduler.scheduled-time>', time)
        .replaceAll('<aws.scheduler.execution-id>', `box-${at.getTime()}`)
        .replaceAll('<aws.scheduler.attempt-number>', '1')
        .replaceAll('<aws.scheduler.schedule-arn>', arnOf(schedule, name));
      const event = JSON.parse(input === '' ? '{}' : input) as JsonValue;
      await invoke(text(target['Arn']), event, text(target['RoleArn']));
      return true;
    },
  };
}

function arnOf(schedule: JsonObject, name: string): string {
  return `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule/${text(schedule['GroupName']) || 'default'}/${name}`;
}

/** Six fields; the two fields of days cannot both be given. */
function check(schedule: JsonObject): void {
  const expression = text(schedule['ScheduleExpression']);
  const cron = /^cron\((.*)\)$/.exec(expression)?.[1]?.split(' ');
  const valid =
    cron === undefined ? /^(rate|at)\(.+\)$/.test(expression) : cron.length === 6 && isDayGivenOnce(cron);
  if (!valid) throw awsError('ValidationException', `Invalid Schedule Expression ${expression}.`);
  if (schedule['FlexibleTimeWindow'] === undefined || schedule['Target'] === undefined)
    throw awsError('ValidationException', 'FlexibleTimeWindow and Target are required');
}

function isDayGivenOnce(fields: readonly string[]): boolean {
  return (fields[2] === '?') !== (fields[4] === '?');
}

function list(all: readonly JsonObject[], query: URLSearchParams): object {
  const group = query.get('ScheduleGroup');
  const prefix = query.get('NamePrefix') ?? '';
  const found = all.filter(
    (one) => (group === null || one['GroupName'] === group) && text(one['Name']).startsWith(prefix),
  );
  return {
    Schedules: found.map((one) => ({
      Arn: arnOf(one, text(one['Name'])),
      Name: one['Name'],
      GroupName: one['GroupName'] ?? 'default',
      State: one['State'],
      Target: { Arn: (one['Target'] as JsonObject)['Arn'] },
    })),
  };
}
