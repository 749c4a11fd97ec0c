/**
 * Finds and bundles the programs that are deployed: from their sources in a checkout, ready-made in the
 * package.
 */
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuildOptions } from 'esbuild';
import { inTemporaryFolder } from './temporary-folder.ts';

/** Bundled CommonJS packages call `require` for Node's own modules. */
const REQUIRE =
  "import { createRequire as createRequireOfBundle } from 'node:module';" +
  'const require = createRequireOfBundle(import.meta.url);';

const COMMON: BuildOptions = {
  bundle: true,
  platform: 'node',
  minify: true,
  keepNames: true,
  // Of ES modules only what is used is taken.
  mainFields: ['module', 'main'],
  legalComments: 'none',
  logLevel: 'silent',
};

/**
 * A folder with NAME/index.mjs for each function, and chunks that they share or load when they need them;
 * `use` must have copied what it needs when it returns.
 */
export function withFunctions<T>(names: readonly string[], use: (folder: string) => T): T {
  const root = packageRoot();
  const made = join(root, 'dist', 'lambdas');
  if (!existsSync(join(root, 'lambdas'))) return use(made);
  return inTemporaryFolder((folder) => {
    const entryPoints = names.map((name) => ({
      in: join(root, 'lambdas', name, 'index.ts'),
      out: join(name, 'index'),
    }));
    bundle({
      ...COMMON,
      absWorkingDir: root,
      entryPoints,
      outdir: folder,
      splitting: true,
      chunkNames: 'chunks/[name]-[hash]',
      outExtension: { '.js': '.mjs' },
      format: 'esm',
      target: 'node22',
      banner: { js: REQUIRE },
    });
    return use(folder);
  });
}

/** A folder to build the executor's image from. */
export function withExecutorImage<T>(use: (folder: string) => T): T {
  const root = packageRoot();
  return inTemporaryFolder((folder) => {
    copyFileSync(join(root, 'lib/cdk/executor-image/Dockerfile'), join(folder, 'Dockerfile'));
    const outfile = join(folder, 'executor.cjs');
    const source = join(root, 'bin', 'executor.ts');
    if (existsSync(source))
      bundle({
        ...COMMON,
        absWorkingDir: root,
        entryPoints: [source],
        outfile,
        format: 'cjs',
        target: 'node22',
      });
    else copyFileSync(join(root, 'dist', 'executor.cjs'), outfile);
    return use(folder);
  });
}

/** esbuild is there in a checkout only; in the published package everything is bundled. */
function bundle(options: BuildOptions): void {
  const { buildSync } = createRequire(import.meta.url)('esbuild') as typeof import('esbuild');
  buildSync(options);
}

function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!isOurs(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('the package argosy is not complete: its package.json is missing');
    folder = parent;
  }
  return folder;
}

function isOurs(file: string): boolean {
  return existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name === 'argosy';
}
