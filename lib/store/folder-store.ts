/** A blob store that is a folder: one file a blob, readable with any tool. */
import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { BlobInfo, BlobStore } from '../protocol/blob-store.ts';
import { keyToNames, namesToKey, SELF, UNFINISHED } from './blob-key.ts';

export function folderStore(folder: string): BlobStore {
  const place = (key: string) => join(folder, ...keyToNames(key));
  const put = async (key: string, fill: (file: string) => Promise<void>): Promise<void> => {
    const target = place(key);
    await makeFolder(folder, dirname(target));
    const unfinished = join(dirname(target), UNFINISHED + randomUUID());
    try {
      await fill(unfinished);
      await rename(unfinished, (await isFolder(target)) ? join(target, SELF) : target);
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
  };
  return {
    folder,
    get: (key) => unlessAbsent(() => readBlob(place(key))),
    getFile: async (key, file) => {
      const found = await unlessAbsent(async () => {
        const source = place(key);
        await copyFile((await isFolder(source)) ? join(source, SELF) : source, file);
        return true;
      });
      return found === true;
    },
    put: (key, data) => put(key, (file) => writeFile(file, data)),
    putFile: (key, source) => put(key, (file) => copyFile(source, file)),
    list: async (prefix) => {
      const found = await listBlobs(folder, [], prefix);
      return found.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
    },
    delete: async (key) => {
      const target = place(key);
      await rm((await isFolder(target)) ? join(target, SELF) : target, { force: true });
    },
  };
}

/** Like `mkdir -p`, except that a blob in the way becomes the folder's own blob. */
async function makeFolder(root: string, path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    if (!['EEXIST', 'ENOTDIR'].includes(codeOf(error) ?? '')) throw error;
    if (path === root) throw error;
    await makeFolder(root, dirname(path));
    if (await isFolder(path)) return;
    const aside = join(dirname(path), UNFINISHED + randomUUID());
    await rename(path, aside);
    await mkdir(path);
    await rename(aside, join(path, SELF));
  }
}

async function readBlob(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    if (codeOf(error) !== 'EISDIR') throw error;
    return await readFile(join(path, SELF));
  }
}

async function listBlobs(root: string, names: readonly string[], prefix: string): Promise<BlobInfo[]> {
  const entries = await unlessAbsent(() => readdir(join(root, ...names), { withFileTypes: true }));
  const found: BlobInfo[] = [];
  for (const entry of entries ?? []) {
    if (entry.name.startsWith(UNFINISHED)) continue;
    const path = [...names, entry.name];
    const key = namesToKey(path);
    if (entry.isDirectory()) {
      const inside = `${key}/`;
      if (inside.startsWith(prefix) || prefix.startsWith(inside)) {
        found.push(...(await listBlobs(root, path, prefix)));
      }
    } else if (key.startsWith(prefix)) {
      const info = await unlessAbsent(() => stat(join(root, ...path)));
      if (info !== undefined) found.push({ key, size: info.size });
    }
  }
  return found;
}

async function isFolder(path: string): Promise<boolean> {
  return (await unlessAbsent(() => stat(path)))?.isDirectory() === true;
}

async function unlessAbsent<T>(act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return undefined;
    throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}
