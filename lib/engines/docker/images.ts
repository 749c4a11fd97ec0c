/** Makes sure that an image is there, and says what it runs by itself. */
import type { ImageCommand } from '../../executor/container-command.ts';
import { type DockerApi, DockerError, progressError } from './api.ts';
import { hasImage } from './executor-image.ts';

export type PullPolicy = 'missing' | 'never' | 'always';

export interface Images {
  /** Rejects with an ImageError when the image cannot be had. */
  command(image: string): Promise<ImageCommand>;
}

export class ImageError extends Error {}

interface Inspected {
  readonly Config?: {
    readonly Entrypoint?: readonly string[] | null;
    readonly Cmd?: readonly string[] | null;
  };
}

export function createImages(api: DockerApi, policy: PullPolicy): Images {
  const known = new Map<string, Promise<ImageCommand>>();
  const look = async (image: string): Promise<ImageCommand> => {
    if (policy === 'always' || !(await hasImage(api, image))) await pull(api, image, policy);
    const { Config } = await api.call<Inspected>({ method: 'GET', path: `/images/${image}/json` });
    return { entrypoint: Config?.Entrypoint ?? [], command: Config?.Cmd ?? [] };
  };
  return {
    command: (image) => {
      const found = known.get(image) ?? look(image);
      known.set(image, found);
      found.catch(() => known.delete(image)); // it may be there the next time
      return found;
    },
  };
}

async function pull(api: DockerApi, image: string, policy: PullPolicy): Promise<void> {
  if (policy === 'never') throw new ImageError(`image ${image} is not on this machine, and none is pulled`);
  const named = /[:@][^/]*$/.test(image) ? image : `${image}:latest`;
  try {
    const answer = await api.open({ method: 'POST', path: '/images/create', query: { fromImage: named } });
    const chunks: Buffer[] = [];
    for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
    const failure = progressError(Buffer.concat(chunks).toString('utf8'));
    if (failure !== undefined) throw new ImageError(failure);
  } catch (error) {
    if (error instanceof DockerError || error instanceof ImageError) {
      throw new ImageError(`cannot pull image ${image}: ${error.message}`);
    }
    throw error;
  }
}
