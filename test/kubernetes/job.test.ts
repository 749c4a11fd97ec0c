/**
 * The Jobs of leaves on EKS: what `stage` answers, what the machine makes of it, and that Kubernetes takes it.
 * `ARGOSY_TEST_KUBERNETES=KUBECONFIG` asks the server of that file as well, without keeping anything.
 */
import { describe, expect, test } from 'vitest';
import type { JsonValue as AslValue } from '../../lib/asl/json.ts';
import type { TaskState } from '../../lib/asl/state-machine.ts';
import { bindMachine } from '../../lib/aws/bind-machine.ts';
import { jobCompleter } from '../../lib/aws/complete-job.ts';
import { readKubeconfig } from '../../lib/cli/kubeconfig.ts';
import { readYamlValue } from '../../lib/compiler/1-parse/plain-value.ts';
import { renderLeaf } from '../../lib/evaluate/leaf/render-leaf.ts';
import type { StageRequest } from '../../lib/evaluate/requests.ts';
import { httpsApi } from '../../lib/kubernetes/https-api.ts';
import { prepareRun } from '../../lib/local/prepare.ts';
import type { JsonObject, JsonValue } from '../../lib/protocol/json.ts';
import type { JobOfLeaf } from '../../lib/protocol/run-job.ts';
import type { TaskSpec } from '../../lib/protocol/task-spec.ts';
import { createTokens, loadMachine, realClock, runExecution } from '../../lib/runtime/index.ts';
import { ENVIRONMENT } from '../aws/fake-clients.ts';
import { faultsOf } from './schema.ts';

const FULL = `
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: full, annotations: {argosy/run-on: eks}}
spec:
  entrypoint: main
  serviceAccountName: builder
  podMetadata: {labels: {team: a}, annotations: {note: b}}
  imagePullSecrets: [{name: registry}]
  hostAliases: [{ip: 10.0.0.1, hostnames: [db]}]
  dnsPolicy: None
  dnsConfig: {nameservers: [10.0.0.2]}
  podPriorityClassName: high
  tolerations: [{key: gpu, operator: Exists}]
  automountServiceAccountToken: false
  activeDeadlineSeconds: 600
  volumes:
    - {name: work, emptyDir: {}}
    - {name: certs, secret: {secretName: tls}}
    - {name: host, hostPath: {path: /data}}
    - {name: claim, persistentVolumeClaim: {claimName: shared}}
  podSpecPatch: |
    terminationGracePeriodSeconds: 5
    containers:
      - {name: main, resources: {limits: {memory: 1Gi}}}
      - {name: wait, resources: {requests: {cpu: 100m}}}
  templates:
    - name: main
      nodeSelector: {kubernetes.io/arch: arm64}
      affinity:
        nodeAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: In, values: [a]}]}]
      securityContext: {runAsNonRoot: true, fsGroup: 1000}
      metadata: {labels: {step: one}}
      initContainers:
        - {name: prepare, image: busybox, command: [sh, -c, 'true'], mirrorVolumeMounts: true}
      sidecars:
        - {name: proxy, image: envoy, command: [envoy]}
      container:
        image: busybox
        imagePullPolicy: Always
        command: [sh, -c]
        args: ['echo $(TOKEN)']
        env:
          - {name: TOKEN, valueFrom: {secretKeyRef: {name: tokens, key: main}}}
          - {name: MODE, valueFrom: {configMapKeyRef: {name: settings, key: mode, optional: true}}}
          - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
          - {name: TEAM, valueFrom: {fieldRef: {fieldPath: "metadata.labels['team']"}}}
          - {name: CPUS, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: 1m}}}
          - {name: PLAIN, value: x}
        envFrom:
          - {prefix: S_, secretRef: {name: more}}
        resources: {requests: {cpu: 500m, memory: 512Mi}, limits: {cpu: '1'}}
        volumeMounts:
          - {name: work, mountPath: /work, subPath: part}
          - {name: certs, mountPath: /certs, readOnly: true}
          - {name: host, mountPath: /host}
          - {name: claim, mountPath: /claim}
        livenessProbe: {exec: {command: [test, -e, /tmp/alive]}}
        lifecycle: {preStop: {exec: {command: [sync]}}}
`;

