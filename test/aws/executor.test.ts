import { expect, it } from 'vitest';
import type { HistoryEvent } from '../../lib/asl/history-event.ts';
import { answerTokens } from '../../lib/aws/answer-token.ts';
import { ENVIRONMENT_NAMES, readEnvironment } from '../../lib/aws/environment.ts';
import { readHistory } from '../../lib/aws/execution-history.ts';
import { objectLookup, tokenReporter } from '../../lib/aws/executor-world.ts';
import { runStore } from '../../lib/aws/s3-blob-store.ts';
import { taskMetadata } from '../../lib/aws/task-metadata.ts';
import type { Outcome } from '../../lib/protocol/outcome.ts';
import { memoryStore } from '../../lib/store/memory-store.ts';
import { named } from './fake-clients.ts';

const succeeded: Outcome = { node: 'wf', phase: 'Succeeded' };
const noPause = async () => undefined;
const metadata = { taskArn: async () => 'arn:task' };

function statesWith(faults: Error[]) {
  const sent: unknown[] = [];
  const send = async (...given: unknown[]) => {
    const fault = faults.shift();
    if (fault !== undefined) throw fault;
    sent.push(given);
  };
  return { sent, states: { sendTaskSuccess: send, sendTaskFailure: send } };
}

it('answers until it is heard', async () => {
  const { sent, states } = statesWith([named('ThrottlingException'), named('ServiceUnavailable')]);
  const reporter = tokenReporter(states, 'token', metadata, noPause);
  await reporter.report({ ok: true, output: succeeded });
  expect(sent).toEqual([['token', JSON.stringify(succeeded)]]);
  expect(reporter.exitCode()).toBe(0);
});

it('lets it be when nobody waits any more', async () => {
  const reporter = tokenReporter(statesWith([named('TaskTimedOut')]).states, 'token', metadata, noPause);
  await reporter.report({ ok: false, error: 'Argo.Failed', cause: '{}' });
  expect(reporter.exitCode()).toBe(1);
});

it('tells of a daemon by which ARN it is stopped', async () => {
  const { sent, states } = statesWith([]);
  const ready: Outcome = { node: 'wf', phase: 'Running', daemoned: true, ip: '10.0.0.1' };
  await tokenReporter(states, 'token', metadata, noPause).report({ ok: true, output: ready });
  expect(JSON.stringify(sent)).toContain('arn:task');
});

it('fails what is too large to be told, and tolerates answers that come too late', async () => {
  const { sent, states } = statesWith([]);
  await answerTokens(states as never)('token', { output: 'x'.repeat(300_000) });
  expect(sent).toEqual([['token', 'States.DataLimitExceeded', 'the answer is larger than 256 KiB']]);
  const late = statesWith([named('InvalidToken'), named('AccessDenied')]).states;
  await answerTokens(late as never)('token', { output: 1 });
  await expect(answerTokens(late as never)('token', { output: 1 })).rejects.toThrow('AccessDenied');
});

it('learns from ECS which containers have stopped, without asking too often', async () => {
  let asked = 0;
  let now = 0;
  const ask: typeof fetch = async (input) => {
    asked += 1;
    if (String(input).endsWith('/task'))
      return Response.json({
        TaskARN: 'arn:task',
        Containers: [
          { Name: 'main', KnownStatus: 'STOPPED', ExitCode: 3 },
          { Name: 'side', KnownStatus: 'STOPPED', Reason: 'OutOfMemoryError: killed' },
          { Name: 'wait', KnownStatus: 'RUNNING' },
        ],
      });
    return Response.json({ Networks: [{ IPv4Addresses: ['10.0.0.7'] }] });
  };
  const task = taskMetadata('http://metadata', ask, () => now);
  expect(await task.ip()).toBe('10.0.0.7');
  expect(await task.taskArn()).toBe('arn:task');
  const ended = { main: { exitCode: 3, outOfMemory: false }, side: { exitCode: 137, outOfMemory: true } };
  expect(await task.ended()).toEqual(ended);
  const before = asked;
  expect(await task.ended()).toEqual(ended);
  expect(asked).toBe(before);
  now += 5_000;
  await task.ended();
  expect(asked).toBe(before + 1);
  expect(await taskMetadata(undefined, ask, () => now).ended()).toEqual({});
});

it('finds ConfigMaps of its namespace, and secrets', async () => {
  const blobs = memoryStore();
  await blobs.put('templates/config-maps/team/settings.json', '{"color":"blue"}');
  const lookup = objectLookup(blobs, 'team', async (name) => (name === 's' ? { key: 'value' } : undefined));
  expect(await lookup('configMap', 'settings')).toEqual({ color: 'blue' });
  expect(await lookup('configMap', 'others')).toBeUndefined();
  expect(await lookup('secret', 's')).toEqual({ key: 'value' });
});

it('keeps what a run puts away in its own folder', async () => {
  const blobs = memoryStore();
  const own = runStore(blobs, 'uid');
  await own.put('runs/name/node/outputs.json', 'a');
  await own.put('outputs/hash.json', 'b');
  await own.put('artifacts/runs/x', 'c');
  expect((await blobs.list('')).map(({ key }) => key)).toEqual([
    'artifacts/runs/x',
    'runs/uid/node/outputs.json',
    'runs/uid/outputs/hash.json',
  ]);
  expect(await own.get('runs/uid/node/outputs.json')).toBeDefined();
});

it('reads histories page by page, with those of children, and what came after', async () => {
  const event = (id: number, more: Partial<HistoryEvent> = {}): HistoryEvent =>
    ({
      id,
      previousEventId: id - 1,
      timestamp: new Date(id),
      type: 'PassStateEntered',
      ...more,
    }) as HistoryEvent;
  const child = event(3, {
    taskSubmittedEventDetails: {
      resourceType: 'states',
      resource: 'startExecution.sync:2',
      output: '{"ExecutionArn":"child"}',
      outputDetails: { truncated: false },
    },
  });
  const pages: Readonly<Record<string, readonly HistoryEvent[]>> = {
    main: [event(1), event(2)],
    'main 2': [child],
    child: [event(1)],
    exit: [event(1), event(2)],
  };
  const states = {
    history: async (arn: string, token?: string) => ({
      events: pages[token ?? arn] ?? [],
      ...(arn === 'main' && token === undefined && { nextToken: 'main 2' }),
    }),
  };
  const history = await readHistory({ states, sleep: noPause }, 'main', 'exit');
  expect(history.events.map(({ id, previousEventId }) => [id, previousEventId])).toEqual([
    [1, 0],
    [2, 1],
    [3, 2],
    [4, 0],
    [5, 4],
  ]);
  expect(history.childHistory('child')).toHaveLength(1);
});

it('names every variable that is missing', () => {
  expect(() => readEnvironment({})).toThrow(ENVIRONMENT_NAMES.bucket);
  const all = Object.fromEntries(Object.values(ENVIRONMENT_NAMES).map((name) => [name, 'x,y']));
  const read = readEnvironment({ ...all, ARGOSY_MACHINE_ROLE: 'arn:aws-cn:iam::123456789012:role/x' });
  expect(read).toMatchObject({
    partition: 'aws-cn',
    account: '123456789012',
    subnets: ['x', 'y'],
    bucket: 'x,y',
  });
});
