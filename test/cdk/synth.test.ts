import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FUNCTIONS } from '../../lib/aws/environment.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const app = ['--import', 'tsx', 'bin/app.ts'];

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'argosy-synth-'));
  // No Docker on the path, no credentials, no region: what is missing would be asked for here.
  const env = { PATH: '/nonexistent', HOME: folder, CDK_OUTDIR: folder };
  execFileSync(process.execPath, app, { cwd: root, env, stdio: 'pipe' });
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('bin/app.ts', () => {
  it('bundles the functions into one folder of less than 3 MB', () => {
    const isBundle = (name: string) => existsSync(join(folder, name, 'submit', 'index.mjs'));
    const bundles = readdirSync(folder).filter(isBundle);
    expect(bundles).toHaveLength(1);
    const root = join(folder, bundles[0] ?? '');
    const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    const sizes = files.map(({ parentPath, name }) => statSync(join(parentPath, name)).size);
    expect(readdirSync(root).sort()).toEqual(['chunks', ...Object.keys(FUNCTIONS)].sort());
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(3_000_000);
  });

  it('brings what the image of the executor is built from', () => {
    const image = readdirSync(folder).find(
      (name) => name.startsWith('asset.') && hasDockerfile(join(folder, name)),
    );
    expect(readdirSync(join(folder, image ?? ''))).toEqual(['Dockerfile', 'executor.cjs']);
  });

  it('makes one stack that needs no look-up', () => {
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { missing?: unknown };
    expect(manifest.missing).toBeUndefined();
  });

  it('says what is wrong with its context, and no more', () => {
    const env = { PATH: '/nonexistent', CDK_CONTEXT_JSON: '{"spot":"maybe"}', CDK_OUTDIR: folder };
    expect(() => execFileSync(process.execPath, app, { cwd: root, env, stdio: 'pipe' })).toThrow(
      /^Command failed: .*\ncontext key 'spot' must be `true` or `false`, not 'maybe'\n$/,
    );
  });
});

function hasDockerfile(path: string): boolean {
  return statSync(path).isDirectory() && readdirSync(path).includes('Dockerfile');
}
