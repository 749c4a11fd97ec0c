/**
 * Finds and bundles the programs that are deployed: from their sources in a checkout, ready-made in the
 * package.
 */
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuildOptions } from 'esbuild';
import { executorBundle, functionBundles } from './bundling.mjs';
import { inTemporaryFolder } from './temporary-folder.ts';

/**
 * A folder with NAME/index.mjs for each function, and chunks that they share or load when they need them;
 * `use` must have copied what it needs when it returns.
 */
export function withFunctions<T>(names: readonly string[], use: (folder: string) => T): T {
  const root = packageRoot();
  const made = join(root, 'dist', 'lambdas');
  if (!existsSync(join(root, 'lambdas'))) return use(made);
  return inTemporaryFolder((folder) => {
    bundle(functionBundles(root, names, folder));
    return use(folder);
  });
}

/** A folder to build the executor's image from. */
export function withExecutorImage<T>(use: (folder: string) => T): T {
  const root = packageRoot();
  return inTemporaryFolder((folder) => {
    copyFileSync(join(root, 'lib/cdk/executor-image/Dockerfile'), join(folder, 'Dockerfile'));
    const outfile = join(folder, 'executor.cjs');
    if (existsSync(join(root, 'bin', 'executor.ts'))) bundle(executorBundle(root, outfile));
    else copyFileSync(join(root, 'dist', 'executor.cjs'), outfile);
    return use(folder);
  });
}

/** esbuild is there in a checkout only; in the published package everything is bundled. */
function bundle(options: BuildOptions): void {
  const { buildSync } = createRequire(import.meta.url)('esbuild') as typeof import('esbuild');
  buildSync({ ...options, logLevel: 'silent' });
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
