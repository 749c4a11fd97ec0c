/** Unpacks a tar archive from a stranger: nothing leaves the folder, no link is followed, size is bounded. */
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, link, lstat, mkdir, stat, symlink, utimes } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

import { extract, type Header } from 'tar-stream';

import { ARCHIVE_LIMITS, type ArchiveLimits } from './limits.ts';
import { checkLinkTarget, entryParts, placeBelow, UnsafePathError } from './safe-path.ts';

export class ArchiveTooLargeError extends Error {}

interface Pending {
  readonly parts: readonly string[];
  readonly header: Header;
}

export interface ExtractOptions {
  readonly limits?: ArchiveLimits;
  /** @default true */
  readonly gzip?: boolean;
  /** For what is only packed again, links may point anywhere, as long as nobody follows them. @default false */
  readonly anyLinks?: boolean;
}

/** Times and the nine permission bits are kept; owners and devices are not. */
export async function extractTar(file: string, folder: string, options: ExtractOptions = {}): Promise<void> {
  const limits = options.limits ?? ARCHIVE_LIMITS;
  const packed = (await stat(file)).size;
  const links: Pending[] = [];
  const folders: Pending[] = [];
  const unpack = extract();
  const meter = createMeter(packed, limits);
  let refusal: Error | undefined;
  unpack.on('entry', (header, body, next) => {
    placeEntry(folder, header, body as unknown as Readable, { links, folders, meter }).then(
      () => next(),
      (error: Error) => {
        refusal ??= error;
        unpack.destroy(error);
      },
    );
  });
  const source = createReadStream(file);
  const unpacked =
    options.gzip === false ? pipeline(source, unpack) : pipeline(source, createGunzip(), unpack);
  await unpacked.catch((error: Error) => {
    throw meter.failure() ?? refusal ?? error; // other streams may complain first, of the broken pipeline
  });
  // Links come last, so that no entry can be written through one.
  for (const { parts, header } of links) await placeLink(folder, parts, header, options.anyLinks === true);
  for (const { parts, header } of folders.reverse()) {
    const path = await placeBelow(folder, parts);
    if ((await lstat(path)).isDirectory()) await chmod(path, ((header.mode ?? 0o755) & 0o777) | 0o700);
  }
}

/** Whether a file is gzipped tar, as Argo finds out: a gzip header, and a first entry that can be read. */
export async function isTarGz(file: string): Promise<boolean> {
  const source = createReadStream(file);
  const unpack = extract();
  return await new Promise<boolean>((resolve) => {
    const answer = (yes: boolean) => {
      resolve(yes);
      source.destroy();
      unpack.destroy();
    };
    unpack.on('entry', () => answer(true));
    pipeline(source, createGunzip(), unpack).then(
      () => answer(false),
      () => answer(false),
    );
  });
}

interface Work {
  readonly links: Pending[];
  readonly folders: Pending[];
  readonly meter: Meter;
}

async function placeEntry(folder: string, header: Header, body: Readable, work: Work): Promise<void> {
  work.meter.entry();
  const parts = entryParts(header.name);
  if (header.type === 'symlink' || header.type === 'link') {
    if (parts.length === 0) throw new UnsafePathError(`illegal file path: ${header.name}`);
    work.links.push({ parts, header });
  } else if (header.type === 'directory') {
    if (parts.length > 0) {
      const path = await placeBelow(folder, parts);
      await mkdir(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      });
      if (!(await lstat(path)).isDirectory()) throw new UnsafePathError(`illegal file path: ${header.name}`);
      work.folders.push({ parts, header });
    }
  } else if (header.type === 'file' || header.type === 'contiguous-file') {
    if (parts.length === 0) throw new UnsafePathError(`illegal file path: ${header.name}`);
    await writeEntry(await placeBelow(folder, parts), header, body, work.meter);
    return;
  } else {
    throw new UnsafePathError(
      `illegal entry: ${header.name} is a ${header.type ?? 'thing of no known type'}`,
    );
  }
  body.resume();
}

async function writeEntry(path: string, header: Header, body: Readable, meter: Meter): Promise<void> {
  // `wx` refuses whatever is there already, a link above all.
  const target = createWriteStream(path, { flags: 'wx', mode: ((header.mode ?? 0o644) & 0o777) | 0o600 });
  await pipeline(body, meter.bytes, target);
  await chmod(path, (header.mode ?? 0o644) & 0o777);
  if (header.mtime !== undefined) await utimes(path, header.mtime, header.mtime);
}

async function placeLink(
  folder: string,
  parts: readonly string[],
  header: Header,
  anyLinks: boolean,
): Promise<void> {
  const target = header.linkname ?? '';
  const path = await placeBelow(folder, parts);
  if (header.type === 'symlink') {
    if (!anyLinks) checkLinkTarget(parts, target);
    await symlink(target, path);
    return;
  }
  const source = await placeBelow(folder, entryParts(target));
  if (!(await lstat(source)).isFile()) throw new UnsafePathError(`illegal link target: ${header.name}`);
  await link(source, path);
}

interface Meter {
  failure(): Error | undefined;
  entry(): void;
  bytes(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer>;
}

function createMeter(packed: number, limits: ArchiveLimits): Meter {
  let entries = 0;
  let total = 0;
  let failure: Error | undefined;
  const refuse = (why: string): never => {
    failure = new ArchiveTooLargeError(why);
    throw failure;
  };
  return {
    failure: () => failure,
    entry: () => {
      entries += 1;
      if (entries > limits.entries) refuse(`archive has over ${limits.entries} entries`);
    },
    bytes: async function* (source) {
      for await (const chunk of source) {
        total += chunk.length;
        if (total > limits.bytes) refuse(`archive unpacks to over ${limits.bytes} bytes`);
        const suspicious = total > limits.ratioFrom && total > packed * limits.ratio;
        if (suspicious) refuse(`archive unpacks to over ${limits.ratio} times its size`);
        yield chunk;
      }
    },
  };
}
