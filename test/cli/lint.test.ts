/** `argosy lint`: verdicts, forms of output, exit codes. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli, temporaryFolder } from './run-cli.ts';
import { BROKEN, HELLO } from './workflows.ts';

test('a valid file', async () => {
  const folder = temporaryFolder();
  folder.write('hello.yaml', HELLO);
  const ran = await runCli(folder, ['lint', 'hello.yaml']);
  expect(ran).toMatchObject({ code: 0, out: '✔ no linting errors found!\n' });
});

test('a mistake is drawn at its place, and fails', async () => {
  const folder = temporaryFolder();
  folder.write('broken.yaml', BROKEN);
  const { code, out } = await runCli(folder, ['lint', 'broken.yaml']);
  expect(code).toBe(3);
  expect(out).toContain('error[unknown-template]');
  expect(out).toContain('broken.yaml:8:36');
  expect(out).toContain('did you mean');
  expect(out).toMatch(/✖ 1 linting errors found!\n$/);
});

test('one line for editors, JSON for programs', async () => {
  const folder = temporaryFolder();
  folder.write('broken.yaml', BROKEN);
  const simple = await runCli(folder, ['lint', '-o', 'simple', 'broken.yaml']);
  expect(simple.out).toMatch(/^broken\.yaml:8:36: error\[unknown-template\]: .*\n$/);
  const { out } = await runCli(folder, ['lint', '-o', 'json', 'broken.yaml']);
  const parsed = JSON.parse(out) as {
    valid: boolean;
    diagnostics: { code: string; range: { line: number } }[];
  };
  expect(parsed.valid).toBe(false);
  expect(parsed.diagnostics).toMatchObject([{ code: 'unknown-template', range: { line: 8 } }]);
});

test('nothing to lint is a failure', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder.path, 'empty'));
  const { code, out } = await runCli(folder, ['lint', 'empty']);
  expect(code).toBe(3);
  expect(out).toContain('✖ found nothing to lint in the specified paths, failing...');
});

test('a folder is walked, other files are left alone', async () => {
  const folder = temporaryFolder();
  folder.write('hello.yaml', HELLO);
  folder.write('notes.txt', 'not: [yaml');
  folder.write('broken.yml', BROKEN);
  const { code, out } = await runCli(folder, ['lint', '.']);
  expect(code).toBe(3);
  expect(out).toContain('✖ 1 linting errors found!');
});

test('standard input', async () => {
  const folder = temporaryFolder();
  const { code, out } = await runCli(folder, ['lint', '-o', 'simple', '-'], { stdin: BROKEN });
  expect(code).toBe(3);
  expect(out).toContain('stdin:8:36: error[unknown-template]');
});

test('--strict lets warnings fail', async () => {
  const folder = temporaryFolder();
  folder.write('hello.yaml', HELLO.replace('spec:', 'spec:\n  podGC: {strategy: OnPodCompletion}'));
  expect((await runCli(folder, ['lint', 'hello.yaml'])).code).toBe(0);
  expect((await runCli(folder, ['lint', '--strict', 'hello.yaml'])).code).toBe(3);
});

test('a file that is not there', async () => {
  const ran = await runCli(temporaryFolder(), ['lint', 'nowhere.yaml']);
  expect(ran).toMatchObject({ code: 2, err: 'error: there is no file or folder nowhere.yaml\n' });
});
