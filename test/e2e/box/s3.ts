/** S3's REST protocol over the object store: the part that our programs and the AWS command line use. */
import { awsError, type BoxAnswer, type BoxRequest, isAwsError, type Service } from './http.ts';
import type { ObjectStore, StoredVersion } from './object-store.ts';

interface Call {
  readonly request: BoxRequest;
  readonly bucket: string;
  readonly key: string;
  readonly store: ObjectStore;
  readonly uploads: Map<string, Map<number, Uint8Array>>;
}

export function s3Service(store: ObjectStore): Service {
  const uploads: Call['uploads'] = new Map();
  return async (request) => {
    const [, bucket = '', ...rest] = request.path.split('/');
    const call: Call = { request, bucket, key: decodeURIComponent(rest.join('/')), store, uploads };
    try {
      return call.key === '' ? await ofBucket(call) : await ofObject(call);
    } catch (thrown) {
      return s3Fault(thrown);
    }
  };
}

export function s3Fault(thrown: unknown): BoxAnswer {
  const { code, message, status } = isAwsError(thrown)
    ? thrown
    : { code: 'InternalError', message: String((thrown as Error).stack ?? thrown), status: 500 };
  const isDenied = code === 'AccessDeniedException';
  const inner = `<Code>${isDenied ? 'AccessDenied' : code}</Code><Message>${escaped(message)}</Message>`;
  return xml(isDenied ? 403 : status, `<Error>${inner}</Error>`);
}

async function ofBucket({ request, bucket, store }: Call): Promise<BoxAnswer> {
  const { method, query, body } = request;
  if (method === 'POST' && query.has('delete')) return deleteObjects(store, bucket, body.toString('utf8'));
  if (method === 'HEAD') return { status: 200 };
  if (method !== 'GET') throw awsError('NotImplemented', `${method} of a bucket`, 501);
  if (query.has('versions')) return listVersions(store, bucket, query);
  if (query.has('versioning'))
    return xml(200, '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>');
  if (query.has('location')) return xml(200, '<LocationConstraint/>');
  return listObjects(store, bucket, query);
}

async function ofObject(call: Call): Promise<BoxAnswer> {
  const { request, bucket, key, store } = call;
  const { method, query } = request;
  const versionId = query.get('versionId') ?? undefined;
  if (query.has('uploads') || query.has('uploadId')) return multipart(call);
  if (method === 'PUT') return put(call);
  if (method === 'DELETE') {
    const removed = store.remove(bucket, key, versionId);
    return { status: 204, headers: removed === undefined ? {} : { 'x-amz-version-id': removed.versionId } };
  }
  const found = store.get(bucket, key, versionId);
  if (found === undefined) {
    if (method === 'HEAD') return { status: 404 };
    throw awsError('NoSuchKey', 'The specified key does not exist.', 404);
  }
  if (query.has('tagging')) return xml(200, '<Tagging><TagSet/></Tagging>');
  return method === 'HEAD' ? { status: 200, headers: headersOf(found) } : content(request, found);
}

function put({ request, bucket, key, store }: Call): BoxAnswer {
  const { headers, body } = request;
  const existing = store.get(bucket, key);
  if (headers['if-none-match'] === '*' && existing !== undefined)
    throw awsError('PreconditionFailed', 'At least one of the pre-conditions did not hold', 412);
  if (headers['if-match'] !== undefined && headers['if-match'] !== `"${existing?.etag}"`)
    throw awsError('PreconditionFailed', 'At least one of the pre-conditions did not hold', 412);
  const source = headers['x-amz-copy-source'];
  const metadata = metadataOf(headers);
  if (source === undefined) {
    const type = headers['content-type'];
    const version = store.put(bucket, key, body, {
      metadata,
      ...(type === undefined ? {} : { contentType: type }),
    });
    return { status: 200, headers: headersOf(version, false) };
  }
  const [from = '', versionId] = decodeURIComponent(source).replace(/^\//, '').split('?versionId=');
  const slash = from.indexOf('/');
  const original = store.get(from.slice(0, slash), from.slice(slash + 1), versionId);
  if (original?.data === undefined) throw awsError('NoSuchKey', 'The specified key does not exist.', 404);
  const version = store.put(bucket, key, original.data, {
    contentType: original.contentType,
    metadata: original.metadata,
    reason: 'CopyObject',
  });
  return xml(
    200,
    `<CopyObjectResult><ETag>"${version.etag}"</ETag></CopyObjectResult>`,
    headersOf(version, false),
  );
}

function content(request: BoxRequest, found: StoredVersion): BoxAnswer {
  const data = found.data ?? new Uint8Array();
  const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers['range'] ?? '');
  if (range === null) return { status: 200, headers: headersOf(found), body: data };
  const [, first = '', last = ''] = range;
  const from = first === '' ? Math.max(0, data.length - Number(last)) : Number(first);
  const to = first === '' || last === '' ? data.length - 1 : Math.min(Number(last), data.length - 1);
  if (from >= data.length) throw awsError('InvalidRange', 'The requested range is not satisfiable', 416);
  const headers = { ...headersOf(found), 'content-range': `bytes ${from}-${to}/${data.length}` };
  return {
    status: 206,
    headers: { ...headers, 'content-length': String(to - from + 1) },
    body: data.slice(from, to + 1),
  };
}