const SMALL = `
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: small, annotations: {argosy/run-on: eks}}
spec:
  entrypoint: main
  templates:
    - name: main
      containerSet:
        containers:
          - {name: a, image: busybox, command: [sh, -c, 'true']}
          - {name: main, image: busybox, dependencies: [a]}
`;

const NOW = '2026-11-23T10:00:00.000Z';
const CLUSTER = { name: 'main', endpoint: 'https://eks.test', certificateAuthority: 'QQ==' };

interface Staged {
  readonly spec: TaskSpec;
  readonly job: JobOfLeaf;
  readonly submitted: JsonObject;
}

/** A workflow as AWS would run it up to the call of `eks:runJob`. */
async function submit(text: string): Promise<Staged> {
  const eks = { byDefault: false, namespace: 'workflows' };
  const { prepared, diagnostics } = prepareRun([{ path: 'a.yaml', text }], {
    suffix: 'x',
    prefix: 'argosy-',
    eks,
  });
  if (prepared === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const { bundle, machine } = prepared.compiled;
  const run = {
    ...{ name: prepared.name, namespace: 'default', uid: '1b671a64-40d5-491e-99b0-da01ff1f3341' },
    ...{ serviceAccountName: 'builder', mainEntrypoint: 'main', creationTimestamp: NOW },
    ...{ parameters: [], artifacts: [], labels: {}, annotations: {}, deadline: Date.parse(NOW) + 600_000 },
  };
  const request = {
    op: 'stage',
    template: 'main',
    node: prepared.name,
    inputs: {},
    run,
    globals: {},
    captureResult: false,
    inlineBytes: 4096,
    now: NOW,
  } as StageRequest;
  const rendered = renderLeaf(bundle, request, readYamlValue);
  if (rendered.kind !== 'job') throw new Error(JSON.stringify(rendered));
  const manifest = { config: { Entrypoint: ['/entry'], Cmd: ['word'] } };
  const complete = jobCompleter(
    { ...ENVIRONMENT, architecture: 'X86_64' },
    { fetch: registry(manifest), log: () => undefined },
  );
  const job = await complete(rendered.job, rendered.spec);
  const bound = bindMachine(machine, {
    subnets: [],
    securityGroups: [],
    assignPublicIp: '',
    cluster: CLUSTER,
  });
  const loaded = loadMachine(bound);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings));
  let submitted: JsonValue = null;
  await runExecution(loaded.machine, {
    input: { workflow: run, node: run.name, inputs: {} } as unknown as JsonValue,
    name: 'e',
    clock: realClock(),
    tokens: createTokens(),
    tasks: {
      run: async ({ resource, arguments: given }) => {
        if (resource.includes('lambda')) {
          const { Payload } = given as { readonly Payload: { readonly op: string } };
          const told = { node: run.name, kind: 'call', template: 'main', inputs: {} };
          if (Payload.op === 'start')
            return {
              Payload: { kind: 'run', key: 'k/task.json', job, evaluated: told } as unknown as JsonValue,
            };
          return {
            Payload: (Payload.op === 'stage'
              ? { kind: 'run', key: 'k/task.json', job }
              : told) as unknown as JsonValue,
          };
        }
        submitted = given;
        return { node: run.name, phase: 'Succeeded' };
      },
    },
  });
  return { spec: rendered.spec, job, submitted: submitted as unknown as JsonObject };
}

/** Any registry that knows any image. */
function registry(config: JsonValue): typeof fetch {
  return async (input) => {
    const url = String(input);
    const body = url.includes('/blobs/') ? config : { config: { digest: 'sha256:c' } };
    return new Response(JSON.stringify(body), {
      headers: { 'content-type': 'application/vnd.oci.image.manifest.v1+json' },
    });
  };
}

