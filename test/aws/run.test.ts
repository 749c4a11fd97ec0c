import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { resumeRun, setRunNodes, stopRun, suspendRun } from '../../lib/aws/control-run.ts';
import type { RunRecord } from '../../lib/aws/run-index.ts';
import type { Outcome } from '../../lib/protocol/outcome.ts';
import { taskError } from '../../lib/runtime/index.ts';
import type { RunStatus } from '../../lib/status/status.ts';
import { openTable, type TestTable } from './dynamo.ts';
import { type FakeAws, fakeAws } from './fake-clients.ts';
import { runOnAws, type StartedTask, type TaskRun } from './run-on-aws.ts';

let opened: TestTable;
let aws: FakeAws;
let count = 0;
let key = '';
beforeAll(async () => {
  opened = await openTable();
});
afterAll(() => opened.close());
beforeEach(() => {
  aws = fakeAws(opened.table);
  count += 1;
  key = `workflows/run-${count}.yaml`;
});

const workflow = (templates: string, spec = '') => `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: run-${count}}
spec:
  entrypoint: main
${spec}
  templates:
${templates}
    - name: say
      inputs: {parameters: [{name: text}]}
      container: {image: alpine, command: [echo], args: ['{{inputs.parameters.text}}']}
      outputs: {parameters: [{name: out, valueFrom: {path: /out}}]}
`;

const times = { startedAt: '2026-11-23T10:00:01Z', finishedAt: '2026-11-23T10:00:02Z' };

/** Each leaf says its argument once more; those told to fail do. */
function outcomeOf({ node, spec }: StartedTask): Outcome {
  const text = spec.containers[0]?.args?.[0] ?? '';
  if (text.startsWith('fail'))
    return {
      node,
      phase: 'Failed',
      message: `main: Error (exit code 1): ${text}`,
      ...times,
      outputs: { exitCode: '1' },
    };
  return { node, phase: 'Succeeded', ...times, outputs: { parameters: { out: `${text}!` }, exitCode: '0' } };
}

const answering: TaskRun = async (task) => {
  const outcome = outcomeOf(task);
  const text = JSON.stringify(outcome);
  if (outcome.phase === 'Succeeded') await aws.clients.states.sendTaskSuccess(task.token, text);
  else await aws.clients.states.sendTaskFailure(task.token, 'Argo.Failed', text);
  return { TaskArn: task.taskArn };
};

/** As DescribeTasks tells of a task, which names its overrides, too. */
const described = ({ taskArn, overrides }: StartedTask, ExitCode: number) => ({
  TaskArn: taskArn,
  Containers: [
    { Name: 'main', ExitCode },
    { Name: 'wait', ExitCode },
  ],
  Overrides: overrides,
  StopCode: 'EssentialContainerExited',
  StoppedReason: 'Essential container in task exited',
});

/** The answer to the token never arrives; the outcome lies in S3, and the task ends. */
const silent: TaskRun = async (task) => {
  const outcome = outcomeOf(task);
  await task.write('outcome.json', outcome);
  if (outcome.phase === 'Succeeded') return described(task, 0);
  throw taskError('States.TaskFailed', JSON.stringify(described(task, 1)));
};

function phases(status: RunStatus): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...status.nodes].map(([name, node]) => [name.replace(/^run-\d+/, ''), node.phase]),
  );
}

const chain = `
    - name: main
      steps:
        - - {name: a, template: say, arguments: {parameters: [{name: text, value: hi}]}}
        - - name: b
            template: say
            arguments: {parameters: [{name: text, value: '{{steps.a.outputs.parameters.out}}'}]}
`;

describe.each([
  ['answers', answering],
  ['no answer but an outcome in S3', silent],
])('tasks that give %s', (_how, run) => {
  it('hand outputs on', async () => {
    const { execution, status } = await runOnAws(aws, key, workflow(chain), run);
    expect(execution.status).toBe('SUCCEEDED');
    const last = [...aws.keys('runs/')]
      .filter((one) => one.endsWith('task.json'))
      .map((one) => aws.text(one));
    expect(last.some((text) => text?.includes('"hi!"'))).toBe(true);
    expect(phases(status)).toMatchObject({ '': 'Succeeded', '[0].a': 'Succeeded', '[1].b': 'Succeeded' });
  });

  it('fail the run with their own message', async () => {
    const failing = chain.replace('value: hi', 'value: fail please');
    const { execution, status } = await runOnAws(aws, key, workflow(failing), run);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'Argo.Failed' });
    expect(status.phase).toBe('Failed');
    expect(phases(status)).toMatchObject({ '': 'Failed', '[0].a': 'Failed' });
    expect(status.message).toContain("child 'run-");
  });
});

