/**
 * How programs are bundled: said once, for the build of dist/, which runs before there is anything built, and for what is
 * deployed from a checkout.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Bundled CommonJS packages may call `require` for Node's own modules; most programs load none of them. */
export const REQUIRE =
  "import { createRequire as createRequireOfBundle } from 'node:module';" +
  'const require = (name) => createRequireOfBundle(import.meta.url)(name);';

/**
 * What all of them have in common.
 *
 * @param {string} root of the checkout
 * @returns {import('esbuild').BuildOptions}
 */
export function bundleOf(root) {
  const yaml = dirname(createRequire(import.meta.url).resolve('yaml/package.json'));
  return {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node20',
    // Of ES modules only what is used is taken, and they start sooner; yaml has its own for browsers only.
    mainFields: ['module', 'main'],
    alias: { yaml: join(yaml, 'browser', 'index.js') },
    logLevel: 'warning',
    legalComments: 'none',
  };
}

/**
 * A folder `outdir` with NAME/index.mjs for each function, and chunks that they share or load when they need them.
 *
 * @param {string} root of the checkout
 * @param {readonly string[]} names
 * @param {string} outdir
 * @returns {import('esbuild').BuildOptions}
 */
export function functionBundles(root, names, outdir) {
  return {
    ...bundleOf(root),
    entryPoints: names.map((name) => ({ in: `lambdas/${name}/index.ts`, out: `${name}/index` })),
    outdir,
    format: 'esm',
    splitting: true,
    minify: true,
    chunkNames: 'chunks/[name]-[hash]',
    outExtension: { '.js': '.mjs' },
    banner: { js: REQUIRE },
  };
}

/**
 * The executor travels into images as one file.
 *
 * @param {string} root of the checkout
 * @param {string} outfile
 * @returns {import('esbuild').BuildOptions}
 */
export function executorBundle(root, outfile) {
  return {
    ...bundleOf(root),
    entryPoints: ['bin/executor.ts'],
    outfile,
    format: 'cjs',
    minify: true,
  };
}