const containersOf = (job: JsonObject, field: 'containers' | 'initContainers') =>
  podOf(job)[field] as readonly JsonObject[];
const podOf = (job: JsonObject) =>
  ((job['spec'] as JsonObject)['template'] as { readonly spec: JsonObject }).spec;

test('eks:runJob gets the cluster, and a Job whose name is that of one attempt', async () => {
  const { submitted } = await submit(SMALL);
  const { Job, ...around } = submitted;
  expect(around).toEqual({
    ClusterName: 'main',
    CertificateAuthority: 'QQ==',
    Endpoint: 'https://eks.test',
    Namespace: 'workflows',
    LogOptions: { RetrieveLogs: false },
  });
  const { metadata, spec } = Job as { readonly metadata: JsonObject; readonly spec: JsonObject };
  expect(metadata['name']).toMatch(/^small-[0-9a-f]{8}$/);
  expect(spec).toMatchObject({ backoffLimit: 0, ttlSecondsAfterFinished: 3600, activeDeadlineSeconds: 900 });
  expect((spec['template'] as { readonly metadata: JsonObject }).metadata).toMatchObject({
    labels: {
      'workflows.argoproj.io/workflow': 'small',
      'argosy/run': '1b671a64-40d5-491e-99b0-da01ff1f3341',
    },
    annotations: { 'argosy/task': 'k/task.json', 'argosy/node': 'small', 'argosy/token': expect.any(String) },
  });
});

test('the pod is that of the ECS task: init, the users containers, wait, one shared volume', async () => {
  const { Job } = (await submit(SMALL)).submitted;
  const shape = (one: JsonObject) => [
    one['name'],
    one['image'],
    (one['command'] ?? one['args']) as JsonValue,
  ];
  expect(containersOf(Job as JsonObject, 'initContainers').map(shape)).toEqual([
    ['init', 'executor:1', ['init']],
  ]);
  expect(containersOf(Job as JsonObject, 'containers').map(shape)).toEqual([
    ['a', 'busybox', ['/argosy/busybox', 'sh', '/argosy/run.sh', 'a']],
    ['main', 'busybox', ['/argosy/busybox', 'sh', '/argosy/run.sh', 'main']],
    ['wait', 'executor:1', ['wait']],
  ]);
  // The image's own entrypoint, of the container that names no command.
  expect(containersOf(Job as JsonObject, 'containers')[1]?.['args']).toEqual(['1', '/entry', 'word']);
  expect(podOf(Job as JsonObject)['volumes']).toEqual([{ name: 'argosy', emptyDir: {} }]);
});

test('what only a cluster honours is in the pod', async () => {
  const { spec, submitted } = await submit(FULL);
  const pod = podOf(submitted['Job'] as JsonObject);
  expect(pod).toMatchObject({
    restartPolicy: 'Never',
    serviceAccountName: 'builder',
    automountServiceAccountToken: false,
    imagePullSecrets: [{ name: 'registry' }],
    hostAliases: [{ ip: '10.0.0.1', hostnames: ['db'] }],
    dnsPolicy: 'None',
    priorityClassName: 'high',
    tolerations: [{ key: 'gpu', operator: 'Exists' }],
    nodeSelector: { 'kubernetes.io/arch': 'arm64' },
    securityContext: { runAsNonRoot: true, fsGroup: 1000 },
    terminationGracePeriodSeconds: 5,
  });
  expect((pod['volumes'] as readonly JsonObject[]).map((one) => Object.keys(one)[1])).toEqual([
    ...['emptyDir', 'emptyDir', 'secret', 'hostPath', 'persistentVolumeClaim'],
  ]);
  const [main, proxy, wait] = containersOf(submitted['Job'] as JsonObject, 'containers');
  expect(main).toMatchObject({
    name: 'main',
    imagePullPolicy: 'Always',
    resources: { requests: { cpu: '500m', memory: '512Mi' }, limits: { cpu: '1', memory: '1Gi' } },
    livenessProbe: { exec: { command: ['test', '-e', '/tmp/alive'] } },
    volumeMounts: [{ name: 'argosy', mountPath: '/argosy' }, { subPath: 'part' }, {}, {}, {}],
  });
  expect(main).not.toHaveProperty('env');
  expect(proxy).toMatchObject({ name: 'proxy' });
  expect(wait).toMatchObject({
    resources: { requests: { cpu: '100m' } },
    securityContext: { runAsUser: 65534 },
  });
  // Kubernetes mounts the part of the volume itself, so that the wrapper has nothing to link.
  expect(spec.containers[0]?.mounts.some((mount) => 'subPath' in mount)).toBe(false);
  expect(spec.volumes).toEqual([]);
});