it('says why a task stopped that nobody can ask any more', async () => {
  const killed: TaskRun = async (task) => {
    const cause = { ...described(task, 137), StoppedReason: 'Your Spot Task was interrupted.' };
    throw taskError('States.TaskFailed', JSON.stringify(cause));
  };
  const { status } = await runOnAws(aws, key, workflow(chain), killed);
  expect(phases(status)).toMatchObject({ '': 'Failed', '[0].a': 'Error' });
  expect(status.nodes.get(`run-${count}[0].a`)?.message).toBe('Your Spot Task was interrupted.');
});

it('turns what a function throws into the outcome of its node', async () => {
  const huge = chain.replace("value: '{{steps", 'value: \'{{=sprig.fail("no")}}{{steps');
  const { status } = await runOnAws(aws, key, workflow(huge), answering);
  expect(status.phase).toBe('Failed');
  const messages = [...status.nodes.values()].map(({ message }) => message ?? '');
  expect(messages.some((message) => message.includes('no'))).toBe(true);
  expect(messages.filter((message) => message.includes('errorType'))).toEqual([]);
  const resource = `
    - name: main
      resource: {action: get, manifest: 'kind: Pod'}
`;
  count += 1;
  // What cannot run at all is refused before it starts.
  await expect(runOnAws(aws, key, workflow(resource), answering)).rejects.toThrow('Kubernetes cluster');
});

it('runs diamonds with gates, loops with slots, and locks', async () => {
  const dag = `
    - name: main
      synchronization: {mutexes: [{name: m${count}}]}
      dag:
        tasks:
          - {name: a, template: say, arguments: {parameters: [{name: text, value: a}]}}
          - {name: b, template: say, arguments: {parameters: [{name: text, value: b}]}}
          - name: c
            template: say
            depends: a
            arguments: {parameters: [{name: text, value: '{{tasks.a.outputs.parameters.out}}'}]}
          - {name: d, template: loop, depends: a && b}
    - name: loop
      parallelism: 2
      steps:
        - - name: l
            template: say
            withItems: [1, 2, 3]
            arguments: {parameters: [{name: text, value: '{{item}}'}]}
`;
  const { execution, status } = await runOnAws(aws, key, workflow(dag), answering);
  expect(execution.status).toBe('SUCCEEDED');
  expect(phases(status)).toMatchObject({ '.c': 'Succeeded', '.d': 'Succeeded', '.d[0].l(2:3)': 'Succeeded' });
});

