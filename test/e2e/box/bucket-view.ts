/** One of the box's buckets as a blob store, for engines. */
import { readFile, writeFile } from 'node:fs/promises';
import type { BlobStore } from '../../../lib/protocol/blob-store.ts';
import type { ObjectStore } from './object-store.ts';

export function bucketView(objects: ObjectStore, bucket: string): BlobStore {
  const put = (key: string, data: Uint8Array) => void objects.put(bucket, key, data);
  return {
    get: async (key) => objects.get(bucket, key)?.data,
    getFile: async (key, file) => {
      const data = objects.get(bucket, key)?.data;
      if (data === undefined) return false;
      await writeFile(file, data);
      return true;
    },
    put: async (key, data) => put(key, typeof data === 'string' ? new TextEncoder().encode(data) : data),
    putFile: async (key, file) => put(key, await readFile(file)),
    list: async (prefix) =>
      objects.list(bucket, prefix).map(({ key, data }) => ({ key, size: data?.length ?? 0 })),
    delete: async (key) => void objects.remove(bucket, key),
  };
}
