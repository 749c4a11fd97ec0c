/**
 * Exactly once, and nothing lost: what AWS may do to a run, one test a fault. The functions, the command line and the
 * machines are those that are deployed; what is drawn at random is in test/laws (describe `faults`), calls of the table
 * that are lost in test/aws/store-faults.test.ts.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../lib/protocol/json.ts';
import type { WorkflowObject } from '../../lib/status/workflow-object.ts';
import { eventually } from '../support/eventually.ts';
import type { EcsTask, Fault } from './box/ecs.ts';
import { matchesPattern } from './box/events.ts';
import { type AwsError, awsError } from './box/http.ts';
import { type ShownNode, shownNodes } from './shown-run.ts';
import { startWorld, type World } from './world.ts';

/** What befalls the first attempt of nodes of these names; Step Functions may retry a call that was throttled. */
const FAULTS: Readonly<Record<string, Fault>> = {
  throttled: 'throttle',
  mute: 'mute',
  'mute-failure': 'mute',
  lost: 'lost',
};

let world: World;
/** Throttles that are still to come, by operation. */
const throttles = new Map<string, number>();

beforeAll(async () => {
  const befallen = new Set<string>();
  const fault = (given: JsonObject): Fault | undefined => {
    const name = /"Value":"[^"]*\.([\w-]+)(?:\(0\))?"/.exec(JSON.stringify(given))?.[1] ?? '';
    if (FAULTS[name] === undefined || befallen.has(name)) return undefined;
    befallen.add(name);
    return FAULTS[name];
  };
  const refuse = (operation: string): AwsError | undefined => {
    const left = throttles.get(operation) ?? 0;
    throttles.set(operation, left - 1);
    return left > 0 ? awsError('ThrottlingException', 'Rate exceeded') : undefined;
  };
  world = await startWorld({ fault, refuse });
}, 120_000);

afterAll(async () => {
  expect([...new Set(world.box.iam.denied)]).toEqual([]);
  await world.close();
});

const workflow = (name: string, templates: string, more = '') => `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {${name.endsWith('-') ? 'generateName' : 'name'}: ${name}}
spec:
  entrypoint: main
${more}  templates:
${templates.replace(/^/gm, '    ')}
`;

const script = (name: string, source: string, more = '') =>
  `- {name: ${name}, script: {image: busybox, command: [sh], source: '${source}'}${more}}`;

const upload = (name: string, text: string) => world.upload(`workflows/${name}.yaml`, text);

async function succeeds(...words: readonly string[]): Promise<string> {
  const said = await world.argosy(...words);
  expect(said, words.join(' ')).toMatchObject({ code: 0 });
  return said.out;
}

async function appears(name: string): Promise<void> {
  await eventually(async () =>
    expect(await world.argosy('list', '-o', 'name', '--prefix', name)).toMatchObject({
      out: expect.stringContaining(name),
    }),
  );
}

async function ended(name: string): Promise<Readonly<Record<string, ShownNode>>> {
  await appears(name);
  await world.argosy('wait', name);
  return await nodesOf(name);
}

async function nodesOf(name: string): Promise<Readonly<Record<string, ShownNode>>> {
  return shownNodes(JSON.parse(await succeeds('get', name, '-o', 'json')) as WorkflowObject);
}

const namesOf = (nodes: Readonly<Record<string, ShownNode>>) => Object.keys(nodes).sort();

const executionsOf = (name: string) =>
  [...world.box.machines.executions.values()].filter((one) => one.name.startsWith(`${name}-`));

/** Tasks of a node, with all of its attempts. */
function tasksOf(node: string): readonly EcsTask[] {
  const isOf = (text: string) => text.includes(`"Value":"${node}"`) || text.includes(`"Value":"${node}(`);
  return [...world.box.ecs.tasks.values()].filter(({ overrides }) => isOf(JSON.stringify(overrides)));
}

const isOfFile =
  (name: string) =>
  ({ source, detail }: JsonObject): boolean =>
    source === 'aws.s3' && JSON.stringify(detail).includes(`workflows/${name}.yaml"`);

const isEndOf =
  (name: string) =>
  ({ source, detail }: JsonObject): boolean =>
    source === 'aws.states' && String((detail as JsonObject)['name']).startsWith(`${name}-`);

