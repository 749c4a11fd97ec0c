import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { HistoryEvent } from '../../lib/asl/history-event.ts';
import { stopRun, terminateRun } from '../../lib/aws/control-run.ts';
import { endRun } from '../../lib/aws/exit-run.ts';
import type { RunRecord } from '../../lib/aws/run-index.ts';
import { submitEvent } from '../../lib/aws/submit.ts';
import { NODE_ENV, TASK_ENV, TASK_TOKEN_ENV } from '../../lib/protocol/run-task.ts';
import { openTable, type TestTable } from './dynamo.ts';
import { type FakeAws, fakeAws, named } from './fake-clients.ts';

let opened: TestTable;
let aws: FakeAws;
let count = 0;
beforeAll(async () => {
  opened = await openTable();
});
afterAll(() => opened.close());
beforeEach(() => {
  aws = fakeAws(opened.table);
  count += 1;
});

async function start(spec: string): Promise<RunRecord> {
  const text = `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: ends-${count}}
spec:
  entrypoint: main
${spec}
  templates:
    - {name: main, container: {image: alpine, command: [echo]}}
    - {name: bye, container: {image: alpine, command: [echo], args: ["{{workflow.status}}"]}}
`;
  const { runs, diagnostics } = await submitEvent(aws.world, aws.upload(`workflows/end-${count}.yaml`, text));
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const [record] = runs;
  if (record === undefined) throw new Error('no run');
  return record;
}

const ended = (record: RunRecord, end: Parameters<FakeAws['end']>[1]) =>
  endRun(aws.world, aws.end(record.executionArn ?? '', end));

async function holdEverything({ uid, name }: RunRecord): Promise<void> {
  const { world } = aws;
  const claim = { run: uid, holder: 'node:main', token: `${uid} lock`, priority: 0, at: 1 };
  await world.locks.acquire({ ...claim, wanted: [{ name: `mutex-${count}`, limit: 1 }] });
  await world.suspensions.park({ run: uid, node: name, token: 'suspended', template: 't', task: {} });
  const task = (of: string, arn: string) => ({
    taskArn: arn,
    tags: {},
    environment: { [TASK_ENV]: `runs/${of}/n/task.json` },
  });
  aws.tasks.push(task(uid, 'mine'), task('other', 'theirs'));
}

it('closes a run that came to its verdict, with its phase and message', async () => {
  const good = await start('');
  expect(await ended(good, {})).toBe('closed');
  expect(await aws.world.runs.get(good.uid)).toMatchObject({ phase: 'Succeeded' });
  count += 1;
  const bad = await start('  onExit: bye');
  const cause = JSON.stringify({ node: bad.name, phase: 'Failed', message: 'main: Error (exit code 1)' });
  expect(await ended(bad, { status: 'FAILED', error: 'Argo.Failed', cause })).toBe('closed');
  expect(await aws.world.runs.get(bad.uid)).toMatchObject({
    phase: 'Failed',
    message: 'main: Error (exit code 1)',
  });
  expect(aws.executions.size).toBe(2);
});

it('stops tasks and gives back locks and tokens of an aborted run, and nothing of another one', async () => {
  const record = await start('');
  await holdEverything(record);
  const claim = { run: `other-${count}`, holder: 'node:x', token: 'next', priority: 0, at: 2 };
  await aws.world.locks.acquire({ ...claim, wanted: [{ name: `mutex-${count}`, limit: 1 }] });
  expect(await ended(record, { status: 'ABORTED' })).toBe('closed');
  expect(aws.tasks.map(({ taskArn }) => taskArn)).toEqual(['theirs']);
  expect(aws.answers.map(({ token }) => token)).toEqual([`${record.uid} lock`, 'next']);
  expect(await aws.world.suspensions.list(record.uid)).toEqual([]);
  expect(await aws.world.runs.get(record.uid)).toMatchObject({
    phase: 'Failed',
    message: 'execution aborted',
  });
});

it('takes no lock for a run that has ended, however late the call comes', async () => {
  const record = await start('');
  await ended(record, { status: 'ABORTED' });
  const wanted = [{ name: `late-${count}`, limit: 1 }];
  await aws.world.locks.acquire({ run: record.uid, holder: 'h', token: 'late', wanted, priority: 0, at: 1 });
  await aws.world.locks.acquire({
    run: `o-${count}`,
    holder: 'h',
    token: 'other',
    wanted,
    priority: 0,
    at: 2,
  });
  expect(aws.answers.map(({ token }) => token)).toEqual(['other']);
});

it('runs the exit handler of a run that could not, once, and closes the run behind it', async () => {
  const record = await start('  onExit: bye');
  const event = aws.end(record.executionArn ?? '', { status: 'ABORTED' });
  expect(await endRun(aws.world, event)).toBe('exit handler started');
  const exitArn = [...aws.executions.keys()][1] ?? '';
  const exit = aws.executions.get(exitArn);
  const input = JSON.parse(exit?.input ?? '{}') as { readonly exit?: object };
  expect(input).toMatchObject({
    target: 'bye',
    node: `${record.name}.onExit`,
    workflow: { uid: record.uid },
  });
  expect(input.exit).toMatchObject({ status: 'Failed' });
  const machine = aws.machines.get(exit?.machineArn ?? '');
  expect(machine?.definition).toContain('$states.input.target = \\"bye\\"');
  // Its task must survive a second delivery of the event.
  aws.tasks.push({
    taskArn: 'bye',
    tags: {},
    environment: { [TASK_ENV]: `runs/${record.uid}/n/task.json` },
  });
  expect(await endRun(aws.world, event)).toBe('exit handler started');
  expect(aws.tasks).toHaveLength(1);
  expect(aws.executions.size).toBe(2);
  expect(await endRun(aws.world, aws.end(exitArn, {}))).toBe('closed');
  expect(await aws.world.runs.get(record.uid)).toMatchObject({ phase: 'Failed', exitExecutionArn: exitArn });
  expect(await endRun(aws.world, event)).toBe('ignored');
});

