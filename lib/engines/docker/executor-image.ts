/** Makes the image of `init` and `wait` from this machine's Node and busybox, since no registry holds one. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

import { type Pack, pack } from 'tar-stream';

import { type DockerApi, DockerError, progressError } from './api.ts';

export interface ExecutorImageSources {
  /** The executor as one JavaScript file that needs nothing but Node. */
  readonly bundle: string;
  /** A statically linked busybox. @default the machine's */
  readonly busybox?: string;
  /** @default the Node that runs this */
  readonly node?: string;
}

const REPOSITORY = 'argosy-executor';
const ENTRY = '/executor/main.cjs';
export const BUSYBOX_IN_IMAGE = '/executor/busybox';

/** The image's name; it is made when the engine does not have it. */
export async function executorImage(api: DockerApi, sources: ExecutorImageSources): Promise<string> {
  const busybox = sources.busybox ?? ['/bin/busybox', '/usr/bin/busybox'].find((file) => existsSync(file));
  if (process.platform !== 'linux' || busybox === undefined) {
    throw new Error(
      'the executor image is made on Linux from a static busybox (package busybox-static): install it, or name an image',
    );
  }
  const node = await realpath(sources.node ?? process.execPath);
  const hash = createHash('sha256')
    .update(await readFile(sources.bundle))
    .update(await readFile(busybox));
  hash.update(`${node} ${process.version} ${(await stat(node)).size}`);
  const tag = hash.digest('hex').slice(0, 16);
  const name = `${REPOSITORY}:${tag}`;
  if (await hasImage(api, name)) return name;
  const archive = pack();
  const filled = fill(archive, { ...sources, busybox, node });
  filled.catch((error: Error) => archive.destroy(error));
  const changes = [`ENTRYPOINT ["/bin/node","${ENTRY}"]`, 'ENV PATH=/bin'];
  const query = new URLSearchParams({ fromSrc: '-', repo: REPOSITORY, tag });
  for (const change of changes) query.append('changes', change);
  const answer = await api.open({
    method: 'POST',
    path: `/images/create?${query}`,
    stream: archive as unknown as Readable,
    contentType: 'application/x-tar',
  });
  const chunks: Buffer[] = [];
  for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
  await filled;
  const failure = progressError(Buffer.concat(chunks).toString('utf8'));
  if (failure !== undefined) throw new Error(`cannot make the executor image: ${failure}`);
  return name;
}

export async function hasImage(api: DockerApi, name: string): Promise<boolean> {
  try {
    await api.call({ method: 'GET', path: `/images/${name}/json` });
    return true;
  } catch (error) {
    if (error instanceof DockerError && error.status === 404) return false;
    throw error;
  }
}

interface Parts {
  readonly bundle: string;
  readonly busybox: string;
  readonly node: string;
}

async function fill(archive: Pack, parts: Parts): Promise<void> {
  await addFile(archive, 'bin/node', parts.node, 0o755);
  await addFile(archive, BUSYBOX_IN_IMAGE.slice(1), parts.busybox, 0o755);
  await addFile(archive, ENTRY.slice(1), parts.bundle, 0o644);
  for (const library of await librariesOf(parts.node))
    await addFile(archive, library.slice(1), library, 0o755);
  const certificates = '/etc/ssl/certs/ca-certificates.crt';
  if (existsSync(certificates)) await addFile(archive, certificates.slice(1), certificates, 0o644);
  for (const name of ['tmp/', 'argosy/']) archive.entry({ name, type: 'directory', mode: 0o1777 });
  archive.finalize();
}

/** The dynamic linker says itself what a program needs; a static Node needs nothing. */
async function librariesOf(program: string): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)('ldd', [program]).catch(() => ({ stdout: '' }));
  return [...stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map((found) => found[1]!);
}

async function addFile(archive: Pack, name: string, file: string, mode: number): Promise<void> {
  const { size } = await stat(file);
  await new Promise<void>((resolve, reject) => {
    const done = (error?: Error | null) => (error ? reject(error) : resolve());
    const entry = archive.entry({ name: join(name), mode, size }, done) as unknown as NodeJS.WritableStream;
    pipeline(createReadStream(file), entry).catch(reject);
  });
}
