/** The outcome of an http template: its `successCondition`, or a 2xx status where it has none. */

import { evalBool } from './expr/expression.ts';
import { ANY_MAP } from './expr/go-types.ts';
import { goBytes } from './go/utf8.ts';
import type { GoMap, GoValue } from './values.ts';

export type HttpHeaders = ReadonlyMap<string, readonly string[]>;

export interface HttpExchange {
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly body: string;
    readonly headers: HttpHeaders;
  };
  readonly response: { readonly statusCode: number; readonly body: string; readonly headers: HttpHeaders };
}

export type HttpOutcome =
  | { readonly ok: true; readonly phase: 'Succeeded' | 'Failed'; readonly message?: string }
  | { readonly ok: false; readonly error: string };

/**
 * As `executeHTTPTemplate` of Argo's workflow/executor/agent.go: neither Argo's functions nor sprig's are
 * there.
 */
export function httpOutcome(successCondition: string, exchange: HttpExchange): HttpOutcome {
  const { request, response } = exchange;
  if (successCondition === '') {
    if (response.statusCode >= 200 && response.statusCode < 300) return { ok: true, phase: 'Succeeded' };
    return { ok: true, phase: 'Failed', message: `received non-2xx response code: ${response.statusCode}` };
  }
  const env = new Map<string, GoValue>([
    [
      'request',
      anyMap({
        method: request.method,
        url: request.url,
        body: request.body,
        bodyBytes: bytesOf(request.body),
        headers: headersOf(request.headers),
      }),
    ],
    [
      'response',
      anyMap({
        statusCode: BigInt(response.statusCode),
        body: response.body,
        headers: headersOf(response.headers),
      }),
    ],
  ]);
  const result = evalBool(successCondition, env);
  if (!result.ok) return { ok: false, error: result.error };
  if (result.value) return { ok: true, phase: 'Succeeded' };
  return { ok: true, phase: 'Failed', message: `successCondition '${successCondition}' evaluated false` };
}

function anyMap(fields: Readonly<Record<string, GoValue>>): GoMap {
  return { kind: 'map', type: ANY_MAP, entries: new Map(Object.entries(fields)) };
}

function headersOf(headers: HttpHeaders): GoMap {
  const entries = [...headers].map(([name, items]): [string, GoValue] => {
    return [canonicalName(name), { kind: 'list', type: '[]string', items }];
  });
  return { kind: 'map', type: 'map[string][]string', entries: new Map(entries) };
}

/** Go's http.CanonicalHeaderKey: `content-type` is `Content-Type`. */
function canonicalName(name: string): string {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return name;
  return name.toLowerCase().replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

/** No body is nil bytes. */
function bytesOf(body: string): GoValue {
  const items = Array.from(
    goBytes(body),
    (byte): GoValue => ({ kind: 'int', type: 'uint8', value: BigInt(byte) }),
  );
  return { kind: 'list', type: '[]uint8', items: body === '' ? null : items };
}
