/** One of the box's buckets as a blob store, for engines. */
import { readFile, writeFile } from 'node:fs/promises';
import type { BlobStore } from '../../../lib/protocol/blob-store.ts';
import type { Call } from './iam.ts';
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

/** Throws where the call is not allowed. */
export type Guard = (call: Call) => void;

/** As its holder may use it. */
export function guardedView(blobs: BlobStore, bucket: string, guard: Guard): BlobStore {
  const ask = (action: string, key: string) =>
    guard({ action: `s3:${action}`, resources: [`arn:aws:s3:::${bucket}/${key}`] });
  const asking =
    <A extends readonly unknown[], R>(action: string, act: (key: string, ...rest: A) => Promise<R>) =>
    async (key: string, ...rest: A): Promise<R> => {
      ask(action, key);
      return await act(key, ...rest);
    };
  return {
    get: asking('GetObject', blobs.get),
    getFile: asking('GetObject', blobs.getFile),
    put: asking('PutObject', blobs.put),
    putFile: asking('PutObject', blobs.putFile),
    list: async (prefix) => {
      guard({ action: 's3:ListBucket', resources: [`arn:aws:s3:::${bucket}`] });
      return await blobs.list(prefix);
    },
    delete: asking('DeleteObject', blobs.delete),
  };
}
