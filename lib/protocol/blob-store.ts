/** Where a run keeps what is too large or too private for a state: task specs, artifacts, logs, large outputs. */

export interface BlobInfo {
  readonly key: string;
  readonly size: number;
}

/** Keys are S3's: any text of 1 to 1,024 bytes, with `/` as a mere convention. */
export interface BlobStore {
  get(key: string): Promise<Uint8Array | undefined>;
  /** Copies the blob to a file that does not exist yet; false when there is no such blob. */
  getFile(key: string, file: string): Promise<boolean>;
  put(key: string, data: Uint8Array | string): Promise<void>;
  putFile(key: string, file: string): Promise<void>;
  /** All blobs whose key begins with the prefix, sorted by key. */
  list(prefix: string): Promise<readonly BlobInfo[]>;
  /** Deleting what is not there is no error. */
  delete(key: string): Promise<void>;
  /** Set where the blobs are plain files of this folder, so that it can be mounted into a container. */
  readonly folder?: string;
}

/** Undefined when there is no such blob. */
export async function blobJson<T>(blobs: Pick<BlobStore, 'get'>, key: string): Promise<T | undefined> {
  const bytes = await blobs.get(key);
  return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as T);
}

/** Artifacts without a store of their own lie here. */
export function artifactKey(key: string): string {
  return `artifacts/${key}`;
}

/** The templates of a machine (lib/evaluate/bundle.ts), written once beside it. */
export function bundleKey(id: string): string {
  return `machines/${id}.json`;
}

/** The same, where the tasks of a run may read it. */
export function runBundleKey(run: string): string {
  return `runs/${run}/bundle.json`;
}

/** What was said to a run while it goes on, where its tasks may read it; absent: nothing. */
export function runOrdersKey(run: string): string {
  return `runs/${run}/orders.json`;
}

/** What the executor of a leaf writes besides its artifacts. */
export function nodeKey(run: string, nodeId: string, file: string): string {
  return `runs/${run}/${nodeId}/${file}`;
}
