import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { endRun } from '../../lib/aws/exit-run.ts';
import type { RunRecord } from '../../lib/aws/run-index.ts';
import { REQUESTS } from '../../lib/aws/run-requests.ts';
import { submitEvent } from '../../lib/aws/submit.ts';
import type { Outcome } from '../../lib/protocol/outcome.ts';
import { openTable, type TestTable } from './dynamo.ts';
import { type FakeAws, fakeAws, named } from './fake-clients.ts';
import { execute, runOnAws, type TaskRun } from './run-on-aws.ts';

let opened: TestTable;
let aws: FakeAws;
let count = 0;
let ran: string[] = [];
let isBroken = true;
beforeAll(async () => {
  opened = await openTable();
});
afterAll(() => opened.close());
beforeEach(() => {
  aws = fakeAws(opened.table);
  count += 1;
  ran = [];
  isBroken = true;
});

/** `a` and its retries succeed in the second attempt; `b` fails as long as something is broken. */
const workflow = () => `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: again-${count}}
spec:
  entrypoint: main
  arguments: {parameters: [{name: how, value: badly}]}
  templates:
    - name: main
      steps:
        - - {name: a, template: flaky}
        - - {name: b, template: say, arguments: {parameters: [{name: text, value: '{{steps.a.outputs.parameters.out}} {{workflow.parameters.how}}'}]}}
    - name: flaky
      retryStrategy: {limit: 2}
      container: {image: alpine, command: [echo]}
      outputs: {parameters: [{name: out, valueFrom: {path: /out}}]}
    - name: say
      inputs: {parameters: [{name: text}]}
      container: {image: alpine, command: [echo], args: ['{{inputs.parameters.text}}']}
`;

const task: TaskRun = async ({ node, token, spec, taskArn }) => {
  const name = node.slice(node.indexOf('['));
  ran.push([name, ...(spec.containers[0]?.args ?? [])].join(' '));
  const times = { startedAt: '2026-11-23T10:00:01Z', finishedAt: '2026-11-23T10:00:02Z' };
  const isBad = name === '[0].a(0)' || (isBroken && name === '[1].b');
  const outcome: Outcome = isBad
    ? { node, phase: 'Failed', message: 'main: Error (exit code 1)', ...times }
    : { node, phase: 'Succeeded', ...times, outputs: { parameters: { out: 'well' } } };
  const text = JSON.stringify(outcome);
  if (isBad) await aws.clients.states.sendTaskFailure(token, 'Argo.Failed', text);
  else await aws.clients.states.sendTaskSuccess(token, text);
  return { TaskArn: taskArn };
};

/** Runs the workflow once, and closes its row. */
async function failed(): Promise<RunRecord> {
  const { record, status } = await runOnAws(aws, `workflows/again-${count}.yaml`, workflow(), task);
  expect(status.phase).toBe('Failed');
  const execution = aws.executions.get(record.executionArn ?? '');
  await endRun(aws.world, aws.end(record.executionArn ?? '', execution ?? {}));
  return record;
}

function request(file: string, uid: string, more: object = {}) {
  const body = JSON.stringify({ kind: 'WorkflowRetryRequest', uid, ...more });
  return aws.upload(`${REQUESTS}${file}.json`, body);
}

const errors = (file: string) => aws.text(`${REQUESTS}${file}.json.errors.txt`);

