/** Bundles the programs of dist/: the command line, the executor, what AWS runs, and the measuring programs. */
import { chmod, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundleOf, executorBundle, functionBundles, REQUIRE } from '../lib/cdk/bundling.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** @type {import('esbuild').BuildOptions} */
const ours = { ...bundleOf(root), format: 'esm', banner: { js: REQUIRE } };

const functions = await readdir(`${root}lambdas`);

const built = await Promise.all(
  [
    {
      ...ours,
      splitting: true,
      outdir: 'dist',
      chunkNames: 'chunks/[name]-[hash]',
      entryPoints: {
        cli: 'bin/cli.ts',
        conformance: 'test/conformance/main.ts',
        bench: 'test/bench/main.ts',
        'second-opinion': 'test/second-opinion/main.ts',
      },
    },
    executorBundle(root, 'dist/executor.cjs'),
    // An app of CDK has its own copy of the library, and constructs of two copies do not know each other.
    {
      ...ours,
      outfile: 'dist/cdk.js',
      entryPoints: ['lib/cdk/index.ts'],
      external: ['aws-cdk-lib', 'constructs', 'esbuild'],
    },
    functionBundles(root, functions, 'dist/lambdas'),
  ].map((options) => build({ ...options, metafile: true })),
);
await chmod(`${root}dist/cli.js`, 0o755);

// What an earlier build left goes last, so that the program is there all the time.
const files = new Set(built.flatMap(({ metafile }) => Object.keys(metafile.outputs)));
for (const entry of await readdir(`${root}dist`, { recursive: true, withFileTypes: true })) {
  const file = join(entry.parentPath, entry.name);
  if (entry.isFile() && !files.has(file.slice(root.length))) await rm(file);
}
