/** Packs a file or folder into an archive: tar with gzip as Argo's executor does it, or zip. */
import { createReadStream, createWriteStream, type Stats } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';

import { Zip, ZipDeflate, ZipPassThrough } from 'fflate';
import { type Header, type Pack, pack as tarPack } from 'tar-stream';

const SMALL_FILE = 256 * 1024;

/** Where the contents of a folder really lie: other file systems may be mounted into what is packed. */
export type Redirect = (path: string) => string;

/** `util/archive/archive.go` TarGzToWriter: names begin with the base name; links are kept, not followed. */
export async function packTarGz(
  source: string,
  target: string,
  level?: number,
  redirect?: Redirect,
): Promise<void> {
  const pack = tarPack();
  const zip = createGzip({ level: level ?? constants.Z_DEFAULT_COMPRESSION });
  const written = pipeline(pack, zip, createWriteStream(target));
  const filled = (async () => {
    for await (const found of walk(source, basename(source), redirect)) await addEntry(pack, found);
    pack.finalize();
  })();
  filled.catch((error: Error) => pack.destroy(error));
  await Promise.all([written, filled]);
}

/** As upstream, a zip holds files only, and those that are no regular files are empty. */
export async function packZip(source: string, target: string, redirect?: Redirect): Promise<void> {
  const output = createWriteStream(target);
  const failed = new Promise<never>((_, reject) => output.once('error', reject));
  failed.catch(() => undefined);
  const zip = new Zip((error, chunk) => {
    if (error !== null) output.destroy(error);
    else output.write(chunk);
  });
  for await (const found of walk(source, basename(source), redirect)) {
    if (found.info.isDirectory()) continue;
    const entry = found.info.isFile() ? new ZipDeflate(found.name) : new ZipPassThrough(found.name);
    entry.mtime = found.info.mtime;
    zip.add(entry);
    if (found.info.isFile()) {
      for await (const chunk of createReadStream(found.path) as AsyncIterable<Buffer>) {
        entry.push(chunk);
        if (output.writableNeedDrain) {
          await Promise.race([new Promise<void>((resolve) => output.once('drain', () => resolve())), failed]);
        }
      }
    }
    entry.push(new Uint8Array(0), true);
  }
  zip.end();
  await Promise.race([new Promise<void>((resolve) => output.end(resolve)), failed]);
}

export interface Found {
  readonly path: string;
  /** With `/` between the parts, beginning with the base name. */
  readonly name: string;
  readonly info: Stats;
}

/** A path and everything below it, folders before their contents, in the order of names. */
export async function* walk(
  path: string,
  name: string,
  redirect: Redirect = (same) => same,
): AsyncGenerator<Found> {
  const place = redirect(path);
  const info = await lstat(place);
  yield { path: place, name, info };
  if (!info.isDirectory()) return;
  for (const child of (await readdir(place)).sort())
    yield* walk(join(place, child), `${name}/${child}`, redirect);
}

type EntryHeader = Partial<Header> & Pick<Header, 'name'>;

async function addEntry(pack: Pack, found: Found): Promise<void> {
  const { info } = found;
  const header: EntryHeader = { name: found.name, mode: info.mode & 0o777, mtime: info.mtime };
  if (info.isDirectory())
    return await plainEntry(pack, { ...header, name: `${found.name}/`, type: 'directory' });
  if (info.isSymbolicLink()) {
    return await plainEntry(pack, { ...header, type: 'symlink', linkname: await readlink(found.path) });
  }
  if (!info.isFile()) return; // sockets, pipes and devices cannot be carried anywhere
  if (info.size <= SMALL_FILE) return await bufferedEntry(pack, header, await readFile(found.path));
  await new Promise<void>((resolve, reject) => {
    const done = (error?: Error | null) => (error ? reject(error) : resolve());
    const entry = pack.entry({ ...header, type: 'file', size: info.size }, done) as unknown as Writable;
    // A file that grows while it is read would break the archive.
    pipeline(createReadStream(found.path, { end: info.size - 1 }), entry).catch(reject);
  });
}

function bufferedEntry(pack: Pack, header: EntryHeader, data: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const whole = { ...header, type: 'file', size: data.length } as const;
    pack.entry(whole, data, (error) => (error ? reject(error) : resolve()));
  });
}

function plainEntry(pack: Pack, header: EntryHeader): Promise<void> {
  return new Promise((resolve, reject) => {
    pack.entry(header, (error) => (error ? reject(error) : resolve()));
  });
}
