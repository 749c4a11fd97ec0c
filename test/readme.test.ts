/** README is true: its table is that of the compiler, and what it shows can be run. `UPDATE=1` rewrites the table. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runCli, temporaryFolder } from './cli/run-cli.ts';
import { verdictTable } from './tools/verdict-table.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const file = join(root, 'README.md');

test('the table of fields is current', () => {
  const text = readFileSync(file, 'utf8');
  const block = `<!-- fields -->\n${verdictTable()}\n<!-- /fields -->`;
  const updated = text.replace(/<!-- fields -->[\s\S]*<!-- \/fields -->/, () => block);
  if (process.env['UPDATE']) writeFileSync(file, updated);
  expect(readFileSync(file, 'utf8')).toBe(updated);
});

test('files that it names are there', () => {
  const links = [...readFileSync(file, 'utf8').matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(
    ([, path]) => path!,
  );
  expect(links.length).toBeGreaterThan(0);
  expect(links.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('commands that it shows exist', async () => {
  const text = readFileSync(file, 'utf8');
  const verbs = new Set([...text.matchAll(/argosy ([a-z]+)/g)].map(([, verb]) => verb!));
  for (const verb of verbs) expect((await runCli(temporaryFolder(), [verb, '--help'])).code, verb).toBe(0);
});
