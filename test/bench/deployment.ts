/** What is deployed: the size and the cold start of the functions and of the executor, and the time of `cdk synth`. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ENVIRONMENT_NAMES } from '../../lib/aws/environment.ts';
import type { Figure } from './events.ts';
import { processTime } from './process-time.ts';

const DIST = fileURLToPath(new URL('.', import.meta.url));
const STARTS = 5;
/** What the executor says when it is told to do nothing. */
const NOTHING = 'unknown command nothing';

/** Functions ask for their variables when they are loaded; there is no cluster here. */
const VARIABLES = Object.fromEntries(
  Object.entries(ENVIRONMENT_NAMES).flatMap(([field, name]) =>
    field.startsWith('eks') ? [] : [[name, 'none']],
  ),
);
const ENVIRONMENT = { ...process.env, ...VARIABLES, AWS_REGION: 'us-east-1', NODE_NO_WARNINGS: '1' };

export function deploymentFigures(): readonly Figure[] {
  return [...functionFigures(), executorFigure(), synthFigure()];
}

function functionFigures(): readonly Figure[] {
  const folder = join(DIST, 'lambdas');
  const names = readdirSync(folder).filter((name) => name !== 'chunks');
  const times = names.map((name) => {
    const file = join(folder, name, 'index.mjs');
    const load = `await import(${JSON.stringify(pathToFileURL(file).href)})`;
    return [name, beyondBare(['--input-type=module', '-e', load])] as const;
  });
  const slowest = Math.max(...times.map(([, value]) => value));
  const each = Object.fromEntries(times.map(([name, value]) => [name, Math.round(value)]));
  return [
    ['bundle that the functions share', sizeBelow(folder), 'bytes', {}],
    ['slowest cold import of a function, beyond bare node', slowest, 'ms', each],
  ];
}

function sizeBelow(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

/** It starts twice in a task, as `init` and as `wait`; told to do nothing, it ends once it is loaded. */
function executorFigure(): Figure {
  const time = 2 * beyondBare([join(DIST, 'executor.cjs'), 'nothing']);
  const { size } = statSync(join(DIST, 'executor.cjs'));
  return ['both starts of the executor in a task, beyond bare node', time, 'ms', { bytes: size }];
}

function beyondBare(argv: readonly string[]): number {
  const check = (stderr: string) => {
    if (stderr !== '' && !stderr.startsWith(NOTHING)) throw new Error(stderr);
  };
  const { time, bare } = processTime(argv, { times: STARTS, env: ENVIRONMENT, check });
  return time - bare;
}

/** Once, as somebody does it first; proxies that lead nowhere stand for the network that is not there. */
function synthFigure(): Figure {
  const folder = mkdtempSync(join(tmpdir(), 'argosy-synth-'));
  const nowhere = 'http://127.0.0.1:9';
  const env = {
    ...process.env,
    HOME: folder,
    HTTP_PROXY: nowhere,
    HTTPS_PROXY: nowhere,
    https_proxy: nowhere,
    http_proxy: nowhere,
  };
  const began = performance.now();
  const done = spawnSync(
    'npx',
    ['--no-install', 'cdk', 'synth', '--quiet', '--output', join(folder, 'out')],
    {
      cwd: join(DIST, '..'),
      env,
      encoding: 'utf8',
    },
  );
  const time = performance.now() - began;
  rmSync(folder, { recursive: true, force: true });
  if (done.status !== 0) throw new Error(done.stderr);
  return ['cdk synth, cold and offline', time / 1000, 's', {}];
}
