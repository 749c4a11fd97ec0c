/** A blob store that is a bucket, or what lies below a prefix of one. */
import type { BlobStore } from '../protocol/blob-store.ts';
import type { Objects } from './clients.ts';

export function s3BlobStore(objects: Objects, bucket: string, prefix = ''): BlobStore {
  const at = (key: string) => `${prefix}${key}`;
  return {
    get: async (key) => (await objects.get(bucket, at(key)))?.body,
    getFile: (key, file) => objects.getFile(bucket, at(key), file),
    put: (key, data) => objects.put(bucket, at(key), data),
    putFile: (key, file) => objects.putFile(bucket, at(key), file),
    list: async (below) => {
      const found = await objects.list(bucket, at(below));
      return found.map(({ key, size }) => ({ key: key.slice(prefix.length), size }));
    },
    delete: (key) => objects.delete(bucket, at(key)),
  };
}

/**
 * The store as one run sees it. Two runs of one name may go on at the same time, so what handlers and
 * executors call
 * `runs/<name>/…` lies at `runs/<uid>/…`, and so does what they put away under `outputs/`.
 */
export function runStore(blobs: BlobStore, uid: string): BlobStore {
  const at = (key: string) => runAddress(key, uid);
  const { get, getFile, put, putFile, list, delete: remove } = blobs;
  return {
    get: (key) => get(at(key)),
    getFile: (key, file) => getFile(at(key), file),
    put: (key, data) => put(at(key), data),
    putFile: (key, file) => putFile(at(key), file),
    list: (prefix) => list(at(prefix)),
    delete: (key) => remove(at(key)),
  };
}

/** Where a key of a run's store lies in the bucket. */
export function runAddress(key: string, uid: string): string {
  return key.replace(/^(?:runs\/[^/]*\/|(?=outputs\/))/, () => `runs/${uid}/`);
}

/** The run in whose folder a key lies. */
export function runOfKey(key: string): string | undefined {
  return /^runs\/([^/]+)\//.exec(key)?.[1];
}
