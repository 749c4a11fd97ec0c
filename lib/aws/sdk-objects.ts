/** S3 through the SDK: streaming to and from files, listing page by page, large files in parts. */
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { isNamed, type ObjectInfo, type Objects } from './clients.ts';

/** PutObject takes 5 GB; parts may be as many as 10,000, so this size reaches 5 TB. */
const SINGLE_BYTES = 1024 ** 3;
const PART_BYTES = 512 * 1024 ** 2;

export function sdkObjects(client: S3Client): Objects {
  return {
    get: (Bucket, Key, VersionId) =>
      unlessAbsent(async () => {
        const found = await client.send(
          new GetObjectCommand({ Bucket, Key, ...(VersionId && { VersionId }) }),
        );
        const body = (await found.Body?.transformToByteArray()) ?? new Uint8Array();
        return { ...infoOf(Key, found, body.byteLength), body };
      }),
    head: (Bucket, Key) =>
      unlessAbsent(async () => {
        const found = await client.send(new HeadObjectCommand({ Bucket, Key }));
        return infoOf(Key, found, found.ContentLength ?? 0);
      }),
    getFile: async (Bucket, Key, file) => {
      const found = await unlessAbsent(() => client.send(new GetObjectCommand({ Bucket, Key })));
      if (found === undefined) return false;
      try {
        await pipeline(found.Body as Readable, createWriteStream(file, { flags: 'wx' }));
      } catch (error) {
        await rm(file, { force: true });
        throw error;
      }
      return true;
    },
    put: async (Bucket, Key, Body) => void (await client.send(new PutObjectCommand({ Bucket, Key, Body }))),
    putFile: (bucket, key, file) => putFile(client, bucket, key, file),
    list: (bucket, prefix) => list(client, bucket, prefix),
    delete: async (Bucket, Key) => void (await client.send(new DeleteObjectCommand({ Bucket, Key }))),
  };
}

interface Described {
  readonly VersionId?: string | undefined;
  readonly ETag?: string | undefined;
  readonly LastModified?: Date | undefined;
}

function infoOf(key: string, found: Described, size: number): ObjectInfo {
  return {
    key,
    size,
    ...(found.VersionId !== undefined && { versionId: found.VersionId }),
    ...(found.ETag !== undefined && { etag: found.ETag.replaceAll('"', '') }),
    ...(found.LastModified !== undefined && { lastModified: found.LastModified }),
  };
}

async function unlessAbsent<T>(act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (isNamed(error, 'NoSuchKey', 'NotFound', 'NoSuchVersion')) return undefined;
    // The latest version is a delete marker.
    if (isNamed(error, 'MethodNotAllowed')) return undefined;
    throw error;
  }
}

async function list(client: S3Client, Bucket: string, Prefix: string): Promise<readonly ObjectInfo[]> {
  const found: ObjectInfo[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(
      new ListObjectsV2Command({
        Bucket,
        Prefix,
        ...(token === undefined ? {} : { ContinuationToken: token }),
      }),
    );
    for (const one of page.Contents ?? []) found.push(infoOf(one.Key ?? '', one, one.Size ?? 0));
    token = page.NextContinuationToken;
  } while (token !== undefined);
  // S3 sorts by UTF-8 bytes already, but for directory buckets.
  return found.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
}

async function putFile(client: S3Client, Bucket: string, Key: string, file: string): Promise<void> {
  const { size } = await stat(file);
  if (size > SINGLE_BYTES) return await putParts(client, Bucket, Key, file, size);
  const Body = createReadStream(file);
  try {
    await client.send(new PutObjectCommand({ Bucket, Key, Body, ContentLength: size }));
  } finally {
    Body.destroy();
  }
}

async function putParts(
  client: S3Client,
  Bucket: string,
  Key: string,
  file: string,
  size: number,
): Promise<void> {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const handle = await open(file, 'r');
  try {
    const parts: { readonly PartNumber: number; readonly ETag: string | undefined }[] = [];
    for (let start = 0; start < size; start += PART_BYTES) {
      const end = Math.min(size, start + PART_BYTES);
      const PartNumber = parts.length + 1;
      const Body = handle.createReadStream({ start, end: end - 1, autoClose: false });
      const part = { Bucket, Key, UploadId, PartNumber, Body, ContentLength: end - start };
      const { ETag } = await client.send(new UploadPartCommand(part));
      parts.push({ PartNumber, ETag });
    }
    await client.send(
      new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: parts } }),
    );
  } catch (error) {
    await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    throw error;
  } finally {
    await handle.close();
  }
}