function multipart({ request, bucket, key, store, uploads }: Call): BoxAnswer {
  const { method, query, body } = request;
  if (query.has('uploads')) {
    const id = `upload-${uploads.size + 1}`;
    uploads.set(id, new Map());
    return xml(
      200,
      `<InitiateMultipartUploadResult><Bucket>${bucket}</Bucket><Key>${escaped(key)}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
    );
  }
  const id = query.get('uploadId') ?? '';
  const parts = uploads.get(id);
  if (parts === undefined) throw awsError('NoSuchUpload', 'The specified upload does not exist.', 404);
  if (method === 'PUT') {
    parts.set(Number(query.get('partNumber')), body);
    return { status: 200, headers: { etag: `"part-${query.get('partNumber')}"` } };
  }
  uploads.delete(id);
  if (method === 'DELETE') return { status: 204 };
  const ordered = [...parts].sort(([a], [b]) => a - b).map(([, part]) => part);
  const version = store.put(bucket, key, Buffer.concat(ordered), { reason: 'CompleteMultipartUpload' });
  return xml(
    200,
    `<CompleteMultipartUploadResult><Key>${escaped(key)}</Key><ETag>"${version.etag}"</ETag></CompleteMultipartUploadResult>`,
    headersOf(version, false),
  );
}

function deleteObjects(store: ObjectStore, bucket: string, body: string): BoxAnswer {
  const deleted = [...body.matchAll(/<Object>(.*?)<\/Object>/gs)].map(([, one = '']) => {
    const key = unescaped(/<Key>(.*?)<\/Key>/s.exec(one)?.[1] ?? '');
    store.remove(bucket, key, /<VersionId>(.*?)<\/VersionId>/s.exec(one)?.[1]);
    return `<Deleted><Key>${escaped(key)}</Key></Deleted>`;
  });
  return xml(200, `<DeleteResult>${deleted.join('')}</DeleteResult>`);
}

const LARGEST_PAGE = 1000;

function listObjects(store: ObjectStore, bucket: string, query: URLSearchParams): BoxAnswer {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
  const limit = Math.min(Number(query.get('max-keys') ?? LARGEST_PAGE), LARGEST_PAGE);
  const contents: string[] = [];
  const folders = new Set<string>();
  let last: string | undefined;
  let isTruncated = false;
  for (const one of store.list(bucket, prefix)) {
    if (one.key <= after) continue;
    const cut = delimiter === '' ? -1 : one.key.indexOf(delimiter, prefix.length);
    const folder = cut < 0 ? undefined : one.key.slice(0, cut + delimiter.length);
    if (folder !== undefined && (folders.has(folder) || after.startsWith(folder))) continue;
    if (contents.length + folders.size >= limit) {
      isTruncated = true;
      break;
    }
    last = folder === undefined ? one.key : `${folder}\uffff`;
    if (folder === undefined) contents.push(`<Contents>${entry(one)}</Contents>`);
    else folders.add(folder);
  }
  const common = [...folders].map(
    (one) => `<CommonPrefixes><Prefix>${escaped(one)}</Prefix></CommonPrefixes>`,
  );
  const next = isTruncated ? `<NextContinuationToken>${escaped(last ?? '')}</NextContinuationToken>` : '';
  return xml(
    200,
    `<ListBucketResult><Name>${bucket}</Name><Prefix>${escaped(prefix)}</Prefix>` +
      `<KeyCount>${contents.length + folders.size}</KeyCount><MaxKeys>${limit}</MaxKeys>` +
      `<IsTruncated>${isTruncated}</IsTruncated>${next}${contents.join('')}${common.join('')}</ListBucketResult>`,
  );
}

function listVersions(store: ObjectStore, bucket: string, query: URLSearchParams): BoxAnswer {
  const seen = new Set<string>();
  const lines = store.versions(bucket, query.get('prefix') ?? '').map((one) => {
    const tag = one.data === undefined ? 'DeleteMarker' : 'Version';
    const isLatest = !seen.has(one.key);
    seen.add(one.key);
    return `<${tag}><VersionId>${one.versionId}</VersionId><IsLatest>${isLatest}</IsLatest>${entry(one)}</${tag}>`;
  });
  return xml(
    200,
    `<ListVersionsResult><IsTruncated>false</IsTruncated>${lines.join('')}</ListVersionsResult>`,
  );
}

function entry(one: StoredVersion): string {
  return (
    `<Key>${escaped(one.key)}</Key><LastModified>${one.modified.toISOString()}</LastModified>` +
    `<ETag>"${one.etag}"</ETag><Size>${one.data?.length ?? 0}</Size><StorageClass>STANDARD</StorageClass>`
  );
}

function headersOf(version: StoredVersion, whole = true): Record<string, string> {
  const own = Object.entries(version.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]);
  return {
    etag: `"${version.etag}"`,
    'x-amz-version-id': version.versionId,
    ...(whole
      ? {
          'content-length': String(version.data?.length ?? 0),
          'content-type': version.contentType,
          'last-modified': version.modified.toUTCString(),
          ...(Object.fromEntries(own) as Record<string, string>),
        }
      : {}),
  };
}

function metadataOf(headers: BoxRequest['headers']): Record<string, string> {
  const prefix = 'x-amz-meta-';
  const own = Object.entries(headers).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]));
}

function xml(status: number, inner: string, headers: Readonly<Record<string, string>> = {}): BoxAnswer {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n${inner}`;
  return { status, headers: { ...headers, 'content-type': 'application/xml' }, body };
}

export function escaped(value: string): string {
  return value.replace(/[&<>"\r\n]/g, (one) => `&#${one.charCodeAt(0)};`);
}

function unescaped(value: string): string {
  const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return value.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return decimal === undefined ? (named[name] ?? whole) : String.fromCodePoint(Number(decimal));
  });
}
