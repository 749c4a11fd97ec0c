/** resource templates through the handler, on the stand-in: conditions, outputs, retries, deadlines, messages. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readYamlValue } from '../../lib/compiler/1-parse/plain-value.ts';
import type { Bundle } from '../../lib/evaluate/bundle.ts';
import { resource } from '../../lib/handlers/resource.ts';
import { type HandlerWorld, isToldError } from '../../lib/handlers/world.ts';
import { httpsApi } from '../../lib/kubernetes/https-api.ts';
import type { JsonObject } from '../../lib/protocol/json.ts';
import type { Outcome } from '../../lib/protocol/outcome.ts';
import { memoryStore } from '../../lib/store/memory-store.ts';
import { type StandIn, startStandIn } from './stand-in.ts';

let standIn: StandIn;
beforeEach(async () => {
  standIn = await startStandIn();
});
afterEach(async () => await standIn.close());

const NOW = Date.parse('2026-11-23T10:00:00Z');
const JOB = `apiVersion: batch/v1
kind: Job
metadata: {name: sums}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: i}]}}}
`;
const CONFIG_MAP =
  'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one, labels: {a: b}}\ndata: {num: "3"}\n';

interface Given {
  readonly template: JsonObject;
  readonly inputs?: JsonObject;
  readonly patienceMs?: number;
  readonly shutdown?: () => 'Stop' | undefined;
  /** What happens while the handler sleeps. */
  readonly meanwhile?: (sleeps: number) => void;
  readonly artifact?: string;
}

interface Ran {
  readonly outcome?: Outcome;
  readonly error?: string;
  readonly sleeps: readonly number[];
}

const blobs = memoryStore();

async function run(given: Given): Promise<Ran> {
  const sleeps: number[] = [];
  let now = NOW;
  const bundle = {
    spec: {},
    templates: { t: { id: 't', name: 't', template: given.template } },
    configMaps: {},
  };
  const world = {
    bundle: async () => bundle as unknown as Bundle,
    blobs,
    earlier: async () => undefined,
    orders: async () => {
      const shutdown = given.shutdown?.();
      return shutdown === undefined ? {} : { shutdown };
    },
    readYaml: readYamlValue,
    now: () => now,
    sleep: async (ms: number) => {
      sleeps.push(ms);
      now += ms;
      given.meanwhile?.(sleeps.length);
    },
    artifactText: async () => given.artifact ?? '',
    cluster: {
      api: httpsApi({ server: standIn.url }),
      ...(given.patienceMs && { patienceMs: given.patienceMs }),
    },
  } as unknown as HandlerWorld;
  const payload = {
    op: 'stage',
    machine: 'm',
    template: 't',
    node: 'wf.a',
    inputs: given.inputs ?? {},
    run: {
      name: 'wf',
      namespace: 'default',
      uid: 'u',
      parameters: [],
      artifacts: [],
      labels: {},
      annotations: {},
    },
    globals: {},
    captureResult: false,
    inlineBytes: 4096,
    now: new Date(NOW).toISOString(),
  } as unknown as JsonObject;
  try {
    return { outcome: (await resource(payload, world)) as unknown as Outcome, sleeps };
  } catch (thrown) {
    if (isToldError(thrown)) return { outcome: thrown.told as Outcome, sleeps };
    return { error: (thrown as Error).name, sleeps };
  }
}

const setStatus = (path: string, status: JsonObject) =>
  standIn.objects.set(path, { ...standIn.objects.get(path)!, status });
const JOB_PATH = '/apis/batch/v1/namespaces/default/jobs/sums';

test('creates, waits for the success condition, and reads outputs', async () => {
  const { outcome, sleeps } = await run({
    template: {
      resource: {
        action: 'create',
        manifest: JOB,
        successCondition: 'status.succeeded > 2',
        failureCondition: 'status.failed > 1',
      },
      outputs: {
        parameters: [
          { name: 'name', valueFrom: { jsonPath: '{.metadata.name}' }, globalName: 'job' },
          { name: 'done', valueFrom: { jqFilter: '.status | {succeeded}' } },
        ],
      },
    },
    meanwhile: (count) => setStatus(JOB_PATH, { succeeded: count }),
  });
  expect(outcome).toMatchObject({
    phase: 'Succeeded',
    outputs: { parameters: { name: 'sums', done: '{"succeeded":3}' }, exitCode: '0' },
    globals: { parameters: { job: 'sums' } },
  });
  expect(sleeps).toEqual([5000, 5000, 5000]);
  expect(standIn.requests.filter((one) => one.startsWith('POST'))).toHaveLength(1);
});

test('fails as soon as the failure condition holds', async () => {
  const { outcome } = await run({
    template: {
      resource: {
        action: 'create',
        manifest: JOB,
        successCondition: 'status.succeeded > 2',
        failureCondition: 'status.failed > 1',
      },
    },
    meanwhile: () => setStatus(JOB_PATH, { failed: 2 }),
  });
  expect(outcome).toMatchObject({
    phase: 'Failed',
    message: "main: Error (exit code 64): failure condition '{status.failed gt [1]}' evaluated true",
    outputs: { exitCode: '64' },
  });
});

test('an object that is deleted meanwhile', async () => {
  const { outcome } = await run({
    template: { resource: { action: 'create', manifest: JOB, successCondition: 'status.succeeded > 2' } },
    meanwhile: () => standIn.objects.delete(JOB_PATH),
  });
  expect(outcome?.message).toBe(
    'main: Error (exit code 64): The resource has been deleted while its status was still being checked. ' +
      'Will not be retried: jobs.batch "sums" not found',
  );
});

