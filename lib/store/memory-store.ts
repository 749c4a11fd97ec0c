/** A blob store in memory, for tests and for runs that leave nothing behind. */
import { readFile, writeFile } from 'node:fs/promises';

import type { BlobStore } from '../protocol/blob-store.ts';
import { keyToNames } from './blob-key.ts';

export function memoryStore(): BlobStore {
  const blobs = new Map<string, Uint8Array>();
  const put = (key: string, data: Uint8Array) => {
    keyToNames(key); // refuses what the other stores refuse
    blobs.set(key, data);
  };
  return {
    get: async (key) => blobs.get(key)?.slice(),
    getFile: async (key, file) => {
      const data = blobs.get(key);
      if (data === undefined) return false;
      await writeFile(file, data);
      return true;
    },
    put: async (key, data) =>
      put(key, typeof data === 'string' ? new TextEncoder().encode(data) : data.slice()),
    putFile: async (key, file) => put(key, new Uint8Array(await readFile(file))),
    list: async (prefix) =>
      [...blobs]
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, data]) => ({ key, size: data.byteLength }))
        .sort((a, b) => (a.key < b.key ? -1 : 1)),
    delete: async (key) => void blobs.delete(key),
  };
}
