import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { imageCommand, imageReference } from '../../lib/aws/image-command.ts';
import { taskDefinitionRegistry } from '../../lib/aws/task-definitions.ts';
import { EXECUTOR_IMAGE, type TaskDefinition } from '../../lib/protocol/run-task.ts';
import { openTable, type TestTable } from './dynamo.ts';
import { ENVIRONMENT, type FakeAws, fakeAws, named } from './fake-clients.ts';

let opened: TestTable;
let aws: FakeAws;
let count = 0;
beforeAll(async () => {
  opened = await openTable();
});
afterAll(() => opened.close());
beforeEach(() => {
  aws = fakeAws(opened.table);
  count += 1;
});

const definition = (): TaskDefinition => ({
  family: 'argosy-compiled',
  containerDefinitions: [
    { name: 'init', image: EXECUTOR_IMAGE, essential: false, command: ['init'] },
    {
      name: 'main',
      image: `registry.example/tool:${count}`,
      essential: false,
      entryPoint: ['/argosy/busybox'],
    },
  ],
  volumes: [{ name: 'argosy' }],
  cpu: '256',
  memory: '512',
});

/** A registry that wants a token, and has the image for two platforms. */
const registry: typeof fetch = async (input, init) => {
  const url = String(input);
  if (url.startsWith('https://auth.example/')) return Response.json({ token: 't' });
  const isKnown = new Headers(init?.headers).get('authorization') === 'Bearer t';
  if (!isKnown) {
    const challenge = 'Bearer realm="https://auth.example/token",service="s",scope="repository:tool:pull"';
    return new Response('', { status: 401, headers: { 'www-authenticate': challenge } });
  }
  if (/manifests\/(\d+|latest)$/.test(url)) {
    const manifests = ['arm64', 'amd64'].map((architecture) => ({
      digest: `sha256:${architecture}`,
      platform: { os: 'linux', architecture },
    }));
    return Response.json({ manifests });
  }
  if (url.endsWith('manifests/sha256:amd64')) return Response.json({ config: { digest: 'sha256:config' } });
  if (url.endsWith('blobs/sha256:config'))
    return Response.json({ config: { Entrypoint: ['/tool'], Cmd: ['--help', 'me'] } });
  return new Response('', { status: 404 });
};

it('registers each content once, whoever asks, however often it is throttled', async () => {
  aws.faults.set('register', [named('ThrottlingException'), named('ThrottlingException')]);
  const clients = { ...aws.clients, fetch: registry };
  const [one, two] = [
    taskDefinitionRegistry(ENVIRONMENT, clients),
    taskDefinitionRegistry(ENVIRONMENT, clients),
  ];
  const arn = await one(definition());
  expect(await one(definition())).toBe(arn);
  expect(await two({ ...definition(), family: 'another' })).toBe(arn);
  expect(aws.definitions).toHaveLength(1);
  const later = taskDefinitionRegistry({ ...ENVIRONMENT, executorImage: 'executor:2' }, clients);
  expect(await later(definition())).not.toBe(arn);
});

it('completes what is compiled with the roles, logs, and the command of the image', async () => {
  await taskDefinitionRegistry(ENVIRONMENT, { ...aws.clients, fetch: registry })(definition());
  expect(aws.definitions[0]).toMatchObject({
    requiresCompatibilities: ['FARGATE'],
    taskRoleArn: ENVIRONMENT.taskRole,
    containerDefinitions: [
      {
        name: 'init',
        image: 'executor:1',
        command: ['init'],
        environment: [
          { name: 'ARGOSY_STORE', value: 's3://bucket' },
          { name: 'ARGOSY_SECRETS_PREFIX', value: 'argosy/' },
        ],
        logConfiguration: { options: { 'awslogs-group': 'tasks', mode: 'blocking' } },
      },
      { name: 'main', command: ['1', '/tool', '--help', 'me'], entryPoint: ['/argosy/busybox'] },
    ],
  });
});

it('registers also what no registry tells about', async () => {
  await taskDefinitionRegistry(ENVIRONMENT, aws.clients)(definition());
  expect(aws.definitions).toHaveLength(1);
  expect(JSON.stringify(aws.definitions[0])).not.toContain('"command":["1"');
});

it('fails for another error at once', async () => {
  aws.faults.set('register', [named('ClientException')]);
  await expect(taskDefinitionRegistry(ENVIRONMENT, aws.clients)(definition())).rejects.toThrow(
    'ClientException',
  );
});

const references: readonly (readonly [string, string, string, string])[] = [
  ['alpine', 'docker.io', 'library/alpine', 'latest'],
  ['argoproj/argosay:v2', 'docker.io', 'argoproj/argosay', 'v2'],
  ['localhost:5000/a/b', 'localhost:5000', 'a/b', 'latest'],
  ['public.ecr.aws/x/y:1', 'public.ecr.aws', 'x/y', '1'],
  ['ghcr.io/x/y:1@sha256:abc', 'ghcr.io', 'x/y', 'sha256:abc'],
];
it.each(references)('reads the name %s', (image, host, repository, version) => {
  expect(imageReference(image)).toEqual({ registry: host, repository, version });
});

it('takes the platform that is asked for', async () => {
  await expect(imageCommand('registry.example/tool', 'arm64', { fetch: registry })).rejects.toThrow('404');
  expect((await imageCommand('registry.example/tool', 'amd64', { fetch: registry })).entrypoint).toEqual([
    '/tool',
  ]);
});
