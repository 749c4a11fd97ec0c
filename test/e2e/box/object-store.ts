/** Buckets in memory, every version kept, every change told. */
import { createHash } from 'node:crypto';

export interface StoredVersion {
  readonly key: string;
  readonly versionId: string;
  /** Absent: a delete marker. */
  readonly data?: Uint8Array;
  readonly etag: string;
  readonly modified: Date;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface ObjectChange {
  readonly kind: 'Created' | 'Deleted';
  readonly bucket: string;
  readonly version: StoredVersion;
  /** `PutObject`, `CopyObject` … */
  readonly reason: string;
}

export interface PutOptions {
  readonly contentType?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly reason?: string;
}

export interface ObjectStore {
  readonly put: (bucket: string, key: string, data: Uint8Array, options?: PutOptions) => StoredVersion;
  readonly get: (bucket: string, key: string, versionId?: string) => StoredVersion | undefined;
  readonly remove: (bucket: string, key: string, versionId?: string) => StoredVersion | undefined;
  /** Newest versions, sorted by key; delete markers left out. */
  readonly list: (bucket: string, prefix: string) => readonly StoredVersion[];
  /** Newest first within a key. */
  readonly versions: (bucket: string, prefix: string) => readonly StoredVersion[];
}

export function objectStore(onChange: (change: ObjectChange) => void): ObjectStore {
  const buckets = new Map<string, Map<string, StoredVersion[]>>();
  let count = 0;
  const keysOf = (bucket: string) => {
    const known = buckets.get(bucket) ?? new Map<string, StoredVersion[]>();
    buckets.set(bucket, known);
    return known;
  };
  const add = (bucket: string, key: string, fields: Partial<StoredVersion>): StoredVersion => {
    count += 1;
    const version: StoredVersion = {
      key,
      versionId: `v${String(count).padStart(8, '0')}`,
      etag: createHash('md5')
        .update(fields.data ?? '')
        .digest('hex'),
      modified: new Date(),
      contentType: 'application/octet-stream',
      metadata: {},
      ...fields,
    };
    const list = keysOf(bucket).get(key);
    if (list === undefined) keysOf(bucket).set(key, [version]);
    else list.push(version);
    return version;
  };
  const get = (bucket: string, key: string, versionId?: string) => {
    const list = keysOf(bucket).get(key) ?? [];
    const found = versionId === undefined ? list.at(-1) : list.find((one) => one.versionId === versionId);
    return found?.data === undefined ? undefined : found;
  };
  const matching = (bucket: string, prefix: string) =>
    [...keysOf(bucket)].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    put: (bucket, key, data, options = {}) => {
      const { reason = 'PutObject', ...fields } = options;
      const version = add(bucket, key, { data: data.slice(), ...fields });
      onChange({ kind: 'Created', bucket, version, reason });
      return version;
    },
    get,
    remove: (bucket, key, versionId) => {
      const list = keysOf(bucket).get(key) ?? [];
      const at = list.findIndex((one) => one.versionId === versionId);
      if (versionId !== undefined) return at < 0 ? undefined : list.splice(at, 1)[0];
      if (get(bucket, key) === undefined) return undefined;
      const version = add(bucket, key, {});
      onChange({ kind: 'Deleted', bucket, version, reason: 'DeleteObject' });
      return version;
    },
    list: (bucket, prefix) =>
      matching(bucket, prefix).flatMap(([, list]) => (list.at(-1)?.data === undefined ? [] : [list.at(-1)!])),
    versions: (bucket, prefix) => matching(bucket, prefix).flatMap(([, list]) => [...list].reverse()),
  };
}
