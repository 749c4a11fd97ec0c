/** Docker for cases: an image with busybox alone, made here, since tests pull nothing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { build } from 'esbuild';
import { pack } from 'tar-stream';
import type { DockerApi } from '../../lib/engines/docker/api.ts';
import { createDockerEngine } from '../../lib/engines/docker/engine.ts';
import type { Engine } from '../../lib/engines/engine.ts';

/** Stands in the cases' place of busybox. */
export const CASE_IMAGE = 'argosy-cases/busybox:1';

const TOOLS =
  'sh cat cp date echo env expr false find grep head id ls mkdir mv printf pwd rm rmdir sed seq sleep sort stat tee test touch tr true wc [';

export async function createCaseDocker(api: DockerApi, folder: string): Promise<Engine> {
  await makeImage(api);
  const bundle = join(folder, 'executor.cjs');
  await build({
    entryPoints: [new URL('../../bin/executor.ts', import.meta.url).pathname],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'error',
  });
  return await createDockerEngine({ executor: { bundle }, network: 'none', pull: 'never', parallel: 6 });
}

async function makeImage(api: DockerApi): Promise<void> {
  const archive = pack();
  for (const name of ['bin/', 'tmp/', 'etc/']) archive.entry({ name, type: 'directory', mode: 0o1777 });
  archive.entry({ name: 'bin/busybox', mode: 0o755 }, readFileSync('/bin/busybox'));
  for (const tool of TOOLS.split(' '))
    archive.entry({ name: `bin/${tool}`, type: 'symlink', linkname: 'busybox' });
  archive.finalize();
  const [repo, tag] = CASE_IMAGE.split(':');
  const query = new URLSearchParams({ fromSrc: '-', repo: repo!, tag: tag!, changes: 'ENV PATH=/bin' });
  const call = { method: 'POST', path: `/images/create?${query}`, contentType: 'application/x-tar' } as const;
  const answer = await api.open({ ...call, stream: archive as unknown as Readable });
  for await (const _ of answer);
}
