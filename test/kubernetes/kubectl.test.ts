/**
 * kubectl's verbs: the same requests and the same errors as kubectl's own, measured against a real API server
 * (measured.json). `ARGOSY_TEST_KUBERNETES=KUBECONFIG` runs them against the server of that file as well.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readKubeconfig } from '../../lib/cli/kubeconfig.ts';
import { readYamlValue } from '../../lib/compiler/1-parse/plain-value.ts';
import { type Action, parseKubectlFlags } from '../../lib/evaluate/resource/kubectl-flags.ts';
import type { ApiRequest, KubernetesApi } from '../../lib/kubernetes/api.ts';
import { discover } from '../../lib/kubernetes/discovery.ts';
import { httpsApi } from '../../lib/kubernetes/https-api.ts';
import { runKubectl } from '../../lib/kubernetes/kubectl.ts';
import type { JsonObject, JsonValue } from '../../lib/protocol/json.ts';
import { type StandIn, startStandIn } from './stand-in.ts';

interface Case {
  readonly name: string;
  readonly action: Action;
  readonly manifest?: string;
  readonly flags?: readonly string[];
  readonly mergeStrategy?: string;
  readonly error?: string;
  readonly requests: readonly {
    readonly request: string;
    readonly type?: string;
    readonly body?: JsonValue;
  }[];
}

const { cases } = JSON.parse(readFileSync(new URL('./measured.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly Case[];
};

/** What only a server with all of Kubernetes' rules refuses, and words of another reader of YAML. */
const BEYOND: Readonly<Record<string, string>> = {
  'apply-server-side-force': 'kubectl also takes over what was applied client-side before',
  'patch-invalid': 'the stand-in checks no values',
  'create-notyaml': 'our reader of YAML words its errors itself',
};

const real = process.env['ARGOSY_TEST_KUBERNETES'];

let standIn: StandIn;
beforeAll(async () => {
  standIn = await startStandIn();
});
afterAll(async () => await standIn.close());

describe('against the stand-in', () => {
  test.each(cases.filter(({ name }) => BEYOND[name] === undefined))('$name', async (one) => {
    await check(httpsApi({ server: standIn.url }), one);
  });
});

describe.skipIf(real === undefined)('against a real API server', () => {
  test.each(cases.filter(({ name }) => BEYOND[name] === undefined || name === 'patch-invalid'))(
    '$name',
    async (one) => {
      await check(httpsApi(readKubeconfig(real!, readYamlValue).connection), one);
    },
  );
});

async function check(api: KubernetesApi, one: Case): Promise<void> {
  const seen: { request: string; type?: string; body?: JsonValue }[] = [];
  const { error, requests } = await run(recorded(api, seen), one).then(
    () => ({ error: undefined, requests: seen }),
    (thrown: Error) => ({ error: thrown.message, requests: seen }),
  );
  expect(error).toBe(one.error);
  expect(requests).toEqual(one.requests);
}

async function run(
  api: KubernetesApi,
  { action, manifest = '', flags = [], mergeStrategy }: Case,
): Promise<void> {
  const parsed = parseKubectlFlags(action, flags);
  const kubectl = {
    api,
    types: await discover(api),
    defaultNamespace: 'default',
    readYaml: readYamlValue,
    sleep: async () => undefined,
  };
  await runKubectl(kubectl, { action, manifest, flags: parsed, ...(mergeStrategy && { mergeStrategy }) });
}

/** Requests but those that find out what the server has. */
function recorded(
  api: KubernetesApi,
  seen: { request: string; type?: string; body?: JsonValue }[],
): KubernetesApi {
  return async (request) => {
    const response = await api(request);
    if (/^\/(api|apis|openapi)(\/v3.*)?$/.test(request.path)) return response;
    const query = new URLSearchParams(request.query ?? {}).toString();
    seen.push({
      request: `${request.method} ${request.path}${query === '' ? '' : `?${query}`} ${response.status}`,
      ...(request.method === 'PATCH' && { type: request.contentType ?? '' }),
      ...(request.body !== undefined && { body: bodyOf(request) }),
    });
    return response;
  };
}

function bodyOf({ body = '' }: ApiRequest): JsonValue {
  const value = JSON.parse(body) as JsonValue;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const metadata = (value as JsonObject)['metadata'] as JsonObject | undefined;
  if (metadata === undefined) return value;
  const { resourceVersion: _version, ...rest } = metadata;
  return { ...value, metadata: rest };
}
