/** http templates: the request to send, and what its response means. */
import type { Http } from '../../argo/template.ts';
import type { GoMap, GoValue } from '../../expression/values.ts';
import type { Outcome } from '../../protocol/outcome.ts';
import type { Bundle } from '../bundle.ts';
import type { StageRequest } from '../requests.ts';
import { evaluateCondition } from './expression.ts';
import { endedOutcome } from './leaf-outcome.ts';
import { type Done, startLeaf } from './start-leaf.ts';

export interface HttpHeader {
  readonly name: string;
  readonly value?: string;
  /** The value is this key of a secret. */
  readonly secret?: { readonly name: string; readonly key: string };
}

export interface HttpRequest {
  readonly kind: 'request';
  readonly method: string;
  readonly url: string;
  readonly headers: readonly HttpHeader[];
  readonly body?: string;
  /** Set when the body is bytes. */
  readonly bodyEncoding?: 'base64';
  readonly timeoutSeconds?: number;
  readonly insecureSkipVerify: boolean;
  /** Epoch milliseconds by which the node must have ended. */
  readonly deadline?: number;
  /** The rendered template, for judgeHttp. */
  readonly http: Http;
}

export interface HttpResponse {
  readonly statusCode: number;
  readonly body: string;
  /** As received; names in Go's canonical form are made here. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
}

export function renderHttp(bundle: Bundle, request: StageRequest): HttpRequest | Done {
  const started = startLeaf(bundle, request);
  if (started.kind === 'done') return started;
  const http = started.template.http ?? {};
  const { bodyFrom } = http;
  return {
    kind: 'request',
    // Go's client takes no method for GET.
    method: http.method || 'GET',
    url: http.url ?? '',
    headers: (http.headers ?? []).map(headerOf),
    ...(bodyFrom ? bytesBody(bodyFrom.bytes) : http.body && { body: http.body }),
    ...(http.timeoutSeconds !== undefined && { timeoutSeconds: http.timeoutSeconds }),
    insecureSkipVerify: http.insecureSkipVerify ?? false,
    ...(started.deadline !== undefined && { deadline: started.deadline }),
    http,
  };
}

function headerOf(header: NonNullable<Http['headers']>[number]): HttpHeader {
  const secret = header.valueFrom?.secretKeyRef;
  if (secret) return { name: header.name, secret: { name: secret.name ?? '', key: secret.key } };
  return { name: header.name, value: header.value ?? '' };
}

function bytesBody(bytes: string | undefined) {
  return bytes ? ({ body: bytes, bodyEncoding: 'base64' } as const) : {};
}

/** `workflow/executor/agent.go` executeHTTPTemplate: the body is the result also of a node that fails. */
export function judgeHttp(request: StageRequest, http: Http, response: HttpResponse, now: string): Outcome {
  const verdict = verdictOf(http, response);
  if ('error' in verdict) return httpFailure(request, verdict.error, now);
  const { message } = verdict;
  return {
    node: request.node,
    phase: message === undefined ? 'Succeeded' : 'Failed',
    ...(message !== undefined && { message }),
    startedAt: request.startedAt ?? request.now,
    finishedAt: now,
    outputs: { result: response.body },
  };
}

/** A request that had no response, or one that cannot be judged. */
export function httpFailure(request: StageRequest, message: string, now: string): Outcome {
  const startedAt = request.startedAt ?? request.now;
  return endedOutcome({ node: request.node, phase: 'Error', message, startedAt, now });
}

function verdictOf(
  http: Http,
  response: HttpResponse,
): { readonly message?: string } | { readonly error: string } {
  const condition = http.successCondition;
  if (!condition) {
    const { statusCode } = response;
    if (statusCode >= 200 && statusCode < 300) return {};
    return { message: `received non-2xx response code: ${statusCode}` };
  }
  const held = evaluateCondition(condition, conditionScope(http, response));
  if (!held.ok) return { error: held.error };
  return held.value ? {} : { message: `successCondition '${condition}' evaluated false` };
}

function conditionScope(http: Http, response: HttpResponse): ReadonlyMap<string, GoValue> {
  const sent = (http.headers ?? []).filter((header) => !header.valueFrom);
  const received = Object.entries(response.headers).map(
    ([name, values]) => [canonicalName(name), values] as const,
  );
  return new Map<string, GoValue>([
    [
      'request',
      record({
        method: http.method ?? '',
        url: http.url ?? '',
        body: http.body ?? '',
        bodyBytes: bytesOf(http.bodyFrom?.bytes),
        headers: headers(sent.map((header) => [header.name, [header.value ?? '']])),
      }),
    ],
    [
      'response',
      record({ statusCode: BigInt(response.statusCode), body: response.body, headers: headers(received) }),
    ],
  ]);
}

function record(values: Readonly<Record<string, GoValue>>): GoMap {
  return { kind: 'map', type: 'map[string]interface {}', entries: new Map(Object.entries(values)) };
}

function headers(list: readonly (readonly [string, readonly string[]])[]): GoMap {
  const entries = list.map(([name, values]): [string, GoValue] => [
    name,
    { kind: 'list', type: '[]string', items: [...values] },
  ]);
  return { kind: 'map', type: 'map[string][]string', entries: new Map(entries) };
}

function bytesOf(base64: string | undefined): GoValue {
  const items = base64
    ? [...Buffer.from(base64, 'base64')].map(
        (byte): GoValue => ({ kind: 'int', type: 'uint8', value: BigInt(byte) }),
      )
    : null;
  return { kind: 'list', type: '[]uint8', items };
}

/** `net/textproto` CanonicalMIMEHeaderKey: the form in which Go holds the names of received headers. */
function canonicalName(name: string): string {
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)) return name;
  return name
    .toLowerCase()
    .replace(/(^|-)([a-z])/g, (_match, dash: string, letter: string) => dash + letter.toUpperCase());
}
