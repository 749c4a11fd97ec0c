/** Workflows through the whole of the AWS runtime: uploaded, run by its machines, functions and tasks, and shown as Argo does. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WorkflowObject } from '../../lib/status/workflow-object.ts';
import { eventually } from '../support/eventually.ts';
import { shownNodes, treeOf } from './shown-run.ts';
import { argosyIn, type Said, startWorld, type World } from './world.ts';

const file = (name: string) => new URL(`workflows/${name}.yaml`, import.meta.url).pathname;
const textOf = (name: string) => readFileSync(file(name), 'utf8');

let world: World;
let runs: string;

beforeAll(async () => {
  world = await startWorld();
  runs = await mkdtemp(join(tmpdir(), 'argosy-local-'));
}, 120_000);

afterAll(async () => {
  // Functions make up for some calls that fail; none may rely on that.
  expect([...new Set(world.box.iam.denied)]).toEqual([]);
  await world.close();
  await rm(runs, { recursive: true, force: true });
});

async function succeeds(...words: readonly string[]): Promise<string> {
  const said = await world.argosy(...words);
  expect(said, words.join(' ')).toMatchObject({ code: 0 });
  return said.out;
}

/** Uploads a file, and waits for the end of its run. */
async function run(name: string): Promise<Said> {
  world.upload(`workflows/${name}.yaml`, textOf(name));
  await appears(name);
  return await world.argosy('wait', name);
}

async function appears(name: string): Promise<void> {
  await eventually(async () =>
    expect(await world.argosy('list', '-o', 'name', '--prefix', name)).toMatchObject({
      out: expect.stringContaining(name),
    }),
  );
}

async function workflowOf(name: string): Promise<WorkflowObject> {
  return JSON.parse(await succeeds('get', name, '-o', 'json')) as WorkflowObject;
}

async function nodePhase(name: string, node: string): Promise<string | undefined> {
  return shownNodes(await workflowOf(name))[node]?.phase;
}

/** On this machine, from the same file. */
async function ranHere(name: string): Promise<WorkflowObject> {
  const said = await argosyIn(['run', file(name), '--engine', 'process', '-o', 'json'], {
    ARGOSY_RUNS: runs,
  });
  return JSON.parse(said.out) as WorkflowObject;
}

describe('a run of an upload', () => {
  test('is started, shown, logged and listed', async () => {
    world.upload('workflows/hello-world.yaml', textOf('hello-world'));
    await appears('hello-world');
    const name = (await succeeds('list', '-o', 'name', '--prefix', 'hello-world')).trim();
    expect(name).toMatch(/^hello-world-[a-z0-9]{5}$/);
    expect(await succeeds('wait', name)).toMatch(new RegExp(`^${name} Succeeded at 20`));
    const shown = await succeeds('get', name);
    expect(treeOf(shown)).toEqual([` ✔ ${name}  hello`]);
    expect(shown).toContain('  who:               world');
    expect(shown).toMatch(/Console: +https:\/\/us-east-1\.console\.aws\.amazon\.com\/states\/home/);
    expect(await succeeds('logs', name)).toBe(`${name}: hello world\n`);
    expect(await succeeds('list', '--prefix', name)).toMatch(
      new RegExp(`NAME +STATUS .*\n${name} +Succeeded `),
    );
  });

  test.each(['artifact-passing', 'loop', 'crossed-dag', 'retries', 'exit-handler', 'children'])(
    '%s has the tree of a run on this machine',
    async (name) => {
      await run(name);
      const there = await workflowOf(name);
      const here = await ranHere(name);
      expect(there.status.phase).toBe(here.status.phase);
      expect(there.status.message).toBe(here.status.message);
      expect(shownNodes(there)).toEqual(shownNodes(here));
      expect(there.status.progress).toBe(here.status.progress);
    },
  );

  test('hands artifacts, results and items on', async () => {
    expect(await succeeds('logs', 'artifact-passing', '--grep', 'from')).toContain('from the artifact');
    const loop = (await succeeds('logs', 'loop')).match(/number \d/g);
    expect(loop?.sort()).toEqual(['number 1', 'number 3']);
    expect(await succeeds('logs', 'crossed-dag')).toContain('[c after a] d after a b');
    expect(await succeeds('logs', 'children')).toContain('counting 0');
  });

  test('is read from a history of several pages', async () => {
    expect(await run('many')).toMatchObject({ code: 0 });
    const { executionArn } = [...world.box.machines.executions.values()]
      .map(({ arn, name, events }) => ({ executionArn: arn, name, count: events.length }))
      .find(({ name, count }) => name.startsWith('many-') && count > 1000)!;
    expect(await succeeds('get', 'many')).toContain(executionArn);
    const phases = Object.values(shownNodes(await workflowOf('many'))).map(
      ({ type, phase }) => `${type} ${phase}`,
    );
    expect(phases.filter((one) => one === 'Skipped Skipped')).toHaveLength(240);
  });

  test('shows what failed, and what was done about it', async () => {
    expect(treeOf(await succeeds('get', 'retries'))).toEqual([
      ' ✔ retries  flaky',
      ' ├─✖ retries(0)  flaky  main: Error (exit code 1)',
      ' └─✔ retries(1)  flaky',
    ]);
    const waited = await world.argosy('wait', 'exit-handler');
    expect(waited.code).toBe(1);
    expect(treeOf(await succeeds('get', 'exit-handler'))).toEqual([
      ' ✖ exit-handler  fail  main: Error (exit code 3)',
      ' ✔ exit-handler.onExit  report',
    ]);
    expect(await succeeds('logs', 'exit-handler')).toContain('ended Failed');
    expect(await succeeds('list', '--status', 'Failed')).toContain('main: Error (exit code 3)');
  });

  test('is one run, however often its event comes', async () => {
    const before = world.box.machines.executions.size;
    const repeated = world.box.bus.repeat((event) => event['source'] === 'aws.s3');
    expect(repeated).toBeGreaterThan(5);
    await world.box.bus.settled();
    expect(world.box.machines.executions.size).toBe(before);
    expect(world.box.bus.failures).toEqual([]);
  });

  test('is not started by what is wrong: the diagnostics lie beside it', async () => {
    world.upload('workflows/mistake.yaml', textOf('mistake'));
    const key = 'workflows/mistake.yaml.errors.txt';
    await eventually(() => expect(world.box.objects.get(world.bucket, key)?.data).toBeDefined());
    const text = Buffer.from(world.box.objects.get(world.bucket, key)?.data ?? []).toString('utf8');
    expect(text).toContain('workflows/mistake.yaml:11:23');
    expect(text).toContain('mian');
  });
});

