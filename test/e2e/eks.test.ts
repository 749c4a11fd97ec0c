/** A runtime with an EKS cluster in the box: Jobs, resource templates, and what becomes of both. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../lib/protocol/json.ts';
import type { WorkflowObject } from '../../lib/status/workflow-object.ts';
import { type StandIn, startStandIn } from '../kubernetes/stand-in.ts';
import { startWorld, type World } from './world.ts';

let cluster: StandIn;
let world: World;
const mute = new Set<string>();

beforeAll(async () => {
  cluster = await startStandIn();
  const isMute = ({ metadata }: { readonly metadata: { readonly name: string } }) =>
    [...mute].some((name) => metadata.name.startsWith(name));
  world = await startWorld({ cluster, isMute });
}, 120_000);
afterAll(async () => {
  expect([...new Set(world.box.iam.denied)]).toEqual([]);
  await world.close();
  await cluster.close();
});

async function run(name: string, spec: string, annotation = 'eks'): Promise<WorkflowObject> {
  const head = `apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: ${name}, annotations: {argosy/run-on: ${annotation}}}\nspec:\n`;
  world.upload(`workflows/${name}.yaml`, `${head}${spec.replace(/^/gm, '  ')}`);
  await ended(name);
  return JSON.parse((await world.argosy('get', name, '-o', 'json')).out) as WorkflowObject;
}

async function ended(name: string): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    const { code, out, err } = await world.argosy('get', name, '-o', 'json');
    if (code === 0 && (JSON.parse(out) as WorkflowObject).status.finishedAt) return;
    const wrong = world.box.objects.get(world.bucket, `workflows/${name}.yaml.errors.txt`);
    if (wrong?.data !== undefined) throw new Error(Buffer.from(wrong.data).toString('utf8') + err);
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`${name} does not end`);
}

const jobs = () => [...cluster.objects].filter(([path]) => path.includes('/jobs/'));
const nodesOf = ({ status }: WorkflowObject) => Object.values(status.nodes);

const PASSING = `entrypoint: main
templates:
  - name: main
    steps:
      - - {name: make, template: make}
      - - {name: use, template: use, arguments: {artifacts: [{name: in, from: '{{steps.make.outputs.artifacts.out}}'}], parameters: [{name: p, value: '{{steps.make.outputs.parameters.word}}'}]}}
  - name: make
    container: {image: busybox, command: [sh, -c], args: ['echo $TOKEN > /tmp/w; echo text > /tmp/o'], env: [{name: TOKEN, valueFrom: {secretKeyRef: {name: tokens, key: main}}}]}
    outputs:
      parameters: [{name: word, valueFrom: {path: /tmp/w}}]
      artifacts: [{name: out, path: /tmp/o}]
  - name: use
    inputs: {parameters: [{name: p}], artifacts: [{name: in, path: /tmp/i}]}
    script: {image: busybox, command: [sh], source: 'echo "{{inputs.parameters.p}} $(cat /tmp/i)"'}
`;

test('containers run as Jobs, and pass artifacts, parameters and results', async () => {
  cluster.objects.set('/api/v1/namespaces/default/secrets/tokens', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'tokens' },
    data: { main: Buffer.from('s3cret').toString('base64') },
  });
  const before = jobs().length;
  const workflow = await run('passing', PASSING);
  expect(workflow.status.phase).toBe('Succeeded');
  const use = nodesOf(workflow).find(({ displayName }) => displayName === 'use');
  expect(use).toMatchObject({
    type: 'Pod',
    phase: 'Succeeded',
    inputs: { parameters: [{ name: 'p', value: 's3cret' }] },
  });
  expect(jobs().length - before).toBe(2);
  expect(world.box.ecs.tasks.size).toBe(0);
  for (const [, job] of jobs()) expect(JSON.stringify(job)).not.toContain('s3cret');
});

test('a Job whose answer is lost ends all the same, with its outcome', async () => {
  mute.add('silent');
  const workflow = await run(
    'silent',
    "entrypoint: main\ntemplates:\n  - {name: main, container: {image: busybox, command: [sh, -c, 'exit 3']}}\n",
  );
  expect(workflow.status).toMatchObject({ phase: 'Failed' });
  expect(nodesOf(workflow)[0]).toMatchObject({ phase: 'Failed', outputs: { exitCode: '3' } });
  const well = await run(
    'silent-too',
    "entrypoint: main\ntemplates:\n  - {name: main, container: {image: busybox, command: [sh, -c, 'exit 0']}}\n",
  );
  expect(well.status.phase).toBe('Succeeded');
  expect(nodesOf(well)[0]).toMatchObject({ phase: 'Succeeded', outputs: { exitCode: '0' } });
});

test('a template says where it runs', async () => {
  const before = jobs().length;
  const workflow = await run(
    'mixed',
    `entrypoint: main
templates:
  - name: main
    dag: {tasks: [{name: a, template: here}, {name: b, template: there}]}
  - {name: here, container: {image: busybox, command: ['true']}}
  - {name: there, annotations: {argosy/run-on: eks}, container: {image: busybox, command: ['true']}}
`,
    'fargate',
  );
  expect(workflow.status.phase).toBe('Succeeded');
  expect(jobs().length - before).toBe(1);
  expect(world.box.ecs.tasks.size).toBe(1);
});

test('resource templates act on the cluster', async () => {
  const soon = setInterval(() => {
    const found = jobs().find(([path]) => path.includes('sums-'));
    if (found !== undefined) cluster.objects.set(found[0], { ...found[1], status: { succeeded: 3 } });
  }, 200);
  const workflow = await run(
    'resources',
    `entrypoint: main
templates:
  - name: main
    steps:
      - - {name: make, template: make}
      - - {name: remove, template: remove, arguments: {parameters: [{name: job, value: '{{steps.make.outputs.parameters.name}}'}]}}
  - name: make
    resource:
      action: create
      successCondition: status.succeeded > 2
      manifest: |
        apiVersion: batch/v1
        kind: Job
        metadata: {generateName: sums-}
        spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: i}]}}}
    outputs: {parameters: [{name: name, valueFrom: {jsonPath: '{.metadata.name}'}}]}
  - name: remove
    inputs: {parameters: [{name: job}]}
    resource: {action: delete, flags: [job, '{{inputs.parameters.job}}']}
`,
  );
  clearInterval(soon);
  expect(workflow.status.phase).toBe('Succeeded');
  expect(nodesOf(workflow).find(({ displayName }) => displayName === 'make')).toMatchObject({
    type: 'Pod',
    phase: 'Succeeded',
  });
  expect(jobs().filter(([path]) => path.includes('sums-'))).toEqual([]);
});

test('a stopped run ends its leaves, runs its exit handler and leaves no Job behind', async () => {
  world.upload(
    'workflows/stopped.yaml',
    "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: stopped, annotations: {argosy/run-on: eks}}\nspec:\n  entrypoint: main\n  onExit: bye\n  templates:\n    - {name: main, container: {image: busybox, command: [sleep, '60']}}\n    - {name: bye, container: {image: busybox, command: ['true']}}\n",
  );
  const running = () => jobs().filter(([path, job]) => path.includes('/stopped-') && !('status' in job));
  for (let tries = 0; tries < 200 && running().length === 0; tries += 1)
    await new Promise((done) => setTimeout(done, 50));
  expect((await world.argosy('stop', 'stopped')).out).toBe('workflow stopped stopped\n');
  await ended('stopped');
  const { status } = JSON.parse((await world.argosy('get', 'stopped', '-o', 'json')).out) as WorkflowObject;
  expect(status.phase).toBe('Failed');
  const told = Object.values(status.nodes).map(({ name, phase, message }) => [name, phase, message]);
  expect(told).toEqual([
    ['stopped', 'Failed', 'workflow shutdown with strategy:  Stop'],
    ['stopped.onExit', 'Succeeded', undefined],
  ]);
  for (let tries = 0; tries < 200 && running().length > 0; tries += 1)
    await new Promise((done) => setTimeout(done, 50));
  expect(running()).toEqual([]);
});

test('an aborted run leaves no Job behind', async () => {
  world.upload(
    'workflows/long.yaml',
    "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: long, annotations: {argosy/run-on: eks}}\nspec:\n  entrypoint: main\n  templates:\n    - {name: main, container: {image: busybox, command: [sleep, '60']}}\n",
  );
  const isThere = () => jobs().some(([path]) => path.includes('/long-'));
  for (let tries = 0; tries < 200 && !isThere(); tries += 1)
    await new Promise((done) => setTimeout(done, 50));
  expect(isThere()).toBe(true);
  await world.argosy('terminate', 'long');
  for (let tries = 0; tries < 200 && isThere(); tries += 1) await new Promise((done) => setTimeout(done, 50));
  expect(isThere()).toBe(false);
});

test('a daemon is ended with the template that started it', async () => {
  const workflow = await run(
    'served',
    `entrypoint: main
templates:
  - name: main
    steps:
      - - {name: server, template: server}
      - - {name: client, template: client}
  - {name: server, daemon: true, container: {image: busybox, command: [sleep, '300']}}
  - {name: client, container: {image: busybox, command: ['true']}}
`,
  );
  expect(workflow.status.phase).toBe('Succeeded');
  expect(
    jobs().filter(([path, job]) => path.includes('served-server') && !(job as JsonObject)['status']),
  ).toEqual([]);
});
