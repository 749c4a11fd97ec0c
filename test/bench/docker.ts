/** Docker for measuring: the image of the cases. */
import { fileURLToPath } from 'node:url';
import type { DockerApi } from '../../lib/engines/docker/api.ts';
import { createDockerEngine } from '../../lib/engines/docker/engine.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { CASE_IMAGE, makeCaseImage } from '../support/case-image.ts';

export async function createBenchDocker(
  api: DockerApi,
): Promise<{ readonly engine: Engine; readonly image: string }> {
  await makeCaseImage(api);
  // Beside the bundled program.
  const bundle = fileURLToPath(new URL('../executor.cjs', import.meta.url));
  const engine = await createDockerEngine({ executor: { bundle }, network: 'none', pull: 'never' });
  return { engine, image: CASE_IMAGE };
}
