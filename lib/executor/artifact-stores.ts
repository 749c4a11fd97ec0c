/** Where the bytes of an artifact are: which blob store and key, or which address. */
import { artifactKey, type BlobStore } from '../protocol/blob-store.ts';
import type { JsonObject, JsonValue } from '../protocol/json.ts';

export interface ArtifactStores {
  /** The run's own store, which holds the artifacts that name no bucket. */
  readonly blobs: BlobStore;
  /** Opens a bucket that an artifact names; undefined when this executor cannot reach such a store. */
  bucket?(kind: BucketKind, name: string, location: JsonObject): BlobStore | undefined;
}

export type BucketKind = 's3' | 'gcs' | 'oss' | 'azure' | 'hdfs' | 'artifactory';

export type ArtifactPlace =
  | { readonly kind: 'blob'; readonly store: BlobStore; readonly key: string }
  | { readonly kind: 'raw'; readonly data: string }
  | { readonly kind: 'http'; readonly location: JsonObject }
  | { readonly kind: 'git'; readonly location: JsonObject };

const buckets = {
  s3: ['bucket', 'key'],
  gcs: ['bucket', 'key'],
  oss: ['bucket', 'key'],
  azure: ['container', 'blob'],
};

/** Stores without buckets: one field says where in the store. */
const wholeStores = { hdfs: 'path', artifactory: 'url' };

export class UnsupportedStoreError extends Error {}

export function artifactPlace(artifact: JsonObject, stores: ArtifactStores): ArtifactPlace {
  const raw = asObject(artifact['raw']);
  if (raw !== undefined) return { kind: 'raw', data: text(raw['data']) };
  const http = asObject(artifact['http']);
  if (http !== undefined) return { kind: 'http', location: http };
  const git = asObject(artifact['git']);
  if (git !== undefined) return { kind: 'git', location: git };
  for (const [kind, [bucketField, keyField]] of Object.entries(buckets)) {
    const location = asObject(artifact[kind]);
    if (location === undefined) continue;
    const bucket = text(location[bucketField!]);
    const key = text(location[keyField!]);
    if (bucket === '') return { kind: 'blob', store: stores.blobs, key: artifactKey(key) };
    const store = stores.bucket?.(kind as BucketKind, bucket, location);
    if (store !== undefined) return { kind: 'blob', store, key };
  }
  for (const [kind, keyField] of Object.entries(wholeStores)) {
    const location = asObject(artifact[kind]);
    if (location === undefined) continue;
    const store = stores.bucket?.(kind as BucketKind, 'all', location);
    if (store !== undefined) return { kind: 'blob', store, key: text(location[keyField]) };
  }
  throw new UnsupportedStoreError(`Unsupported artifact driver for ${text(artifact['name'])}`);
}

/** Buckets of a laptop's run are folders beside the artifacts, so that what one step saves another one loads. */
export function bucketsWithin(blobs: BlobStore): Required<Pick<ArtifactStores, 'bucket'>>['bucket'] {
  return (kind, name) => {
    const at = (key: string) => `buckets/${kind}/${name}/${key}`;
    const cut = at('').length;
    return {
      get: (key) => blobs.get(at(key)),
      getFile: (key, file) => blobs.getFile(at(key), file),
      put: (key, data) => blobs.put(at(key), data),
      putFile: (key, file) => blobs.putFile(at(key), file),
      list: async (prefix) =>
        (await blobs.list(at(prefix))).map(({ key, size }) => ({ key: key.slice(cut), size })),
      delete: (key) => blobs.delete(at(key)),
    };
  };
}

export function asObject(value: JsonValue | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

export function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : value === undefined || value === null ? '' : String(value);
}