describe('a run that is told what to do', () => {
  test('waits for resume, and takes its values', async () => {
    world.upload('workflows/approval.yaml', textOf('approval'));
    await appears('approval');
    await eventually(async () => expect(await nodePhase('approval', 'approval[0].approve')).toBe('Running'));
    expect(await succeeds('get', 'approval')).toContain('Running (Suspended)');
    const nobody = await world.argosy('resume', 'approval', '--node-field-selector', 'displayName=other');
    expect(nobody.code).toBe(1);
    expect(await succeeds('resume', 'approval', '-p', 'verdict=yes')).toBe('workflow approval resumed\n');
    await succeeds('wait', 'approval');
    expect(await succeeds('logs', 'approval')).toContain('verdict yes');
  });

  test('is suspended as a whole, and starts nothing until it is resumed', async () => {
    const name = (await succeeds('submit', file('approval'), '--name', 'hold-on')).trim();
    await eventually(async () => expect(await nodePhase(name, 'hold-on[0].approve')).toBe('Running'));
    const selector = ['--node-field-selector', 'displayName=approve'];
    await succeeds('node', 'set', name, ...selector, '-p', 'verdict=later', '-m', 'asked twice');
    expect(await succeeds('get', name)).toContain('asked twice');
    expect(await succeeds('suspend', name)).toBe('workflow hold-on suspended\n');
    await succeeds('resume', name, ...selector);
    const held = () =>
      [...world.box.machines.executions.values()].some(
        (one) => one.name.startsWith(name) && JSON.stringify(one.events).includes('(held)'),
      );
    await eventually(() => expect(held()).toBe(true));
    expect(await succeeds('get', name)).toContain('Running (Suspended)');
    expect(await succeeds('list', '--prefix', name)).toContain('Running (Suspended)');
    await succeeds('resume', name);
    await succeeds('wait', name);
    expect(await succeeds('logs', name)).toContain('verdict later');
    const late = await world.argosy('suspend', name);
    expect(late).toMatchObject({ code: 2, err: expect.stringContaining('hold-on does not run') });
  });

  test('stops: its tasks end, its exit handler runs', async () => {
    world.upload('workflows/long.yaml', textOf('long'));
    await appears('long');
    await eventually(async () =>
      expect(world.box.ecs.tasks.size && (await nodePhase('long', 'long[0].sleep'))).toBe('Running'),
    );
    expect(await succeeds('stop', 'long')).toBe('workflow long stopped\n');
    expect((await world.argosy('wait', 'long')).code).toBe(1);
    const nodes = shownNodes(await workflowOf('long'));
    const message = 'workflow shutdown with strategy:  Stop';
    expect(nodes['long[0].sleep']).toMatchObject({ phase: 'Failed', message });
    expect(nodes['long.onExit']).toMatchObject({ phase: 'Succeeded' });
    expect(nodes['long.onExit[1].sweep']).toMatchObject({ phase: 'Succeeded' });
    expect(await succeeds('get', 'long')).toContain("Stopped with strategy 'Stop'");
    expect([...world.box.ecs.tasks.values()].filter((task) => task.lastStatus !== 'STOPPED')).toEqual([]);
  });

  test('terminates: nothing goes on', async () => {
    const name = (await succeeds('submit', file('long'), '--name', 'cut-off')).trim();
    expect(name).toBe('cut-off');
    await eventually(async () => expect(await nodePhase(name, 'cut-off[0].sleep')).toBe('Running'));
    await succeeds('terminate', name);
    expect((await world.argosy('wait', name)).code).toBe(1);
    const workflow = await workflowOf(name);
    expect(workflow.status.message).toBe("Stopped with strategy 'Terminate'");
    expect(workflow.status.phase).toBe('Failed');
    await eventually(() =>
      expect([...world.box.ecs.tasks.values()].every((task) => task.lastStatus === 'STOPPED')).toBe(true),
    );
    expect(Object.keys(shownNodes(workflow))).not.toContain('cut-off.onExit');
  });
});

