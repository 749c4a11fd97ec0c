/** ItemReader: the items of a Distributed Map from objects of S3. */

import { gunzipSync } from 'node:zlib';
import type { JsonObject, JsonValue } from '../asl/json.ts';
import type { ReaderConfig } from '../asl/state-machine.ts';
import { parseCsv } from './csv.ts';
import { countField } from './map-items.ts';
import type { ObjectReader } from './object-reader.ts';
import type { PreparedMap, PreparedReader } from './prepared.ts';
import { ERRORS, StateFailure } from './state-failure.ts';
import { evaluateField, scopeOf, type Visit } from './visit.ts';

/** As the context object's `Map.Item` shows them: Index, Value and Source, and Key for entries of objects. */
export async function readItems(
  visit: Visit<PreparedMap>,
  reader: PreparedReader,
): Promise<readonly JsonObject[]> {
  const { run } = visit.frame;
  const most = await countField(visit, reader.maxItems);
  const given = await evaluateField(visit, reader.arguments, {}, scopeOf(visit));
  const { objects } = run.options;
  if (objects === undefined) throw readerFailed('This execution has no access to objects of S3');
  const from = given as JsonObject;
  const bucket = textArgument(from, 'Bucket');
  const items = reader.lists
    ? await listItems(objects, bucket, textArgument(from, 'Prefix', ''), reader.config)
    : await readObject(objects, bucket, textArgument(from, 'Key'), reader.config);
  const source = `S3://${bucket}${reader.lists ? '' : `/${textArgument(from, 'Key')}`}`;
  const taken = most === undefined || most === 0 ? items : items.slice(0, most);
  return taken.map((item, Index) => {
    const Value = run.payloads.adopt(item) ?? null;
    return { Index, Value, Source: source };
  });
}

function readerFailed(text: string): StateFailure {
  return new StateFailure(ERRORS.itemReader, text);
}

function textArgument(from: JsonObject, name: string, otherwise?: string): string {
  const value = from?.[name] ?? otherwise;
  if (typeof value !== 'string')
    throw readerFailed(`The argument '${name}' of the ItemReader must be a string`);
  return value;
}

async function listItems(
  objects: ObjectReader,
  bucket: string,
  prefix: string,
  config: ReaderConfig,
): Promise<readonly JsonValue[]> {
  const listed = await objects.list(bucket, prefix);
  if (config.Transformation !== 'LOAD_AND_FLATTEN') {
    return listed.map((object) => ({
      Etag: object.etag,
      Key: object.key,
      LastModified: Math.floor(object.lastModified.getTime() / 1000),
      Size: object.size,
      StorageClass: 'STANDARD',
    }));
  }
  const items: JsonValue[] = [];
  for (const { key } of listed) {
    for (const item of await readObject(objects, bucket, key, config)) items.push(item);
  }
  return items;
}

async function readObject(
  objects: ObjectReader,
  bucket: string,
  key: string,
  config: ReaderConfig,
): Promise<readonly JsonValue[]> {
  const body = await objects.read(bucket, key);
  if (body === undefined) throw readerFailed(`The object '${key}' of the bucket '${bucket}' does not exist`);
  try {
    return parseItems(textOf(body), config, key);
  } catch (thrown) {
    if (thrown instanceof StateFailure) throw thrown;
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw readerFailed(`Attempting to read the object '${key}' of the bucket '${bucket}' failed: ${why}`);
  }
}

/** Objects may be compressed by gzip, which its first two bytes tell. */
function textOf(body: Uint8Array): string {
  const plain = body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body) : body;
  return new TextDecoder().decode(plain);
}

const DELIMITERS = { COMMA: ',', PIPE: '|', SEMICOLON: ';', SPACE: ' ', TAB: '\t' } as const;

function parseItems(text: string, config: ReaderConfig, key: string): readonly JsonValue[] {
  switch (config.InputType ?? 'JSON') {
    case 'JSON':
      return itemsOfJson(pointTo(JSON.parse(text) as JsonValue, config.ItemsPointer), key);
    case 'JSONL': {
      const lines = text.split('\n').filter((line) => line.trim() !== '');
      return lines.map((line) => JSON.parse(line) as JsonValue);
    }
    case 'CSV':
      return itemsOfCsv(text, config);
    default:
      throw readerFailed(`The InputType '${config.InputType}' cannot be read locally`);
  }
}

function itemsOfJson(value: JsonValue, key: string): readonly JsonValue[] {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null)
    throw readerFailed(`The object '${key}' holds no array and no object`);
  return Object.entries(value).map(([Key, Value]) => ({ Key, Value }));
}

/** RFC 6901. */
function pointTo(value: JsonValue, pointer = ''): JsonValue {
  let at: JsonValue = value;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    const found: JsonValue | undefined =
      typeof at === 'object' && at !== null && Object.hasOwn(at, name) ? (at as JsonObject)[name] : undefined;
    if (found === undefined) throw readerFailed(`The ItemsPointer '${pointer}' leads nowhere`);
    at = found;
  }
  return at;
}

function itemsOfCsv(text: string, config: ReaderConfig): readonly JsonValue[] {
  const rows = parseCsv(text, DELIMITERS[config.CSVDelimiter ?? 'COMMA']);
  const given = config.CSVHeaderLocation === 'GIVEN';
  const headers = given ? (config.CSVHeaders ?? []) : (rows[0] ?? []);
  const body = given ? rows : rows.slice(1);
  return body.map((row) => Object.fromEntries(headers.map((header, i) => [header, row[i] ?? ''])));
}
