/** Artifacts behind a web address: GET to load, PUT to save. */
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';

import type { JsonObject } from '../protocol/json.ts';
import { asObject, text } from './artifact-stores.ts';
import { type ObjectLookup, objectKey } from './objects.ts';

export class ArtifactNotFoundError extends Error {}

export async function loadHttp(
  location: JsonObject,
  file: string,
  lookup: ObjectLookup,
  signal?: AbortSignal,
): Promise<void> {
  const answer = await send(location, lookup, { method: 'GET', ...(signal && { signal }) });
  if (answer.status === 404)
    throw new ArtifactNotFoundError(`received non-2xx response code: ${answer.status}`);
  if (!answer.ok) throw new Error(`loading file failed with reason: ${answer.status} ${answer.statusText}`);
  const body = answer.body === null ? [] : Readable.fromWeb(answer.body as ReadableStream);
  await pipeline(body, createWriteStream(file, { flags: 'wx' }));
}

export async function saveHttp(
  location: JsonObject,
  file: string,
  lookup: ObjectLookup,
  signal?: AbortSignal,
): Promise<void> {
  const size = (await stat(file)).size;
  const body = Readable.toWeb(createReadStream(file));
  const request = { method: 'PUT', body, duplex: 'half', ...(signal && { signal }) } as RequestInit;
  const answer = await send(location, lookup, request, { 'content-length': String(size) });
  if (!answer.ok) throw new Error(`saving file failed with reason: ${answer.status} ${answer.statusText}`);
}

async function send(
  location: JsonObject,
  lookup: ObjectLookup,
  request: RequestInit,
  more: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const headers = new Headers(more);
  for (const header of Array.isArray(location['headers']) ? location['headers'] : []) {
    const pair = asObject(header);
    if (pair !== undefined) headers.set(text(pair['name']), text(pair['value']));
  }
  const basic = asObject(asObject(location['auth'])?.['basicAuth']);
  if (basic !== undefined) {
    const user = await secretOf(basic['usernameSecret'], lookup);
    const password = await secretOf(basic['passwordSecret'], lookup);
    headers.set('authorization', `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`);
  }
  const url = text(location['url']);
  try {
    return await fetch(url, { ...request, headers });
  } catch (error) {
    const cause =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new Error(`${request.method ?? 'GET'} ${withoutPassword(url)}: ${cause}`);
  }
}

async function secretOf(selector: JsonObject[string] | undefined, lookup: ObjectLookup): Promise<string> {
  const reference = asObject(selector);
  if (reference === undefined) return '';
  return (await objectKey(lookup, 'secret', text(reference['name']), text(reference['key']), false)) ?? '';
}

function withoutPassword(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//').replace(/[?#].*$/s, '');
}
