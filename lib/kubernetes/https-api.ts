/** A KubernetesApi over HTTPS, with a certificate authority of the cluster's own. */
import { request as httpRequest } from 'node:http';
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import { type ApiRequest, type ApiResponse, connectionError, type KubernetesApi } from './api.ts';

export interface Connection {
  /** `https://HOST[:PORT][/PATH]`; http only where a kubeconfig says so. */
  readonly server: string;
  /** PEM. @default the authorities that Node knows */
  readonly ca?: string;
  /** PEM of a client that proves itself with a certificate. */
  readonly cert?: string;
  readonly key?: string;
  readonly skipsVerification?: boolean;
  readonly serverName?: string;
  /** The `Authorization` header, asked for with each request. */
  readonly authorization?: () => Promise<string | undefined>;
}

/** kubectl waits as long as the server does; here a silent server must not hold a function. */
const TIMEOUT_MS = 60_000;

export function httpsApi(connection: Connection): KubernetesApi {
  const base = new URL(connection.server);
  const agent =
    base.protocol === 'https:'
      ? new Agent({
          keepAlive: true,
          ...(connection.ca !== undefined && { ca: connection.ca }),
          ...(connection.cert !== undefined && { cert: connection.cert, key: connection.key }),
          ...(connection.skipsVerification && { rejectUnauthorized: false }),
          ...(connection.serverName !== undefined && { servername: connection.serverName }),
        })
      : undefined;
  return async (request) => {
    const authorization = await connection.authorization?.();
    const query = new URLSearchParams(request.query ?? {}).toString();
    const path = `${base.pathname.replace(/\/$/, '')}${request.path}${query === '' ? '' : `?${query}`}`;
    const options: RequestOptions = {
      method: request.method,
      host: base.hostname,
      ...(base.port !== '' && { port: base.port }),
      path,
      headers: headersOf(request, authorization),
      ...(agent !== undefined && { agent }),
      timeout: TIMEOUT_MS,
    };
    return await exchange(options, base.protocol === 'https:', request.body);
  };
}

function headersOf(request: ApiRequest, authorization: string | undefined): Readonly<Record<string, string>> {
  return {
    accept: request.accept ?? 'application/json',
    'user-agent': 'argosy',
    ...(authorization !== undefined && { authorization }),
    ...(request.body !== undefined && {
      'content-type': request.contentType ?? 'application/json',
      'content-length': String(Buffer.byteLength(request.body)),
    }),
  };
}

function exchange(
  options: RequestOptions,
  isSecure: boolean,
  body: string | undefined,
): Promise<ApiResponse> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(connectionError(error.message));
    const sent = (isSecure ? httpsRequest : httpRequest)(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    sent.on('timeout', () => sent.destroy(new Error(`${options.host}: i/o timeout`)));
    sent.on('error', fail);
    sent.end(body);
  });
}