const reversed = <T>(list: readonly T[]): readonly T[] => [...list].reverse();

test('a duplicate event starts one run, whose leaves run once', async () => {
  upload('duplicate', workflow('duplicate', script('main', 'echo once')));
  // At once, in environments of their own; and again when all is over.
  world.box.bus.repeat(isOfFile('duplicate'));
  world.box.bus.repeat(isOfFile('duplicate'));
  await ended('duplicate');
  for (const matches of [isOfFile('duplicate'), isEndOf('duplicate'), isOfFile('duplicate')])
    world.box.bus.repeat(matches);
  await world.box.bus.settled();
  expect(executionsOf('duplicate')).toHaveLength(1);
  expect(tasksOf('duplicate')).toHaveLength(1);
  expect(await succeeds('list', '--prefix', 'duplicate')).toMatch(/duplicate +Succeeded/);
  expect(world.box.bus.failures).toEqual([]);
});

test('a late event runs the version that it tells of, although it was overwritten and deleted since', async () => {
  const deliver = world.box.bus.hold(isOfFile('late'));
  upload('late', workflow('late-', script('main', 'echo first version')));
  upload('late', workflow('late-', script('main', 'echo second version')));
  world.box.objects.remove(world.bucket, 'workflows/late.yaml');
  expect(deliver(reversed)).toHaveLength(3);
  await world.box.bus.settled();
  const names = (await succeeds('list', '-o', 'name', '--prefix', 'late-')).trim().split('\n');
  expect(names).toHaveLength(2);
  const logs = await Promise.all(
    names.map(async (name) => {
      await succeeds('wait', name);
      return (await succeeds('logs', name)).split(': ')[1];
    }),
  );
  expect(logs.sort()).toEqual(['first version\n', 'second version\n']);
  world.box.bus.repeat(isOfFile('late'));
  await world.box.bus.settled();
  expect(executionsOf('late')).toHaveLength(2);
  expect(world.box.objects.get(world.bucket, 'workflows/late.yaml.errors.txt')).toBeUndefined();
});

test('an event of an older version after that of a newer one, and one of a deletion before that of the upload, change nothing', async () => {
  const template = (name: string, text: string) => `apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: ${name}}
spec: {templates: [{name: main, container: {image: busybox, command: [echo, ${text}]}}]}
`;
  const deliver = ['kept', 'gone'].map((name) => world.box.bus.hold(isOfFile(name)));
  upload('kept', template('kept', 'older'));
  upload('kept', template('kept', 'newer'));
  upload('gone', template('gone', 'never'));
  world.box.objects.remove(world.bucket, 'workflows/gone.yaml');
  for (const one of deliver) one(reversed);
  await world.box.bus.settled();
  expect(await succeeds('template', 'list', '-o', 'name')).toBe('kept\n');
  expect(await succeeds('template', 'get', 'kept')).toContain('newer');
});

test('changes of an execution that are told in another order, and twice, end its run once', async () => {
  const deliver = world.box.bus.hold(isEndOf('reordered'));
  upload('reordered', workflow('reordered', script('main', 'exit 3'), '  onExit: main\n'));
  await appears('reordered');
  await eventually(() => expect(executionsOf('reordered')[0]?.status).toBe('FAILED'));
  expect(await succeeds('list', '--prefix', 'reordered')).toMatch(/reordered +Running/);
  const told = deliver((events) => [...reversed(events), ...events]);
  expect(told.map(({ detail }) => (detail as JsonObject)['status'])).toEqual([
    'FAILED',
    'RUNNING',
    'RUNNING',
    'FAILED',
  ]);
  await world.box.bus.settled();
  expect(await succeeds('list', '--prefix', 'reordered')).toMatch(/reordered +Failed/);
  expect(executionsOf('reordered')).toHaveLength(1);
  expect(tasksOf('reordered.onExit')).toHaveLength(1);
});

