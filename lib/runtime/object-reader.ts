/** The objects of S3 that Distributed Map reads and writes, as the host gives them. */

export interface ObjectReader {
  /** Undefined when there is no such object. */
  read(bucket: string, key: string): Promise<Uint8Array | undefined>;
  list(bucket: string, prefix: string): Promise<readonly ListedObject[]>;
  /** Absent where results cannot be written. */
  write?(bucket: string, key: string, body: string): Promise<void>;
}

export interface ListedObject {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly lastModified: Date;
}
