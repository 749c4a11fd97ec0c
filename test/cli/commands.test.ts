/** Usage, help, and the commands that need no run. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { allStates } from '../../lib/asl/print.ts';
import type { StateMachine } from '../../lib/asl/state-machine.ts';
import { wantsColor } from '../../lib/cli/terminal.ts';
import { stepsYaml } from '../bench/generate.ts';
import { runCli, temporaryFolder } from './run-cli.ts';
import { BROKEN, HELLO } from './workflows.ts';

test.each([
  [['--help'], 0],
  [['run', '--help'], 0],
  [[], 2],
  [['rnu'], 2],
  [['run'], 2],
  [['run', '--nonsense', 'x.yaml'], 2],
  [['run', '-p', 'novalue', '-'], 2],
  [['run', '--engine', 'warp', '-'], 2],
  [['get', '../../etc'], 2],
  [['list', '--since', 'tomorrow'], 2],
  [['cron', 'list'], 2],
  [['server'], 2],
] as const)('%j ends with %i and without a stack trace', async (argv, code) => {
  const ran = await runCli(temporaryFolder(), argv);
  expect(ran.code).toBe(code);
  expect(ran.out + ran.err).not.toMatch(/\n\s+at /);
  expect((ran.out + ran.err).length).toBeGreaterThan(0);
});

test('a slip of the pen is met with a suggestion', async () => {
  expect((await runCli(temporaryFolder(), ['rnu'])).err).toContain('Did you mean run?');
});

test('every command shows its flags', async () => {
  const { out } = await runCli(temporaryFolder(), ['--help']);
  const names = [...out.matchAll(/^ {2}([a-z]+)[| ]/gm)]
    .map(([, name]) => name!)
    .filter((name) => name !== 'argosy');
  expect(names).toContain('terminate');
  for (const name of names.filter((one) => one !== 'help')) {
    const help = await runCli(temporaryFolder(), [name, '--help']);
    expect(help).toMatchObject({ code: 0, out: expect.stringContaining('Usage: argosy ' + name) });
  }
});

test('compile prints a state machine, the same each time', async () => {
  const folder = temporaryFolder();
  folder.write('hello.yaml', HELLO);
  const { code, out } = await runCli(folder, ['compile', 'hello.yaml']);
  expect(code).toBe(0);
  const machine = JSON.parse(out) as StateMachine;
  expect(machine.QueryLanguage).toBe('JSONata');
  expect((await runCli(folder, ['compile', 'hello.yaml'])).out).toBe(out);
  const origins = JSON.parse((await runCli(folder, ['compile', '--origins', 'hello.yaml'])).out) as object;
  for (const [name] of allStates(machine)) expect(origins).toHaveProperty([name]);
  expect((await runCli(folder, ['compile', '-o', 'build/', 'hello.yaml'])).err).toContain(
    'build/hello.asl.json',
  );
  folder.write('broken.yaml', BROKEN);
  expect(await runCli(folder, ['compile', 'broken.yaml'])).toMatchObject({ code: 3, out: '' });
});

test('a workflow beyond the largest definition is told as such', async () => {
  const folder = temporaryFolder();
  folder.write('large.yaml', stepsYaml(2000, 1));
  const { code, err } = await runCli(folder, ['compile', 'large.yaml']);
  expect(code).toBe(3);
  expect(err).toMatch(
    /error\[too-large\]: the state machine has \d+ characters, 1048576 are the most\n.*large\.yaml:5:1/,
  );
});

test('explain tells a code, a file, and what is nearest', async () => {
  const folder = temporaryFolder();
  folder.write('hello.yaml', HELLO);
  expect((await runCli(folder, ['explain', 'unknown-variable'])).out).toMatch(/^error\[unknown-variable\]: /);
  const { out } = await runCli(folder, ['explain', 'hello.yaml']);
  expect(out).toContain('WorkflowSpec.entrypoint');
  expect(out).toMatch(/\d+ states; \d+ of 1048576 characters/);
  expect(await runCli(folder, ['explain', 'unknown-varable'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('did you mean unknown-variable?'),
  });
});

test('completion scripts are accepted by their shell', async () => {
  const { out } = await runCli(temporaryFolder(), ['completion', 'bash']);
  execFileSync('bash', ['-n'], { input: out });
  const words = execFileSync('bash', [
    '-c',
    `${out}\nCOMP_WORDS=(argosy ter) COMP_CWORD=1; _argosy; echo "\${COMPREPLY[@]}"`,
  ]);
  expect(words.toString()).toBe('terminate\n');
  expect((await runCli(temporaryFolder(), ['completion', 'fish'])).out).toContain('complete -c argosy');
  expect((await runCli(temporaryFolder(), ['completion', 'tcsh'])).code).toBe(2);
});

test('version', async () => {
  expect((await runCli(temporaryFolder(), ['version', '--short'])).out).toMatch(/^argosy: \d+\.\d+\.\d+\n$/);
});

test('colours follow NO_COLOR and FORCE_COLOR', () => {
  expect(wantsColor(true, {})).toBe(true);
  expect(wantsColor(false, {})).toBe(false);
  expect(wantsColor(true, { NO_COLOR: '1' })).toBe(false);
  expect(wantsColor(true, { NO_COLOR: '' })).toBe(true);
  expect(wantsColor(false, { FORCE_COLOR: '1' })).toBe(true);
  expect(wantsColor(true, { FORCE_COLOR: '0' })).toBe(false);
  expect(wantsColor(true, { TERM: 'dumb' })).toBe(false);
});