test('changes of a task are written down, in whatever order: no function hears of them', () => {
  const rules = world.template.resources.filter(({ type }) => type === 'AWS::Events::Rule');
  const targetsOf = (lastStatus: string) =>
    rules
      .filter(({ properties }) => {
        const event = {
          source: 'aws.ecs',
          'detail-type': 'ECS Task State Change',
          detail: {
            clusterArn: 'arn:aws:ecs:us-east-1:123456789012:cluster/argosy-cluster',
            lastStatus,
          },
        };
        return matchesPattern(properties['EventPattern'] as JsonObject, event);
      })
      .flatMap(({ properties }) => properties['Targets'] as unknown as readonly { readonly Arn: string }[]);
  expect(targetsOf('RUNNING')).toEqual([]);
  expect(targetsOf('STOPPED').map(({ Arn }) => Arn)).toEqual([
    'arn:aws:logs:us-east-1:123456789012:log-group:/aws/events/argosy-stopped-tasks',
  ]);
});

test('a lost callback: the end of the task tells what the executor could not', async () => {
  const tasks = ['mute', 'mute-failure'].map((name) => `{name: ${name}, template: ${name}}`);
  const templates = [
    `- {name: main, dag: {failFast: false, tasks: [${tasks.join(', ')}, {name: after, template: say, depends: mute, arguments: {parameters: [{name: text, value: '{{tasks.mute.outputs.result}}'}]}}]}}`,
    script('mute', 'echo hello'),
    script('mute-failure', 'exit 3'),
    script('say', 'echo heard {{inputs.parameters.text}}', ', inputs: {parameters: [{name: text}]}'),
  ];
  upload('unheard', workflow('unheard', templates.join('\n')));
  const nodes = await ended('unheard');
  expect(nodes['unheard.mute']).toMatchObject({ phase: 'Succeeded', outputs: { result: 'hello' } });
  expect(nodes['unheard.mute-failure']).toMatchObject({
    phase: 'Failed',
    message: 'main: Error (exit code 3)',
    outputs: { exitCode: '3' },
  });
  expect(await succeeds('logs', 'unheard')).toContain('heard hello');
  for (const node of namesOf(nodes).slice(1)) expect(tasksOf(node)).toHaveLength(1);
});

test('a killed task is an Error of its node, a killed container a failure; both are tried again where the YAML says so', async () => {
  const tasks = ['lost', 'stopped', 'killed', 'again'].map((name) => `{name: ${name}, template: ${name}}`);
  const templates = [
    `- {name: main, dag: {failFast: false, tasks: [${tasks.join(', ')}]}}`,
    script('lost', 'sleep 0.3'),
    script('stopped', 'sleep 600'),
    script('killed', 'kill -9 $$'),
    script('again', 'test {{retries}} = 1 || sleep 600', ', retryStrategy: {limit: 1, retryPolicy: OnError}'),
  ];
  upload('killed', workflow('killed', templates.join('\n')));
  const running = (node: string) => tasksOf(node).find(({ lastStatus }) => lastStatus === 'RUNNING');
  for (const node of ['killed.stopped', 'killed.again']) {
    await eventually(() => expect(running(node)).toBeDefined());
    world.box.ecs.stop(running(node)?.arn ?? '', 'Task stopped by user');
  }
  const nodes = await ended('killed');
  expect(nodes['killed.lost']).toMatchObject({ phase: 'Error', message: 'Host EC2 (instance) terminated.' });
  expect(nodes['killed.stopped']).toMatchObject({ phase: 'Error', message: 'Task stopped by user' });
  expect(nodes['killed.killed']).toMatchObject({
    phase: 'Failed',
    message: 'main: Error (exit code 137)',
    outputs: { exitCode: '137' },
  });
  expect(nodes['killed.again(0)']).toMatchObject({ phase: 'Error', message: 'Task stopped by user' });
  expect(nodes['killed.again(1)']).toMatchObject({ phase: 'Succeeded' });
  expect(tasksOf('killed.again')).toHaveLength(2);
  expect(tasksOf('killed.lost')).toHaveLength(1);
});