test('what kubectl refuses is the message', async () => {
  const template = { resource: { action: 'create', manifest: CONFIG_MAP } };
  await run({ template });
  const { outcome } = await run({ template });
  expect(outcome).toMatchObject({
    phase: 'Failed',
    message:
      'main: Error (exit code 64): no more retries Error from server (AlreadyExists): error when creating ' +
      '"/tmp/manifest.yaml": configmaps "one" already exists',
  });
});

test('patches, and reads the object after the patch', async () => {
  await run({ template: { resource: { action: 'create', manifest: CONFIG_MAP } } });
  const { outcome } = await run({
    template: {
      resource: {
        action: 'patch',
        mergeStrategy: 'json',
        flags: ['configmap', 'one'],
        manifest: '- {op: replace, path: /data/num, value: "4"}',
      },
      outputs: { parameters: [{ name: 'n', valueFrom: { jsonPath: '{.data.num}' } }] },
    },
  });
  expect(outcome?.outputs?.parameters).toEqual({ n: '4' });
});

test('deletes by selector; nothing of it may be read', async () => {
  await run({ template: { resource: { action: 'create', manifest: CONFIG_MAP } } });
  const gone = await run({
    template: { resource: { action: 'delete', flags: ['configmap', '--selector', 'a=b'] } },
  });
  expect(gone.outcome?.phase).toBe('Succeeded');
  expect([...standIn.objects.keys()].filter((path) => path.includes('configmaps'))).toEqual([]);
  const wrong = await run({
    template: { resource: { action: 'delete', manifest: CONFIG_MAP, successCondition: 'a == b' } },
  });
  expect(wrong.outcome?.message).toBe(
    'main: Error (exit code 64): successCondition, failureCondition and outputs are not supported for delete action',
  );
});

test('the manifest of an artifact', async () => {
  const { outcome } = await run({
    artifact: CONFIG_MAP,
    template: {
      inputs: { artifacts: [{ name: 'm', path: '/tmp/m.yaml', raw: { data: 'x' } }] },
      resource: { action: 'apply', manifestFrom: { artifact: { name: 'm' } } },
    },
  });
  expect(outcome?.phase).toBe('Succeeded');
  expect(standIn.objects.get('/api/v1/namespaces/default/configmaps/one')?.['data']).toEqual({ num: '3' });
});

test('parameters are put into the manifest', async () => {
  await run({
    template: {
      inputs: { parameters: [{ name: 'name' }] },
      resource: {
        action: 'create',
        manifest: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{inputs.parameters.name}}\n',
      },
    },
    inputs: { parameters: { name: 'named' } },
  });
  expect(standIn.objects.has('/api/v1/namespaces/default/configmaps/named')).toBe(true);
});

test('a call that has waited too long is called again, and does not create again', async () => {
  const template = {
    resource: { action: 'create', manifest: JOB, successCondition: 'status.succeeded > 0' },
  };
  const first = await run({ template, patienceMs: 12_000 });
  expect(first).toMatchObject({ error: 'Argo.Waiting', sleeps: [5000, 5000] });
  setStatus(JOB_PATH, { succeeded: 1 });
  expect((await run({ template, patienceMs: 12_000 })).outcome?.phase).toBe('Succeeded');
  expect(standIn.requests.filter((one) => one.startsWith('POST'))).toHaveLength(1);
});

test('ends at its deadline, in the words of a pod', async () => {
  const { outcome, sleeps } = await run({
    template: {
      activeDeadlineSeconds: 12,
      resource: { action: 'create', manifest: JOB, successCondition: 'status.succeeded > 0' },
    },
  });
  expect(outcome).toMatchObject({
    phase: 'Failed',
    message: 'Pod was active on the node longer than the specified deadline',
  });
  expect(sleeps).toEqual([5000, 5000, 2000]);
});

test('ends when the run is stopped', async () => {
  let isStopped = false;
  const { outcome } = await run({
    template: { resource: { action: 'create', manifest: JOB, successCondition: 'status.succeeded > 0' } },
    shutdown: () => (isStopped ? 'Stop' : undefined),
    meanwhile: () => {
      isStopped = true;
    },
  });
  expect(outcome).toMatchObject({ phase: 'Failed', message: 'workflow shutdown with strategy:  Stop' });
});

test('a server that is away for a moment', async () => {
  let refusals = 2;
  standIn.fault = (method, path) => {
    if (method !== 'GET' || path !== JOB_PATH || refusals === 0) return undefined;
    refusals -= 1;
    return 503;
  };
  const { outcome } = await run({
    template: { resource: { action: 'create', manifest: JOB, successCondition: 'status.succeeded > 0' } },
    meanwhile: () => setStatus(JOB_PATH, { succeeded: 1 }),
  });
  expect(outcome).toMatchObject({ phase: 'Succeeded' });
});

test('a server that is not there', async () => {
  await standIn.close();
  const { outcome, sleeps } = await run({ template: { resource: { action: 'get', manifest: CONFIG_MAP } } });
  expect(outcome?.message).toMatch(/^main: Error \(exit code 64\): no more retries connect ECONNREFUSED/);
  expect(sleeps).toEqual([50, 250, 1250]);
  standIn = await startStandIn();
});
