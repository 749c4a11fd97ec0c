/** http templates: the request to send, and what its response means. */
import type { Http } from '../../argo/template.ts';
import { httpOutcome } from '../../expression/http-condition.ts';
import type { Outcome } from '../../protocol/outcome.ts';
import type { Bundle } from '../bundle.ts';
import type { StageRequest } from '../requests.ts';
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
  /** As received, in any spelling of their names. */
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
  const sent = (http.headers ?? []).filter((header) => !header.valueFrom);
  const verdict = httpOutcome(http.successCondition ?? '', {
    request: {
      method: http.method ?? '',
      url: http.url ?? '',
      body: http.body ?? '',
      headers: new Map(sent.map((header) => [header.name, [header.value ?? '']])),
    },
    response: { ...response, headers: new Map(Object.entries(response.headers)) },
  });
  if (!verdict.ok) return httpFailure(request, verdict.error, now);
  return {
    node: request.node,
    phase: verdict.phase,
    ...(verdict.message !== undefined && { message: verdict.message }),
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
