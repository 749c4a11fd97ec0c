/** Requests and answers of the box: what all its services speak, whatever their protocol. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JsonObject, JsonValue } from '../../../lib/protocol/json.ts';

export interface BoxRequest {
  readonly method: string;
  /** As sent: escapes are still there. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface BoxAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export type Service = (request: BoxRequest) => Promise<BoxAnswer>;

export interface AwsError extends Error {
  readonly code: string;
  readonly status: number;
}

export function awsError(code: string, message: string, status = 400): AwsError {
  return Object.assign(new Error(message), { name: 'AwsError', code, status });
}

export function isAwsError(thrown: unknown): thrown is AwsError {
  return thrown instanceof Error && thrown.name === 'AwsError';
}

/** Operations of a service that takes a JSON body and names the operation in a header. */
export type Operations = Readonly<Record<string, (input: JsonObject) => unknown>>;

/** AWS JSON 1.0 and 1.1. */
export function jsonService(operations: Operations): Service {
  return async (request) => {
    const name = request.headers['x-amz-target']?.split('.').at(-1) ?? '';
    const operation = operations[name];
    try {
      if (operation === undefined) throw awsError('UnknownOperationException', `the box knows no ${name}`);
      const input = (
        request.body.length === 0 ? {} : JSON.parse(request.body.toString('utf8'))
      ) as JsonObject;
      return jsonAnswer(200, (await operation(input)) ?? {});
    } catch (thrown) {
      return jsonFault(thrown);
    }
  };
}

export function jsonAnswer(status: number, value: unknown): BoxAnswer {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify(value) };
}

export function jsonFault(thrown: unknown): BoxAnswer {
  const { code, message, status } = isAwsError(thrown)
    ? thrown
    : { code: 'InternalFailure', message: String((thrown as Error).stack ?? thrown), status: 500 };
  const answer = jsonAnswer(status, { __type: code, message });
  return { ...answer, headers: { ...answer.headers, 'x-amzn-errortype': code } };
}

export async function readRequest(incoming: IncomingMessage): Promise<BoxRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const [path = '/', query = ''] = (incoming.url ?? '/').split('?');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) headers[name] = String(value);
  const raw = Buffer.concat(chunks);
  const isChunked = headers['x-amz-content-sha256']?.startsWith('STREAMING-') === true;
  return {
    method: incoming.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers,
    body: isChunked ? unchunked(raw) : raw,
  };
}

/** `aws-chunked`: lengths in hexadecimal, perhaps with a signature, then the bytes; trailers at the end. */
function unchunked(raw: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < raw.length; ) {
    const end = raw.indexOf('\r\n', at);
    const size = Number.parseInt(raw.subarray(at, end).toString('latin1'), 16);
    if (!(size > 0)) break;
    parts.push(raw.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
  return Buffer.concat(parts);
}

export function send(response: ServerResponse, { status, headers, body }: BoxAnswer): void {
  response.writeHead(status, { 'x-amzn-requestid': 'box', ...headers });
  response.end(body);
}

export const text = (value: JsonValue | undefined): string =>
  value === undefined || value === null ? '' : String(value);

/** Cuts a page out of a list; tokens are positions. */
export function paged<T>(
  all: readonly T[],
  size: number,
  token: string | undefined,
): { readonly page: readonly T[]; readonly next?: string } {
  const from = token === undefined || token === '' ? 0 : Number(token);
  const to = from + size;
  return { page: all.slice(from, to), ...(to < all.length ? { next: String(to) } : {}) };
}
