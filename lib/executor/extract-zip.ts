/** Unpacks a zip archive from a stranger, with the same care as a tar archive. */
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';

import { unzip } from 'fflate';

import { ArchiveTooLargeError } from './extract-tar.ts';
import { ARCHIVE_LIMITS, type ArchiveLimits, ZIP_BYTES } from './limits.ts';
import { entryParts, placeBelow } from './safe-path.ts';

export async function extractZip(
  file: string,
  folder: string,
  { limits = ARCHIVE_LIMITS }: { readonly limits?: ArchiveLimits } = {},
): Promise<void> {
  const most = Math.min(limits.bytes, ZIP_BYTES);
  if ((await stat(file)).size > most)
    throw new ArchiveTooLargeError(`zip archive is larger than ${most} bytes`);
  const entries = await unzipBounded(await readFile(file), most, limits.entries);
  for (const [name, data] of entries) {
    const parts = entryParts(name);
    if (parts.length === 0) continue;
    const path = await placeBelow(folder, parts);
    if (name.endsWith('/')) {
      await mkdir(path, { recursive: true });
    } else {
      await writeFile(path, data, { flag: 'wx' });
      await chmod(path, 0o644);
    }
  }
}

function unzipBounded(data: Uint8Array, bytes: number, count: number): Promise<[string, Uint8Array][]> {
  let total = 0;
  let entries = 0;
  return new Promise((resolve, reject) => {
    const tooLarge = new ArchiveTooLargeError(
      `zip archive unpacks to over ${bytes} bytes or ${count} entries`,
    );
    // The sizes are the archive's own claims; fflate never writes past them.
    const filter = (file: { readonly originalSize: number }) => {
      total += file.originalSize;
      entries += 1;
      return total <= bytes && entries <= count;
    };
    unzip(data, { filter }, (error, files) => {
      if (total > bytes || entries > count) reject(tooLarge);
      else if (error !== null) reject(new Error(`zip: ${error.message}`));
      else resolve(Object.entries(files));
    });
  });
}