test.concurrent('a throttled API is asked again, apart from the retries of the YAML, and nothing is done twice', async () => {
  const operations = [
    'AWSStepFunctions.CreateStateMachine',
    'AWSStepFunctions.StartExecution',
    'AWSStepFunctions.SendTaskSuccess',
    'AmazonEC2ContainerServiceV20141113.RegisterTaskDefinition',
    'DynamoDB_20120810.GetItem',
    'DynamoDB_20120810.PutItem',
    'DynamoDB_20120810.UpdateItem',
    'states:startExecution',
  ];
  for (const operation of operations) throttles.set(operation, 1);
  const templates = [
    "- {name: main, inputs: {parameters: [{name: left, value: '1'}]}, synchronization: {mutexes: [{name: 'busy{{inputs.parameters.left}}'}]}, steps: [[{name: throttled, template: once}], [{name: next, template: main, when: '{{inputs.parameters.left}} > 0', arguments: {parameters: [{name: left, value: '0'}]}}]]}",
    script('once', 'echo once', ', retryStrategy: {limit: 1}').replace('busybox', 'busybox:once'),
  ];
  upload('slow', workflow('slow', templates.join('\n')));
  const nodes = await ended('slow');
  for (const operation of operations) expect(throttles.get(operation), operation).toBeLessThan(0);
  expect(namesOf(nodes)).toEqual([
    'slow',
    'slow[0]',
    'slow[0].throttled',
    'slow[0].throttled(0)',
    'slow[1]',
    'slow[1].next',
    'slow[1].next[0]',
    'slow[1].next[0].throttled',
    'slow[1].next[0].throttled(0)',
    'slow[1].next[1]',
    'slow[1].next[1].next',
  ]);
  expect(nodes['slow']).toMatchObject({ phase: 'Succeeded' });
  expect(tasksOf('slow[0].throttled')).toHaveLength(1);
  expect(tasksOf('slow[1].next[0].throttled')).toHaveLength(1);
  const [first] = executionsOf('slow');
  const ofRun = [...world.box.machines.executions.values()].filter(
    ({ machineArn }) => machineArn === first?.machineArn,
  );
  expect(ofRun.map(({ input }) => (JSON.parse(input) as JsonObject)['node'])).toEqual([
    // The entrypoint calls itself, and so is a child of its own.
    'slow',
    'slow',
    'slow[1].next',
  ]);
});

test.concurrent('a stack that is deployed anew leaves runs under way alone: tokens, stages and outcome are those of their machine', async () => {
  const templates = [
    "- {name: main, dag: {tasks: [{name: approve, template: approve}, {name: long, template: long}, {name: act, template: act, depends: approve && long, arguments: {parameters: [{name: text, value: '{{tasks.approve.outputs.parameters.verdict}} {{item}}'}]}, withParam: '{{tasks.long.outputs.result}}'}]}}",
    '- {name: approve, suspend: {}, outputs: {parameters: [{name: verdict, valueFrom: {supplied: {}}}]}}',
    script('long', 'sleep 2; echo [1,2]'),
    script('act', 'echo acted {{inputs.parameters.text}}', ', inputs: {parameters: [{name: text}]}'),
    script('bye', 'echo ended {{workflow.status}}'),
  ];
  const text = workflow('under-way', templates.join('\n'), '  onExit: bye\n');
  upload('under-way', text);
  await appears('under-way');
  await eventually(async () =>
    expect((await nodesOf('under-way'))['under-way.approve']?.phase).toBe('Running'),
  );
  await eventually(() => expect(tasksOf('under-way.long')).toHaveLength(1));
  await world.redeploy({ ARGOSY_EXECUTOR_IMAGE: 'argosy-executor:next', ARGOSY_DEFAULT_MEMORY: '1024' });
  expect(tasksOf('under-way.long')[0]?.lastStatus).toBe('RUNNING');
  world.box.bus.repeat(isOfFile('under-way'));
  await world.box.bus.settled();
  await succeeds('resume', 'under-way', '-p', 'verdict=yes');
  const nodes = await ended('under-way');
  expect(nodes['under-way']).toMatchObject({ phase: 'Succeeded' });
  expect(nodes['under-way.onExit']).toMatchObject({ phase: 'Succeeded' });
  const logs = await succeeds('logs', 'under-way');
  expect(logs.match(/acted .*/g)?.sort()).toEqual(['acted yes 1', 'acted yes 2']);
  expect(logs).toContain('ended Succeeded');
  expect(executionsOf('under-way')).toHaveLength(1);
  expect(tasksOf('under-way.long')).toHaveLength(1);
  // What is started from now on is of the new stack.
  upload('later', text.replace('name: under-way', 'name: later'));
  await appears('later');
  expect(executionsOf('later')[0]?.machineArn).not.toBe(executionsOf('under-way')[0]?.machineArn);
  await succeeds('terminate', 'later');
});
