/** Asks a daemon whether it is ready (`readinessProbe` of its container). */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import type { JsonObject, JsonValue } from '../protocol/json.ts';

export interface ProbeActions {
  /** Runs a command in the container; true when it exits with 0. */
  exec(words: readonly string[], timeoutMs: number): Promise<boolean>;
  /** Address at which the container's ports can be reached. */
  readonly host: string;
}

/** More often than Kubernetes asks (10 s): nobody wants to wait for a period on a laptop. */
const ASK_EVERY_MS = 100;

/** Resolves once the probe has succeeded as often as it must; at once without a probe. */
export async function becomesReady(
  probe: JsonObject | undefined,
  actions: ProbeActions,
  signal: AbortSignal,
): Promise<void> {
  if (probe === undefined) return;
  const needed = Math.max(1, numberOf(probe['successThreshold']) ?? 1);
  const timeoutMs = (numberOf(probe['timeoutSeconds']) ?? 1) * 1000;
  await sleep((numberOf(probe['initialDelaySeconds']) ?? 0) * 1000, undefined, { signal });
  for (let successes = 0; ; ) {
    successes = (await ask(probe, actions, timeoutMs)) ? successes + 1 : 0;
    if (successes >= needed) return;
    await sleep(ASK_EVERY_MS, undefined, { signal });
  }
}

async function ask(probe: JsonObject, actions: ProbeActions, timeoutMs: number): Promise<boolean> {
  const exec = objectOf(probe['exec']);
  if (exec !== undefined) {
    const words = Array.isArray(exec['command']) ? exec['command'].map(String) : [];
    return await actions.exec(words, timeoutMs);
  }
  const http = objectOf(probe['httpGet']);
  if (http !== undefined) return await askHttp(http, actions.host, timeoutMs);
  const tcp = objectOf(probe['tcpSocket']);
  const port = numberOf(tcp?.['port']) ?? numberOf(objectOf(probe['grpc'])?.['port']);
  return port === undefined ? true : await canConnect(hostOf(tcp, actions.host), port, timeoutMs);
}

async function askHttp(http: JsonObject, host: string, timeoutMs: number): Promise<boolean> {
  const port = numberOf(http['port']);
  if (port === undefined) return true; // a named port: its number is not known here
  const scheme = String(http['scheme'] ?? 'HTTP').toLowerCase();
  const path = String(http['path'] ?? '/').replace(/^(?!\/)/, '/');
  const headers = new Headers();
  for (const each of Array.isArray(http['httpHeaders']) ? http['httpHeaders'] : []) {
    const header = objectOf(each);
    if (header !== undefined) headers.append(String(header['name']), String(header['value']));
  }
  const options = { headers, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) } as const;
  try {
    const answer = await fetch(`${scheme}://${hostOf(http, host)}:${port}${path}`, options);
    await answer.body?.cancel();
    return answer.status >= 200 && answer.status < 400;
  } catch {
    return false;
  }
}

function canConnect(host: string, port: number, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const answer = (yes: boolean) => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('connect', () => answer(true));
    socket.once('timeout', () => answer(false));
    socket.once('error', () => answer(false));
  });
}

function hostOf(action: JsonObject | undefined, host: string): string {
  const given = action?.['host'];
  return typeof given === 'string' && given !== '' ? given : host;
}

function objectOf(value: JsonValue | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

function numberOf(value: JsonValue | undefined): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
