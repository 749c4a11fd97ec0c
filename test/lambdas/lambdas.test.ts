import { readdir, readFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { FUNCTIONS } from '../../lib/aws/environment.ts';
import { handlers } from '../../lib/handlers/handlers.ts';

const folder = new URL('../../lambdas/', import.meta.url);
const names = Object.keys(FUNCTIONS);

it('there is a folder for each function, and a function for each handler', async () => {
  expect((await readdir(folder)).sort()).toEqual([...names].sort());
  expect(names).toEqual(expect.arrayContaining(Object.keys(handlers)));
});

it.each(names)('%s is a wrapper of at most 40 lines', async (name) => {
  const text = await readFile(new URL(`${name}/index.ts`, folder), 'utf8');
  expect(text.split('\n').length).toBeLessThanOrEqual(41);
});

it('each bundles to a module that exports its handler', async () => {
  const { metafile } = await build({
    entryPoints: names.map((name) => new URL(`${name}/index.ts`, folder).pathname),
    bundle: true,
    platform: 'node',
    format: 'esm',
    outdir: 'out',
    write: false,
    metafile: true,
    logLevel: 'silent',
    external: ['@aws-sdk/*'],
  });
  const exported = Object.values(metafile.outputs).map((output) => output.exports);
  expect(exported).toEqual(names.map(() => ['handler']));
});