describe('a run that failed', () => {
  /** What scripts drew at random, once each. */
  const drawn = ({ status }: WorkflowObject) => {
    const outputs = Object.values(status.nodes).map((node) => JSON.stringify(node.outputs ?? {}));
    return [...new Set(outputs.join().match(/[-0-9a-f]{36}/g))].sort();
  };

  test('is tried again: what it had done is kept, in child executions too', async () => {
    const name = (await succeeds('submit', file('second-try'), '--name', 'second-try')).trim();
    expect((await world.argosy('wait', name)).code).toBe(1);
    const before = await workflowOf(name);
    expect((await world.argosy('retry', name, '--wait')).code).toBe(1);
    const said = await world.argosy('retry', name, '-p', 'ok=yes', '--wait');
    expect(said).toMatchObject({ code: 0, out: `${name}\n` });
    const after = await workflowOf(name);
    expect(after.metadata.uid).toBe(before.metadata.uid);
    expect(drawn(before)).toHaveLength(3);
    expect(drawn(after)).toEqual(drawn(before));
    const nodes = shownNodes(after);
    const phases = Object.entries(shownNodes(before)).map(([node, { phase }]) => [node, phase]);
    const mended = Object.fromEntries(
      phases.map(([node, phase]) => [node, mendedPhase(node ?? '', phase ?? '')]),
    );
    expect(Object.fromEntries(Object.entries(nodes).map(([node, { phase }]) => [node, phase]))).toEqual(
      mended,
    );
    expect(nodes['second-try.number']?.children).toEqual(shownNodes(before)['second-try.number']?.children);
    const { startedAt } = Object.values(before.status.nodes).find(
      (node) => node.name === 'second-try.number(1)',
    )!;
    const kept = Object.values(after.status.nodes).find((node) => node.name === 'second-try.number(1)');
    expect(kept?.startedAt).toBe(startedAt);
    expect(await succeeds('list', '--prefix', name)).toMatch(/second-try +Succeeded/);
  });

  const mendedPhase = (node: string, phase: string) =>
    node === 'second-try' || node === 'second-try.check' ? 'Succeeded' : phase;

  test('is repeated with what its pods gave', async () => {
    const name = (await succeeds('submit', file('second-try'), '--name', 'memo')).trim();
    expect((await world.argosy('wait', name)).code).toBe(1);
    const before = await workflowOf(name);
    const again = (await succeeds('resubmit', name, '--memoized', '-p', 'ok=yes', '--wait')).trim();
    expect(again).toMatch(/^memo-[a-z0-9]{5}$/);
    const after = await workflowOf(again);
    expect(drawn(after)).toEqual(drawn(before));
    const nodes = shownNodes(after);
    expect(nodes[`${again}.deep[0].work`]).toMatchObject({ type: 'Skipped', phase: 'Skipped' });
    expect(nodes[`${again}.check`]).toMatchObject({ type: 'Pod', phase: 'Succeeded' });
    const said = await world.argosy('resubmit', again, '--memoized');
    expect(said).toMatchObject({ code: 3, err: expect.stringContaining('must be Failed/Error') });
  });

  test('cannot be tried again when it succeeded, unless it is said from where', async () => {
    const said = await world.argosy('retry', 'second-try');
    expect(said).toMatchObject({ code: 2, err: expect.stringContaining('To retry a succeeded workflow') });
    const running = (await succeeds('submit', file('approval'), '--name', 'not-yet')).trim();
    expect(await world.argosy('retry', running)).toMatchObject({
      code: 2,
      err: expect.stringContaining('still runs'),
    });
    await succeeds('terminate', running);
  });
});

