/** `argosy run` and the commands for the runs that it keeps, on the process engine. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { WorkflowObject } from '../../lib/status/workflow-object.ts';
import { runCli, startCli, temporaryFolder, until } from './run-cli.ts';
import { BROKEN, FLAKY, HELLO, SUSPENDED } from './workflows.ts';

const PROCESS = ['--engine', 'process'];

test('a run prints its tree on standard output and its progress on standard error', async () => {
  const folder = temporaryFolder();
  folder.write('hello.yaml', HELLO);
  const { code, out, err } = await runCli(folder, ['run', ...PROCESS, 'hello.yaml']);
  expect(code).toBe(0);
  expect(out).toMatch(/^Name: +hello-\w{5}\n/);
  expect(out).toMatch(
    /\nSTEP +TEMPLATE +PODNAME +DURATION +MESSAGE\n ✔ hello-\w{5} +say +hello-\w{5} +\ds\n$/,
  );
  expect(err).toContain('engine: process, ');
  expect(err).toMatch(/✔ hello-\w{5} Succeeded/);
});

test('-o json prints a Workflow object and nothing else', async () => {
  const folder = temporaryFolder();
  folder.write('hello.yaml', HELLO);
  const argv = [
    'run',
    ...PROCESS,
    '-o',
    'json',
    '--name',
    'fixed',
    '-p',
    'who=you',
    '-l',
    'a=b',
    'hello.yaml',
  ];
  const { out } = await runCli(folder, argv);
  const workflow = JSON.parse(out) as WorkflowObject;
  expect(workflow.metadata).toMatchObject({
    name: 'fixed',
    labels: { a: 'b', 'workflows.argoproj.io/phase': 'Succeeded' },
  });
  expect(workflow.status).toMatchObject({
    phase: 'Succeeded',
    progress: '1/1',
    nodes: {
      fixed: {
        id: 'fixed',
        name: 'fixed',
        type: 'Pod',
        templateName: 'say',
        phase: 'Succeeded',
        outputs: { exitCode: '0' },
      },
    },
  });
  expect(workflow.spec).toMatchObject({ arguments: { parameters: [{ name: 'who', value: 'you' }] } });
  const logs = await runCli(folder, ['logs', 'fixed']);
  expect(logs.out).toBe('fixed: hello you\n');
});

test('parameters come from a file, and those of the command line win', async () => {
  const folder = temporaryFolder();
  folder.write('hello.yaml', HELLO);
  folder.write('values.yaml', 'who: file\nmore: 3\n');
  const argv = ['run', ...PROCESS, '--log', '-o', 'name', '-f', 'values.yaml', 'hello.yaml'];
  expect((await runCli(folder, argv)).err).toContain('hello file');
  expect((await runCli(folder, [...argv, '-p', 'who=me'])).err).toContain('hello me');
});

test('a workflow with mistakes does not start', async () => {
  const folder = temporaryFolder();
  folder.write('broken.yaml', BROKEN);
  const { code, out, err } = await runCli(folder, ['run', ...PROCESS, 'broken.yaml']);
  expect(code).toBe(3);
  expect(out).toBe('');
  expect(err).toContain('error[unknown-template]');
  expect(existsSync(join(folder.path, '.argosy'))).toBe(false);
});

test('templates lie in other files', async () => {
  const folder = temporaryFolder();
  folder.write(
    'library.yaml',
    HELLO.replace('kind: Workflow', 'kind: WorkflowTemplate').replace('generateName: hello-', 'name: greet'),
  );
  folder.write(
    'use.yaml',
    `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: use}
spec: {workflowTemplateRef: {name: greet}}
`,
  );
  const { code } = await runCli(folder, [
    'run',
    ...PROCESS,
    '--log',
    '-o',
    'name',
    'use.yaml',
    'library.yaml',
  ]);
  expect(code).toBe(0);
  const from = await runCli(folder, [
    'run',
    ...PROCESS,
    '-o',
    'name',
    '--from',
    'wftmpl/greet',
    'library.yaml',
  ]);
  expect(from).toMatchObject({ code: 0, out: expect.stringMatching(/^greet-\w{5}\n$/) });
});

test('a failed run is told by the exit code, and retried without what succeeded', async () => {
  const folder = temporaryFolder();
  folder.write('flaky.yaml', FLAKY);
  const failed = await runCli(folder, ['run', ...PROCESS, '-o', 'json', 'flaky.yaml']);
  expect(failed.code).toBe(1);
  const again = await runCli(folder, ['retry', 'flaky', '-o', 'json', '-p', 'ok=yes']);
  expect(again.code).toBe(0);
  expect(resultOf(again.out, 'first')).toBe(resultOf(failed.out, 'first'));
  const done = await runCli(folder, ['retry', 'flaky']);
  expect(done).toMatchObject({
    code: 2,
    err: expect.stringContaining('To retry a succeeded workflow'),
  });
  const first = ['--restart-successful', '--node-field-selector', 'displayName=first'];
  const anew = await runCli(folder, ['retry', 'flaky', '-o', 'json', ...first]);
  expect(anew.code).toBe(0);
  expect(resultOf(anew.out, 'first')).not.toBe(resultOf(failed.out, 'first'));
});

test('a failed run is repeated with what its pods gave', async () => {
  const folder = temporaryFolder();
  folder.write('flaky.yaml', FLAKY);
  const failed = await runCli(folder, ['run', ...PROCESS, '-o', 'json', 'flaky.yaml']);
  const again = await runCli(folder, ['resubmit', 'flaky', '--memoized', '-o', 'json', '-p', 'ok=yes']);
  expect(again.code).toBe(0);
  expect(resultOf(again.out, 'first')).toBe(resultOf(failed.out, 'first'));
  const { metadata, status } = JSON.parse(again.out) as WorkflowObject;
  expect(metadata.name).toMatch(/^flaky-\w{5}$/);
  const first = Object.values(status.nodes).find((node) => node.displayName === 'first');
  const original = (JSON.parse(failed.out) as WorkflowObject).status.nodes;
  const id = Object.values(original).find((node) => node.displayName === 'first')?.id;
  expect(first).toMatchObject({ type: 'Skipped', phase: 'Skipped', message: `original pod: ${id}` });
  const twice = await runCli(folder, ['resubmit', metadata.name, '--memoized']);
  expect(twice).toMatchObject({ code: 2, err: expect.stringContaining('must be Failed/Error') });
});

function resultOf(text: string, step: string): unknown {
  const { status } = JSON.parse(text) as WorkflowObject;
  const result = Object.values(status.nodes).find((node) => node.displayName === step)?.outputs?.['result'];
  expect(result).toMatch(/^[-0-9a-f]{36}$/);
  return result;
}

test('resubmit runs under another name', async () => {
  const folder = temporaryFolder();
  folder.write('flaky.yaml', FLAKY);
  await runCli(folder, ['run', ...PROCESS, 'flaky.yaml']);
  const { code, out } = await runCli(folder, ['resubmit', '@latest', '-o', 'name', '-p', 'ok=yes']);
  expect(code).toBe(0);
  expect(out).toMatch(/^flaky-\w{5}\n$/);
  const list = await runCli(folder, ['list', '--resubmitted', '-o', 'name']);
  expect(list.out).toBe(out);
});

test('a suspended run is seen, resumed with a value, and waited for', async () => {
  const folder = temporaryFolder();
  folder.write('held.yaml', SUSPENDED);
  const running = startCli(folder, ['run', ...PROCESS, '--log', 'held.yaml']);
  await until(() => running.err().includes('waits for'));
  const list = await runCli(folder, ['list', '--running']);
  expect(list.out).toMatch(/held +Running \(Suspended\)/);
  expect((await runCli(folder, ['get', 'held'])).out).toContain('ǁ approve');
  const waiting = startCli(folder, ['wait', '@latest']);
  const resumed = await runCli(folder, ['resume', 'held', '-p', 'answer=yes, do']);
  expect(resumed).toMatchObject({ code: 0, out: 'workflow held resumed\n' });
  expect(await waiting.ended).toMatchObject({ code: 0, out: expect.stringMatching(/^held Succeeded at /) });
  const { code, out } = await running.ended;
  expect(code).toBe(0);
  expect(out).toContain('yes, do');
  const late = await runCli(folder, ['resume', 'held']);
  expect(late).toMatchObject({ code: 2, err: 'error: held does not run: it is Succeeded\n' });
});

test('a run is suspended as a whole: what runs goes on, nothing more starts', async () => {
  const folder = temporaryFolder();
  folder.write('held.yaml', SUSPENDED);
  const running = startCli(folder, ['run', ...PROCESS, '-o', 'json', 'held.yaml']);
  await until(() => running.err().includes('waits for'));
  expect(await runCli(folder, ['suspend', 'held'])).toMatchObject({
    code: 0,
    out: 'workflow held suspended\n',
  });
  const only = ['resume', 'held', '-p', 'answer=yes', '--node-field-selector', 'displayName=approve'];
  expect((await runCli(folder, only)).code).toBe(0);
  const history = join(folder.path, '.argosy', 'held', 'history.jsonl');
  await until(() => /"name":"[^"]*\(held\)"/.test(readFileSync(history, 'utf8')));
  const held = JSON.parse((await runCli(folder, ['get', 'held', '-o', 'json'])).out) as WorkflowObject;
  const phases = Object.values(held.status.nodes).map(({ name, phase }) => `${name} ${phase}`);
  expect(phases).toContain('held[0].approve Succeeded');
  expect(phases).not.toContain('held[1].use Succeeded');
  expect(held.spec['suspend']).toBe(true);
  expect((await runCli(folder, ['list'])).out).toContain('Running (Suspended)');
  expect((await runCli(folder, ['resume', 'held'])).code).toBe(0);
  const { code, out } = await running.ended;
  expect({ code, phase: (JSON.parse(out) as WorkflowObject).status.phase }).toEqual({
    code: 0,
    phase: 'Succeeded',
  });
});

test('a suspended node is told its outputs before it goes on, or ended', async () => {
  const folder = temporaryFolder();
  folder.write('held.yaml', SUSPENDED);
  const running = startCli(folder, ['run', ...PROCESS, '--log', 'held.yaml']);
  await until(() => running.err().includes('waits for'));
  const selector = ['--node-field-selector', 'displayName=approve'];
  const set = await runCli(folder, ['node', 'set', 'held', ...selector, '-p', 'answer=set', '-m', 'by hand']);
  expect(set).toMatchObject({ code: 0, out: 'workflow values set\n' });
  expect((await runCli(folder, ['get', 'held'])).out).toContain('by hand');
  const nobody = await runCli(folder, ['node', 'set', 'held', '--node-field-selector', 'displayName=x']);
  expect(nobody).toMatchObject({ code: 1, err: expect.stringContaining('no suspended node matches') });
  expect((await runCli(folder, ['resume', 'held'])).code).toBe(0);
  expect((await running.ended).out).toContain('set');
  const again = startCli(folder, ['run', ...PROCESS, '-o', 'json', 'held.yaml']);
  await until(() => again.err().includes('waits for'));
  expect((await runCli(folder, ['stop', 'held', ...selector, '--message', 'never'])).code).toBe(0);
  const { code, out } = await again.ended;
  const nodes = Object.values((JSON.parse(out) as WorkflowObject).status.nodes);
  expect(nodes.find(({ displayName }) => displayName === 'approve')).toMatchObject({
    phase: 'Failed',
    message: 'never',
  });
  expect(code).toBe(1);
});

test('stop runs exit handlers, terminate does not', async () => {
  const folder = temporaryFolder();
  folder.write('held.yaml', SUSPENDED);
  for (const [verb, handlers] of [
    ['stop', true],
    ['terminate', false],
  ] as const) {
    const running = startCli(folder, ['run', ...PROCESS, '-o', 'json', 'held.yaml']);
    await until(() => running.err().includes('waits for'));
    expect((await runCli(folder, [verb, 'held'])).code).toBe(0);
    const { code, out } = await running.ended;
    const { status } = JSON.parse(out) as WorkflowObject;
    const capital = verb === 'stop' ? 'Stop' : 'Terminate';
    expect({ code, phase: status.phase, message: status.message }).toEqual({
      code: 1,
      phase: 'Failed',
      message: `Stopped with strategy '${capital}'`,
    });
    const names = Object.values(status.nodes).map((node) => node.name);
    expect(names.includes('held.onExit')).toBe(handlers);
    expect(Object.values(status.nodes).filter((node) => node.phase === 'Running')).toEqual([]);
  }
});

test('the first interrupt stops, and the exit code says so', async () => {
  const folder = temporaryFolder();
  folder.write('held.yaml', SUSPENDED);
  const running = startCli(folder, ['run', ...PROCESS, 'held.yaml']);
  await until(() => running.err().includes('waits for'));
  running.interrupt();
  const { code, err } = await running.ended;
  expect(code).toBe(130);
  expect(err).toContain('stopping: exit handlers still run');
  expect(err).toContain('held.onExit Succeeded');
});

test('on a terminal the tree is redrawn and taken away in the end', async () => {
  const folder = temporaryFolder();
  folder.write('held.yaml', SUSPENDED);
  const running = startCli(folder, ['run', ...PROCESS, 'held.yaml'], { tty: true });
  await until(() => running.err().includes('ǁ'));
  running.interrupt();
  const { out, err } = await running.ended;
  expect(err.endsWith('A\r\u001b[J')).toBe(true);
  expect(out).toContain('\u001b[31m✖\u001b[39m approve');
});

test('runs are deleted', async () => {
  const folder = temporaryFolder();
  folder.write('hello.yaml', HELLO);
  await runCli(folder, ['run', ...PROCESS, 'hello.yaml']);
  const dry = await runCli(folder, ['delete', '--all', '--dry-run']);
  expect(dry.out).toMatch(/deleted \(dry-run\)\n$/);
  await runCli(folder, ['delete', '@latest']);
  expect(readdirSync(join(folder.path, '.argosy'))).toEqual([]);
  expect((await runCli(folder, ['get', '@latest'])).code).toBe(2);
  expect((await runCli(folder, ['list'])).out).toBe('No workflows found\n');
});

test('a run whose process died is told as such', async () => {
  const folder = temporaryFolder();
  folder.write('hello.yaml', HELLO);
  await runCli(folder, ['run', ...PROCESS, '--name', 'dead', 'hello.yaml']);
  rmSync(join(folder.path, '.argosy/dead/result.json'));
  const { out } = await runCli(folder, ['get', 'dead']);
  expect(out).toContain('Error');
  expect(out).toContain('the process that ran it ended before the run did');
});

test('the mock engine answers steps from a table, and no time passes', async () => {
  const folder = temporaryFolder();
  folder.write(
    'held.yaml',
    SUSPENDED.replace('suspend: {}', 'suspend: {duration: 720h}').replace(
      'supplied: {}',
      'supplied: {}, default: later',
    ),
  );
  folder.write(
    'answers.yaml',
    `rules:
  - template: note
    answers: [{result: made up}]
  - node: '*second'
    answers: [{exitCode: 4, seconds: 86400}]
`,
  );
  folder.write('flaky.yaml', FLAKY);
  const mocked = await runCli(folder, ['run', '--engine', 'mock(answers.yaml)', '-o', 'json', 'flaky.yaml']);
  expect(mocked.code).toBe(1);
  const { status } = JSON.parse(mocked.out) as WorkflowObject;
  const second = Object.values(status.nodes).find((node) => node.displayName === 'second')!;
  expect(second).toMatchObject({
    phase: 'Failed',
    inputs: { parameters: [{ name: 'text', value: 'made up' }] },
    outputs: { exitCode: '4' },
  });
  expect(Date.parse(second.finishedAt!) - Date.parse(second.startedAt!)).toBe(86_400_000);
  const waited = await runCli(folder, ['run', '--engine', 'mock:answers.yaml', '-o', 'json', 'held.yaml']);
  const held = (JSON.parse(waited.out) as WorkflowObject).status;
  expect(Date.parse(held.finishedAt!) - Date.parse(held.startedAt!)).toBe(30 * 86_400_000);
});
