/** What the command line makes of clusters: only of those that it was pointed at. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StateMachine } from '../../lib/asl/state-machine.ts';
import { type StandIn, startStandIn } from '../kubernetes/stand-in.ts';
import { runCli, temporaryFolder } from './run-cli.ts';

const RESOURCE = `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: made}
spec:
  entrypoint: main
  templates:
    - name: main
      resource:
        action: create
        manifest: |
          apiVersion: v1
          kind: ConfigMap
          metadata: {generateName: made-}
          data: {word: hello}
      outputs: {parameters: [{name: word, valueFrom: {jsonPath: '{.data.word}'}}]}
`;

const PLACED = `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: placed}
spec:
  entrypoint: main
  tolerations: [{key: a, operator: Exists}]
  templates:
    - {name: main, annotations: {argosy/run-on: eks}, container: {image: busybox, command: ['true']}}
`;

let standIn: StandIn;
let kubeconfig: string;
beforeAll(async () => {
  standIn = await startStandIn();
  kubeconfig = `current-context: a
contexts: [{name: a, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: '${standIn.url}'}}]
users: [{name: u, user: {token: t}}]
`;
});
afterAll(async () => await standIn.close());

const made = () => [...standIn.objects.keys()].filter((path) => path.includes('/configmaps/made-'));

test('without a cluster a resource template is refused, whatever kubectl would use', async () => {
  const folder = temporaryFolder();
  folder.write('made.yaml', RESOURCE);
  folder.write('config', kubeconfig);
  const env = { KUBECONFIG: `${folder.path}/config` };
  const { code, err } = await runCli(folder, ['run', 'made.yaml', '--engine', 'process'], { env });
  expect(code).toBe(3);
  expect(err).toContain('resource cannot be supported here');
  expect(made()).toEqual([]);
});

test('--kubeconfig names one, and so does ARGOSY_KUBECONFIG', async () => {
  const folder = temporaryFolder();
  folder.write('made.yaml', RESOURCE);
  folder.write('config', kubeconfig);
  const words = ['run', 'made.yaml', '--engine', 'process', '-o', 'json'];
  const { code, out, err } = await runCli(folder, [...words, '--kubeconfig', 'config']);
  expect(code).toBe(0);
  expect(err).toContain(`cluster: a, ${standIn.url}`);
  expect(JSON.parse(out).status).toMatchObject({ phase: 'Succeeded' });
  expect(JSON.parse(out).status.nodes.made).toMatchObject({
    type: 'Pod',
    outputs: { parameters: [{ name: 'word', value: 'hello' }], exitCode: '0' },
  });
  expect(made()).toHaveLength(1);
  const again = await runCli(folder, words, { env: { ARGOSY_KUBECONFIG: 'config' } });
  expect(again.code).toBe(0);
  expect(made()).toHaveLength(2);
});

test('a kubeconfig that is none', async () => {
  const folder = temporaryFolder();
  folder.write('made.yaml', RESOURCE);
  const missing = await runCli(folder, ['run', 'made.yaml', '--kubeconfig', 'nowhere']);
  expect(missing).toMatchObject({ code: 2 });
  expect(missing.err).toMatch(/^error: nowhere: ENOENT/);
  const lonely = await runCli(folder, ['run', 'made.yaml', '--kube-context', 'a']);
  expect(lonely).toMatchObject({ code: 2, err: 'error: --kube-context needs --kubeconfig\n' });
});

test('compile --eks shows the Job', async () => {
  const folder = temporaryFolder();
  folder.write('placed.yaml', PLACED);
  const resources = async (...flags: readonly string[]) => {
    const { out } = await runCli(folder, ['compile', 'placed.yaml', ...flags]);
    const { States } = JSON.parse(out) as StateMachine;
    return Object.values(States).flatMap((state) => (state.Type === 'Task' ? [state.Resource] : []));
  };
  expect((await resources()).join()).toContain('ecs:runTask.sync');
  expect((await resources('--eks', 'annotated')).join()).toContain('eks:runJob.sync');
});

test('lint and explain --eks say what becomes of fields there', async () => {
  const folder = temporaryFolder();
  folder.write('placed.yaml', PLACED);
  const plain = await runCli(folder, ['lint', 'placed.yaml']);
  expect(plain.out).toContain('tolerations has no counterpart here');
  const all = await runCli(folder, ['lint', 'placed.yaml', '--eks', 'all']);
  expect(all.out).toBe('✔ no linting errors found!\n');
  const { out } = await runCli(folder, ['explain', 'placed.yaml', '--eks', 'all']);
  expect(out).toMatch(/WorkflowSpec\.tolerations +mapped +the same of the Job's pod/);
});