describe('a submission', () => {
  test('has its own parameters, and is followed to its end', async () => {
    const said = await world.argosy(
      'submit',
      file('hello-world'),
      '-p',
      'who=everybody',
      '--log',
      '--labels',
      'a=b',
    );
    expect(said).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^(hello-world-\w+): hello everybody\n\1\n$/),
    });
    expect(said.err).toContain('https://us-east-1.console.aws.amazon.com/states');
    expect(await succeeds('list', '-l', 'a=b', '-o', 'name')).toMatch(/^hello-world-\w+\n$/);
  });

  test('is repeated by resubmit', async () => {
    const [first] = (await succeeds('list', '-l', 'a=b', '-o', 'name')).split('\n');
    const again = (await succeeds('resubmit', first!, '--wait')).trim();
    expect(again).not.toBe(first);
    expect(await succeeds('logs', again)).toBe(`${again}: hello everybody\n`);
    const resubmitted = (await succeeds('list', '--resubmitted', '-o', 'name')).split('\n');
    expect(resubmitted).toContain(again);
    expect(resubmitted).not.toContain(first);
    expect(await succeeds('delete', again)).toBe(`Workflow '${again}' deleted\n`);
    expect((await world.argosy('get', again)).code).toBe(2);
  });

  test('that is wrong is refused before anything is uploaded', async () => {
    const said = await world.argosy('submit', file('mistake'));
    expect(said).toMatchObject({ code: 3, out: '' });
    expect(said.err).toContain('mistake.yaml:11:23');
  });

  test('may run a template that is kept', async () => {
    expect(await succeeds('template', 'create', file('greeting-template'))).toBe(
      'WorkflowTemplate greeting created\n',
    );
    expect(await succeeds('template', 'list', '-o', 'name')).toBe('greeting\n');
    const from = ['submit', '--from', 'workflowtemplate/greeting', '-p', 'who=all', '--wait'];
    const name = (await succeeds(...from)).trim();
    expect(await succeeds('logs', name)).toBe(`${name}: greetings to all\n`);
    await succeeds('template', 'delete', 'greeting');
    expect(await succeeds('template', 'list')).toBe('No WorkflowTemplate found\n');
  });
});

describe('a CronWorkflow', () => {
  test('is kept, fires when it is due, and is forgotten', async () => {
    await succeeds('cron', 'create', file('nightly'));
    const [[schedule, kept] = ['', {}]] = [...world.box.schedules.all];
    expect(kept).toMatchObject({
      ScheduleExpression: 'cron(30 2 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
    });
    const at = new Date();
    await world.box.schedules.fire(schedule, at);
    await world.box.schedules.fire(schedule, at);
    const list = (await succeeds('list', '--prefix', 'nightly', '-o', 'name')).trim().split('\n');
    expect(list).toEqual([`nightly-${Math.floor(at.getTime() / 1000)}`]);
    await succeeds('wait', list[0]!);
    expect(await succeeds('logs', list[0]!)).toContain('scheduled');
    expect(await succeeds('cron', 'list')).toMatch(/nightly .* 30 2 \* \* \* +Europe\/Berlin +false/);
    expect(await succeeds('cron', 'get', 'nightly')).toContain(`${list[0]} Succeeded`);
    await succeeds('cron', 'suspend', 'nightly');
    expect([...world.box.schedules.all.values()].map((one) => one['State'])).toEqual(['DISABLED']);
    await succeeds('cron', 'resume', 'nightly');
    expect([...world.box.schedules.all.values()].map((one) => one['State'])).toEqual(['ENABLED']);
    await succeeds('cron', 'delete', 'nightly');
    expect(world.box.schedules.all.size).toBe(0);
  });
});

describe('faults of AWS', () => {
  test('become messages, and exit code 4', async () => {
    const said = await world.argosy('list', '--stack', 'elsewhere');
    expect(said).toMatchObject({
      code: 4,
      err: expect.stringContaining('there is no stack elsewhere in us-east-1'),
    });
    const unreachable = await argosyIn(['list', '--stack', 'argosy'], {
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
      AWS_REGION: 'us-east-1',
    });
    expect(unreachable).toMatchObject({ code: 4, err: expect.stringContaining('AWS cannot be reached') });
  });
});