describe('a run that is tried again', () => {
  it('goes on under its name, without what is done, and shows both attempts as one tree', async () => {
    const first = await failed();
    ran = [];
    isBroken = false;
    const { runs } = await submitEvent(aws.world, request('once', first.uid, { parameters: ['how=better'] }));
    const [record] = runs;
    if (record === undefined) throw new Error(errors('once'));
    expect(record).toMatchObject({ uid: first.uid, name: first.name, phase: 'Running' });
    expect(record.executionArn).not.toBe(first.executionArn);
    expect(record.earlierExecutions).toEqual([first.executionArn]);
    expect(await aws.world.runs.get(first.uid)).not.toHaveProperty('finishedAt');
    const { status } = await execute(aws, record, task);
    expect(ran).toEqual(['[1].b well better']);
    const nodes = [...status.nodes.values()].map(({ name, phase, type }) => `${name} ${type} ${phase}`);
    const { name } = first;
    expect(nodes.sort()).toEqual(
      [
        `${name} Steps Succeeded`,
        `${name}[0] StepGroup Succeeded`,
        `${name}[0].a Retry Succeeded`,
        `${name}[0].a(0) Pod Failed`,
        `${name}[0].a(1) Pod Succeeded`,
        `${name}[1] StepGroup Succeeded`,
        `${name}[1].b Pod Succeeded`,
      ].sort(),
    );
    expect(status.nodes.get(`${name}[0].a`)?.children).toEqual([`${name}[0].a(0)`, `${name}[0].a(1)`]);
    expect(status.nodes.get(`${name}[0].a(1)`)?.children).toEqual([`${name}[1]`]);
  });

  it('is tried once, however often and late its request comes', async () => {
    const first = await failed();
    const event = request('twice', first.uid);
    await Promise.all([submitEvent(aws.world, event), submitEvent(aws.world, event)]);
    await submitEvent(aws.world, event);
    expect(aws.executions.size).toBe(2);
    const record = (await aws.world.runs.get(first.uid)) ?? first;
    await execute(aws, record, task);
    const execution = aws.executions.get(record.executionArn ?? '');
    await endRun(aws.world, aws.end(record.executionArn ?? '', execution ?? {}));
    const again = await submitEvent(aws.world, request('thrice', first.uid));
    expect(again.runs[0]?.earlierExecutions).toHaveLength(2);
    await submitEvent(aws.world, event);
    expect(aws.executions.size).toBe(3);
    expect(errors('twice')).toBeUndefined();
  });

  it('goes on from where a lost call left it', async () => {
    const first = await failed();
    const event = request('lost', first.uid);
    aws.faults.set('startExecution', [named('SomethingElse')]);
    await expect(submitEvent(aws.world, event)).rejects.toThrow('SomethingElse');
    expect(await aws.world.runs.get(first.uid)).toMatchObject({ phase: 'Pending' });
    const { runs } = await submitEvent(aws.world, event);
    expect(runs[0]).toMatchObject({ phase: 'Running' });
    expect(aws.executions.size).toBe(2);
  });

  it('is not closed by an event of the attempt before that comes late', async () => {
    const first = await failed();
    await submitEvent(aws.world, request('late', first.uid));
    const event = { detail: { executionArn: first.executionArn, status: 'FAILED' } };
    expect(await endRun(aws.world, event)).toBe('ignored');
    expect((await aws.world.runs.get(first.uid))?.phase).toBe('Running');
  });

  it('must have ended', async () => {
    const text = workflow();
    const { runs } = await submitEvent(aws.world, aws.upload(`workflows/again-${count}.yaml`, text));
    await submitEvent(aws.world, request('early', runs[0]?.uid ?? ''));
    expect(errors('early')).toBe('Cannot retry a workflow in phase Running\n');
    await submitEvent(aws.world, request('nobody', 'x'));
    expect(errors('nobody')).toBe('there is no run x\n');
    await submitEvent(aws.world, request('unread', 'x', { nodeFieldSelector: 'phase' }));
    expect(errors('unread')).toContain('unable to parse node field selector');
  });

  it('runs also what succeeded, where that is wanted', async () => {
    const first = await failed();
    ran = [];
    isBroken = false;
    const wish = { restartSuccessful: true, nodeFieldSelector: 'displayName=a' };
    const { runs } = await submitEvent(aws.world, request('restart', first.uid, wish));
    const { status } = await execute(aws, runs[0] ?? first, task);
    expect(ran).toEqual(['[0].a(0)', '[0].a(1)', '[1].b well badly']);
    expect(status.phase).toBe('Succeeded');
  });
});

it('a failed run is repeated with what its pods gave', async () => {
  const first = await failed();
  ran = [];
  isBroken = false;
  const body = { kind: 'WorkflowResubmitRequest', memoized: true };
  const event = request('memo', first.uid, body);
  const { runs } = await submitEvent(aws.world, event);
  await submitEvent(aws.world, event);
  expect(aws.executions.size).toBe(2);
  const [record] = runs;
  expect(record?.name).toMatch(new RegExp(`^${first.name}-[a-z0-9]{5}$`));
  expect(record?.run.labels['workflows.argoproj.io/resubmitted-from-workflow']).toBe(first.name);
  const { status } = await execute(aws, record ?? first, task);
  expect(ran).toEqual(['[1].b well badly']);
  expect(status.phase).toBe('Succeeded');
  expect(status.nodes.get(`${record?.name}[0].a(0)`)).toMatchObject({
    phase: 'Succeeded',
    message: expect.stringMatching(/^original pod: again-/),
  });
});
