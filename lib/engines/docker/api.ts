/** The Docker Engine API over its socket, without a library: https://docs.docker.com/reference/api/engine/ */

import { existsSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export class DockerError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface DockerCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** JSON, unless it is a stream or bytes of `contentType`. */
  readonly body?: unknown;
  readonly stream?: Readable;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

export interface DockerApi {
  /** The answer as JSON; undefined when it is empty. */
  call<T>(call: DockerCall): Promise<T>;
  /** The answer as it comes. */
  open(call: DockerCall): Promise<IncomingMessage>;
}

interface Address {
  readonly socketPath?: string;
  readonly host?: string;
  readonly port?: number;
}

const LONGEST_ANSWER = 64 * 1024 * 1024;

/** `DOCKER_HOST`, else the usual sockets. */
export function dockerAddress(env: NodeJS.ProcessEnv): Address | undefined {
  const given = env['DOCKER_HOST'];
  if (given === undefined || given === '') {
    const usual = ['/var/run/docker.sock', join(homedir(), '.docker/run/docker.sock')];
    const socketPath = usual.find((path) => existsSync(path));
    return socketPath === undefined ? undefined : { socketPath };
  }
  if (given.startsWith('unix://')) return { socketPath: given.slice('unix://'.length) };
  if (!/^(tcp|http):\/\//.test(given)) return undefined;
  const url = new URL(given.replace(/^tcp:/, 'http:'));
  return { host: url.hostname, port: Number(url.port || 2375) };
}

/** Paths carry no version: an engine then speaks its newest, and none refuses a version that it no longer knows. */
export function dockerApi(address: Address): DockerApi {
  const open = async (call: DockerCall): Promise<IncomingMessage> => {
    const answer = await send(address, call);
    if ((answer.statusCode ?? 500) < 400) return answer;
    const text = (await readAll(answer)).toString('utf8');
    throw new DockerError(answer.statusCode ?? 500, messageIn(text));
  };
  return {
    open,
    call: async <T>(call: DockerCall) => {
      const text = (await readAll(await open(call))).toString('utf8').trim();
      return (text === '' ? undefined : JSON.parse(text)) as T;
    },
  };
}

async function send(address: Address, call: DockerCall): Promise<IncomingMessage> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query ?? {}))
    if (value !== undefined) query.set(name, String(value));
  const path = query.size === 0 ? call.path : `${call.path}?${query}`;
  const data = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
  const type = call.contentType ?? (data === undefined ? undefined : 'application/json');
  const headers = {
    ...(address.socketPath !== undefined && { host: 'docker' }),
    ...(type !== undefined && { 'content-type': type }),
    ...(data !== undefined && { 'content-length': data.length }),
  };
  const { method, signal } = call;
  const sent = request({ ...address, method, path, headers, ...(signal && { signal }) });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve);
    sent.on('error', reject); // also what comes after the answer, which its reader hears of by itself
  });
  answered.catch(() => undefined);
  if (call.stream !== undefined) await pipeline(call.stream, sent).catch(() => undefined);
  else sent.end(data);
  return await answered;
}

async function readAll(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > LONGEST_ANSWER) throw new DockerError(500, 'the engine sends more than can be taken');
  }
  return Buffer.concat(chunks);
}

function messageIn(text: string): string {
  try {
    const parsed = JSON.parse(text) as { readonly message?: unknown };
    return typeof parsed.message === 'string' ? parsed.message : text;
  } catch {
    return text.trim();
  }
}

/** A pull or import answers 200 and tells its failure in the stream. */
export function progressError(text: string): string | undefined {
  for (const line of text.split('\n')) {
    if (line.includes('"error"')) return messageIn(line.replace('"error"', '"message"'));
  }
  return undefined;
}

/** Takes apart the two streams of a container's log: eight bytes of header, then so many bytes. */
export async function* demultiplex(
  source: AsyncIterable<Buffer>,
): AsyncGenerator<{ readonly stream: 'stdout' | 'stderr'; readonly chunk: Buffer }> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= 8) {
      const size = rest.readUInt32BE(4);
      if (rest.length < 8 + size) break;
      yield { stream: rest[0] === 2 ? 'stderr' : 'stdout', chunk: rest.subarray(8, 8 + size) };
      rest = rest.subarray(8 + size);
    }
  }
}
