/** Docker for cases, with an executor made of the sources as they are. */
import { join } from 'node:path';
import { build } from 'esbuild';
import type { DockerApi } from '../../lib/engines/docker/api.ts';
import { createDockerEngine } from '../../lib/engines/docker/engine.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { makeCaseImage } from './case-image.ts';

export async function createCaseDocker(api: DockerApi, folder: string): Promise<Engine> {
  await makeCaseImage(api);
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