it('starts the exit handler after all when the call that should have was lost', async () => {
  const record = await start('  onExit: bye');
  aws.faults.set('startExecution', [named('SomethingElse')]);
  const event = aws.end(record.executionArn ?? '', { status: 'FAILED', error: 'States.Runtime', cause: 'x' });
  await expect(endRun(aws.world, event)).rejects.toThrow('SomethingElse');
  expect(await endRun(aws.world, event)).toBe('exit handler started');
  expect(aws.executions.size).toBe(2);
});

it('runs no exit handler after Terminate, and leaves children alone', async () => {
  const record = await start('  onExit: bye');
  const child = 'arn:aws:states:us-east-1:123456789012:execution:argosy-wf-x:child';
  aws.executions.set(child, {
    executionArn: child,
    name: 'child',
    machineArn: record.machineArn,
    status: 'ABORTED',
    startedAt: new Date(0),
    input: JSON.stringify({ workflow: record.run, node: 'x', target: 'main' }),
  });
  const event = { detail: { executionArn: child, status: 'ABORTED' } };
  expect(await endRun(aws.world, event)).toBe('ignored');
  await terminateRun(aws.world, record);
  expect(await ended(record, { status: 'ABORTED' })).toBe('closed');
  expect(aws.executions.size).toBe(2);
  expect(await aws.world.runs.get(record.uid)).toMatchObject({
    phase: 'Failed',
    message: "Stopped with strategy 'Terminate'",
  });
});

/** A task of the node that was started, or whose call has not been answered yet. */
function taskEvents(id: number, node: string, task: string | undefined): readonly HistoryEvent[] {
  const variables = [
    { Name: NODE_ENV, Value: node },
    { Name: TASK_TOKEN_ENV, Value: `token of ${node}` },
  ];
  const parameters = JSON.stringify({
    Cluster: 'argosy-cluster',
    Overrides: { ContainerOverrides: [{ Name: 'wait', Environment: variables }] },
  });
  const output = JSON.stringify({ Tasks: [{ TaskArn: task }] });
  const ecs = { resourceType: 'ecs', resource: 'runTask.sync' };
  const event = (type: string, at: number, more: object) =>
    ({
      id: at,
      previousEventId: at === id ? 0 : at - 1,
      timestamp: new Date(0),
      type,
      ...more,
    }) as HistoryEvent;
  return [
    event('TaskScheduled', id, { taskScheduledEventDetails: { ...ecs, region: 'us-east-1', parameters } }),
    event('TaskStarted', id + 1, { taskStartedEventDetails: ecs }),
    ...(task === undefined
      ? []
      : [event('TaskSubmitted', id + 2, { taskSubmittedEventDetails: { ...ecs, output } })]),
  ];
}

it('stops what runs, waits or is about to start, but for exit handlers', async () => {
  const record = await start('  onExit: bye');
  const { name, executionArn = '' } = record;
  await aws.world.suspensions.park({
    run: record.uid,
    node: `${name}.w`,
    token: 'w',
    template: 't',
    task: {},
  });
  for (const arn of ['one', 'late', 'bye']) aws.tasks.push({ taskArn: arn, tags: {}, environment: {} });
  const exit = taskEvents(30, `${name}.onExit`, 'bye');
  const early = [...taskEvents(10, `${name}.a`, 'one'), ...taskEvents(20, `${name}.b`, undefined), ...exit];
  aws.histories.set(executionArn, early);
  const sleep = async () => {
    const late = taskEvents(20, `${name}.b`, 'late');
    aws.histories.set(executionArn, [...taskEvents(10, `${name}.a`, 'one'), ...late, ...exit]);
  };
  await stopRun({ ...aws.world, clients: { ...aws.clients, sleep } }, record);
  expect((await aws.world.runs.get(record.uid))?.shutdown).toBe('Stop');
  expect(aws.answers.map(({ token, error }) => [token, error])).toEqual([
    ['w', 'Argo.Failed'],
    [`token of ${name}.a`, 'Argo.Failed'],
    [`token of ${name}.b`, 'Argo.Failed'],
  ]);
  expect(aws.tasks.map(({ taskArn }) => taskArn)).toEqual(['bye']);
});

it('leaves the exit handler alone when the same event came at the same moment', async () => {
  const record = await start('  onExit: bye');
  const event = aws.end(record.executionArn ?? '', { status: 'ABORTED' });
  expect(await endRun(aws.world, event)).toBe('exit handler started');
  const environment = { [TASK_ENV]: `runs/${record.uid}/n/task.json` };
  aws.tasks.push({ taskArn: 'bye', tags: {}, environment });
  // The other call read the run before the first one had written down that its exit handler starts.
  const other = { ...aws.world, runs: { ...aws.world.runs, get: async () => record } };
  expect(await endRun(other, event)).toBe('ignored');
  expect(aws.tasks).toHaveLength(1);
});

it('handles the end again when a call that handled it failed', async () => {
  const record = await start('  onExit: bye');
  const event = aws.end(record.executionArn ?? '', { status: 'ABORTED' });
  const refused = async () => {
    throw new Error('throttled');
  };
  const locks = { ...aws.world.locks, releaseRun: refused };
  await expect(endRun({ ...aws.world, locks }, event)).rejects.toThrow('throttled');
  expect(await endRun(aws.world, event)).toBe('exit handler started');
});