/** Tries again and again while the run goes on, until `act` says that it did what it should. */
async function meanwhile(
  running: Promise<unknown>,
  act: (record: RunRecord) => Promise<boolean>,
): Promise<void> {
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  running.then(over, over);
  while (!isOver) {
    for await (const record of aws.world.runs.list({ name: `run-${count}` })) if (await act(record)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('the run ended before');
}

const waiting = `
    - name: main
      steps:
        - - {name: wait, template: wait}
        - - name: after
            template: say
            arguments: {parameters: [{name: text, value: '{{steps.wait.outputs.parameters.answer}}'}]}
    - name: wait
      suspend: {}
      outputs: {parameters: [{name: answer, valueFrom: {supplied: {}}}]}
`;

const wait = (node: string) => node === `run-${count}[0].wait`;

it('runs a workflow that is too large for one state machine', async () => {
  const tasks = Array.from({ length: 60 }, (_, at) => {
    const needs = at < 4 ? '' : `, depends: t${at - 4} && t${at - 3}`;
    const text = `${at}-${'x'.repeat(20_000)}`;
    return `          - {name: t${at}, template: quiet, arguments: {parameters: [{name: text, value: '${text}'}]}${needs}}`;
  });
  const large = `
    - name: main
      dag:
        tasks:
${tasks.join('\n')}
    - name: quiet
      inputs: {parameters: [{name: text}]}
      container: {image: alpine, command: [env], env: [{name: TEXT, value: '{{inputs.parameters.text}}'}]}
`;
  const { record, execution, status } = await runOnAws(aws, key, workflow(large), answering);
  expect(execution.status).toBe('SUCCEEDED');
  expect(new Set(Object.values(phases(status)))).toEqual(new Set(['Succeeded']));
  expect(status.nodes.size).toBe(61);
  const names = [...aws.machines.values()].map(({ name }) => name);
  const first = record.machineArn.split(':').at(-1);
  expect(names).toEqual([`${first}-p001`, first]);
});

it('waits at a suspended node until it is resumed', async () => {
  const running = runOnAws(aws, key, workflow(waiting), answering);
  await meanwhile(running, async (record) => {
    const resumed = await resumeRun(aws.world, record, { answer: 'yes' }, wait);
    return resumed.ok && resumed.value.length > 0;
  });
  const { status } = await running;
  expect(status.phase).toBe('Succeeded');
  expect(phases(status)['[1].after']).toBe('Succeeded');
});

it('resumes no suspended node whose output nobody gave, and takes it when it is set before', async () => {
  const running = runOnAws(aws, key, workflow(waiting), answering);
  await meanwhile(running, async (record) => {
    const { uid } = record;
    if ((await aws.world.suspensions.list(uid)).length === 0) return false;
    expect(await resumeRun(aws.world, record, {})).toEqual({
      ok: false,
      error: "raw output parameter 'answer' has not been set and does not have a default value",
    });
    const other = { outputs: { verdict: 'yes' } };
    expect(await setRunNodes(aws.world, record, wait, other)).toMatchObject({
      error: "node is not expecting output parameter 'verdict'",
    });
    const set = await setRunNodes(aws.world, record, wait, { outputs: { answer: 'set' }, message: 'by me' });
    expect(set).toEqual({ ok: true, value: [`run-${count}[0].wait`] });
    expect(await setRunNodes(aws.world, record, wait, { outputs: { answer: 'twice' } })).toMatchObject({
      error: expect.stringContaining('already set'),
    });
    return (await resumeRun(aws.world, record, {})).ok;
  });
  const { status } = await running;
  expect(status.nodes.get(`run-${count}[0].wait`)).toMatchObject({
    phase: 'Succeeded',
    message: 'by me',
    outputs: { parameters: { answer: 'set' } },
  });
});

it('ends a suspended node that is set to Failed', async () => {
  const running = runOnAws(aws, key, workflow(waiting), answering);
  await meanwhile(running, async (record) => {
    const failed = { outputs: {}, phase: 'Failed', message: 'no' };
    const set = await setRunNodes(aws.world, record, wait, failed);
    return set.ok && set.value.length > 0;
  });
  const { status } = await running;
  expect(status.nodes.get(`run-${count}[0].wait`)).toMatchObject({ phase: 'Failed', message: 'no' });
  expect(status.phase).toBe('Failed');
});

describe('a run that is suspended as a whole', () => {
  /** Of which no function has to make anything ready. */
  const constant = chain.replace("'{{steps.a.outputs.parameters.out}}'", 'ho');

  it.each([
    ['a function', chain],
    ['the task itself', constant],
  ])('starts nothing more until it is resumed, where %s has to see it', async (_who, steps) => {
    const ran: string[] = [];
    const noting: TaskRun = async (task) => {
      ran.push(task.node);
      if (task.node.endsWith('a'))
        for await (const record of aws.world.runs.list({ name: `run-${count}` }))
          expect(await suspendRun(aws.world, record)).toBe(true);
      return await answering(task);
    };
    const running = runOnAws(aws, key, workflow(steps), noting);
    await meanwhile(running, async (record) => {
      const held = await aws.world.suspensions.list(record.uid);
      if (held.length === 0) return false;
      expect(ran).toEqual([`run-${count}[0].a`]);
      return (await resumeRun(aws.world, record, {})).ok;
    });
    const { status } = await running;
    expect(ran).toEqual([`run-${count}[0].a`, `run-${count}[1].b`]);
    expect(phases(status)).toMatchObject({ '': 'Succeeded', '[1].b': 'Succeeded' });
    for await (const record of aws.world.runs.list({ name: `run-${count}` }))
      expect(await aws.world.suspensions.list(record.uid)).toEqual([]);
  });

  it('is held from the beginning when it is created so', async () => {
    const running = runOnAws(aws, key, workflow(chain, '  suspend: true'), answering);
    await meanwhile(running, async (record) => {
      expect(record.suspended).toBe(true);
      if ((await aws.world.suspensions.list(record.uid)).length === 0) return false;
      return (await resumeRun(aws.world, record, {})).ok;
    });
    expect((await running).status.phase).toBe('Succeeded');
  });

  it('ends when it is stopped: what was held is refused', async () => {
    const running = runOnAws(aws, key, workflow(chain, '  suspend: true'), answering);
    await meanwhile(running, async (record) => {
      if ((await aws.world.suspensions.list(record.uid)).length === 0) return false;
      await stopRun(aws.world, record);
      return true;
    });
    const { status } = await running;
    expect(phases(status)).toMatchObject({ '': 'Failed', '[0].a': 'Failed' });
    expect(status.nodes.get(`run-${count}[0].a`)?.message).toBe('workflow shutdown with strategy:  Stop');
  });
});

it('keeps two runs of one name apart', async () => {
  const texts: string[] = [];
  const noting: TaskRun = async (task) => {
    texts.push(task.place + task.node);
    return await answering(task);
  };
  await runOnAws(aws, key, workflow(chain), noting);
  await runOnAws(aws, key, `${workflow(chain)}\n`, noting);
  expect(new Set(texts).size).toBe(4);
});
