/** Bundles the programs of dist/: the command line, the executor, what AWS runs, and the measuring programs. */
import { chmod, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Bundled CommonJS packages call `require` for Node's own modules. */
const banner = {
  js: "import { createRequire as createRequireOfBundle } from 'node:module';const require = createRequireOfBundle(import.meta.url);",
};

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  // Of ES modules only what is used is taken.
  mainFields: ['module', 'main'],
  target: 'node20',
  logLevel: 'warning',
  metafile: true,
  legalComments: 'none',
};

const lambdas = await readdir(`${root}lambdas`);

const built = await Promise.all([
  build({
    ...common,
    format: 'esm',
    splitting: true,
    banner,
    outdir: 'dist',
    chunkNames: 'chunks/[name]-[hash]',
    entryPoints: {
      cli: 'bin/cli.ts',
      conformance: 'test/conformance/main.ts',
      bench: 'test/bench/main.ts',
      'second-opinion': 'test/second-opinion/main.ts',
    },
  }),
  // The executor travels into images as one file.
  build({
    ...common,
    format: 'cjs',
    outfile: 'dist/executor.cjs',
    entryPoints: ['bin/executor.ts'],
  }),
  // An app of CDK has its own copy of the library, and constructs of two copies do not know each other.
  build({
    ...common,
    format: 'esm',
    banner,
    outfile: 'dist/cdk.js',
    entryPoints: ['lib/cdk/index.ts'],
    external: ['aws-cdk-lib', 'constructs', 'esbuild'],
  }),
  build({
    ...common,
    format: 'esm',
    banner,
    minify: true,
    keepNames: true,
    splitting: true,
    outdir: 'dist/lambdas',
    chunkNames: 'chunks/[name]-[hash]',
    outExtension: { '.js': '.mjs' },
    entryPoints: lambdas.map((name) => ({ in: `lambdas/${name}/index.ts`, out: `${name}/index` })),
  }),
]);
await chmod(`${root}dist/cli.js`, 0o755);

// What an earlier build left goes last, so that the program is there all the time.
const files = new Set(built.flatMap(({ metafile }) => Object.keys(metafile.outputs)));
for (const entry of await readdir(`${root}dist`, { recursive: true, withFileTypes: true })) {
  const file = join(entry.parentPath, entry.name);
  if (entry.isFile() && !files.has(file.slice(root.length))) await rm(file);
}