test('secrets go by reference: init is told them by Kubernetes, and no value stands in the Job', async () => {
  const { submitted } = await submit(FULL);
  const [init] = containersOf(submitted['Job'] as JsonObject, 'initContainers');
  const named = (name: string) =>
    ((init!['env'] ?? []) as readonly JsonObject[]).find((one) => one['name'] === name);
  expect(named('ARGOSY_secret_tokens_main')?.['valueFrom']).toEqual({
    secretKeyRef: { name: 'tokens', key: 'main', optional: true },
  });
  expect(named('ARGOSY_configMap_settings_mode')?.['valueFrom']).toEqual({
    configMapKeyRef: { name: 'settings', key: 'mode', optional: true },
  });
  expect(named('ARGOSY_FIELD_spec.nodeName')?.['valueFrom']).toEqual({
    fieldRef: { fieldPath: 'spec.nodeName' },
  });
  expect(named('ARGOSY_RESOURCE_main_limits.cpu_1m')?.['valueFrom']).toEqual({
    resourceFieldRef: { containerName: 'main', resource: 'limits.cpu', divisor: '1m' },
  });
  expect(init?.['envFrom']).toEqual([
    { prefix: 'ARGOSY_secret_more_', secretRef: { name: 'more', optional: true } },
  ]);
});

describe.each([
  ['a small leaf', SMALL],
  ['a full leaf', FULL],
])('the Job of %s', (_name, text) => {
  test('is one by the schema of Kubernetes', async () => {
    const { Job } = (await submit(text)).submitted;
    expect(faultsOf(Job as JsonObject)).toEqual([]);
  });

  test.skipIf(process.env['ARGOSY_TEST_KUBERNETES'] === undefined)(
    'is taken by a real API server',
    async () => {
      const { Job } = (await submit(text)).submitted;
      const api = httpsApi(readKubeconfig(process.env['ARGOSY_TEST_KUBERNETES']!, readYamlValue).connection);
      const path = '/apis/batch/v1/namespaces/default/jobs';
      const query = { dryRun: 'All', fieldValidation: 'Strict' };
      const { status, body } = await api({ method: 'POST', path, query, body: JSON.stringify(Job) });
      expect(status === 201 ? '' : body).toBe('');
    },
  );
});

test('an end that no callback told', () => {
  const { prepared } = prepareRun([{ path: 'a.yaml', text: SMALL }], {
    suffix: 'x',
    prefix: 'argosy-',
    eks: { byDefault: false },
  });
  const machine = bindMachine(prepared!.compiled.machine, {
    subnets: [],
    securityGroups: [],
    assignPublicIp: '',
    cluster: CLUSTER,
  });
  const state = Object.values(machine.States).find(
    (one): one is TaskState => one.Type === 'Task' && one.Resource.includes('eks:runJob'),
  );
  const text = JSON.stringify([state?.Assign, state?.Catch]) as AslValue;
  expect(text).toContain('failed with exit code 1 ');
  expect(text).toContain('outcome.json');
});
