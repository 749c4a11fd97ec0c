import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { submitEvent } from '../../lib/aws/submit.ts';
import { openTable, type TestTable } from './dynamo.ts';
import { type FakeAws, fakeAws, named } from './fake-clients.ts';

let opened: TestTable;
let aws: FakeAws;
let count = 0;
let key = '';
beforeAll(async () => {
  opened = await openTable();
});
afterAll(() => opened.close());
beforeEach(() => {
  aws = fakeAws(opened.table);
  count += 1;
  key = `workflows/test-${count}.yaml`;
});

const workflow = (name: string, message = 'hi') => `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {${name}}
spec:
  entrypoint: main
  templates:
    - name: main
      container: {image: alpine, command: [echo], args: [${message}]}
`;

const template = (name: string, image = 'alpine') => `apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: ${name}}
spec:
  templates:
    - name: main
      container: {image: ${image}, command: [echo]}
`;

const user = (name: string) => `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: user-}
spec: {entrypoint: main, workflowTemplateRef: {name: ${name}}}
`;

const cron = (schedules: string) => `apiVersion: argoproj.io/v1alpha1
kind: CronWorkflow
metadata: {name: nightly}
spec:
  schedules: [${schedules}]
  timezone: Europe/Berlin
  workflowSpec:
    entrypoint: main
    templates: [{name: main, container: {image: alpine, command: [echo]}}]
`;

describe('a workflow', () => {
  it('starts one run a version, with its own name or a generated one', async () => {
    const first = await submitEvent(aws.world, aws.upload(key, workflow('name: fixed')));
    const second = await submitEvent(aws.world, aws.upload(key, workflow('generateName: made-')));
    expect(first.runs[0]).toMatchObject({ name: 'fixed', phase: 'Running' });
    expect(second.runs[0]?.name).toMatch(/^made-[a-z0-9]{5}$/);
    const names = [...aws.executions.values()].map(({ name }) => name);
    expect(names).toEqual([
      expect.stringMatching(/^fixed-[0-9a-f]{12}$/),
      expect.stringMatching(/^made-\w{5}-/),
    ]);
    const [execution] = aws.executions.values();
    const input = JSON.parse(execution?.input ?? '{}') as object;
    expect(input).toMatchObject({ workflow: { name: 'fixed', uid: first.runs[0]?.uid }, node: 'fixed' });
    expect(aws.keys('machines/')).toContain(`machines/${first.runs[0]?.bundle}.json`);
  });

  it('does nothing for an event that comes again, at once, later, or out of order', async () => {
    const older = aws.upload(key, workflow('name: twice', 'old'));
    const newer = aws.upload(key, workflow('name: twice', 'new'));
    await Promise.all([newer, newer, older, older].map((event) => submitEvent(aws.world, event)));
    await submitEvent(aws.world, older);
    expect(aws.executions.size).toBe(2);
    for (const arn of aws.executions.keys()) aws.end(arn, {});
    await submitEvent(aws.world, newer);
    expect([...aws.executions.values()].map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  });

  it('goes on from where a lost call left it, on the machine that was chosen first', async () => {
    const event = aws.upload(key, workflow('generateName: lost-'));
    aws.faults.set('startExecution', [named('SomethingElse')]);
    await expect(submitEvent(aws.world, event)).rejects.toThrow('SomethingElse');
    expect(aws.executions.size).toBe(0);
    const [machine] = aws.machines.keys();
    // A stack that is deployed anew in between compiles to another machine.
    const later = { ...aws.world, environment: { ...aws.world.environment, subnets: ['subnet-2'] } };
    aws.faults.set('afterStartExecution', [named('SomethingElse')]);
    await expect(submitEvent(later, event)).rejects.toThrow('SomethingElse');
    aws.clock.now += 60_000;
    const { runs } = await submitEvent(later, event);
    expect(aws.executions.size).toBe(1);
    expect([...aws.executions.values()][0]).toMatchObject({ machineArn: machine });
    expect(runs[0]).toMatchObject({ phase: 'Running', machineArn: machine });
    expect(aws.machines.size).toBe(1);
  });

  it('shares a state machine among runs of the same content, whatever throttles its creation', async () => {
    aws.faults.set('createStateMachine', [named('ThrottlingException'), named('ConflictException')]);
    await submitEvent(aws.world, aws.upload(key, workflow('generateName: shared-')));
    await submitEvent(aws.world, aws.upload(key, workflow('generateName: shared-')));
    expect(aws.machines.size).toBe(1);
    expect(aws.executions.size).toBe(2);
    const [machine] = aws.machines.values();
    expect(machine?.definition).toContain('"Subnets":["subnet-1"]');
  });

  it('has its mistakes written beside it, until it has none', async () => {
    const wrong = workflow('name: wrong').replace('entrypoint: main', 'entrypoint: nowhere');
    const { diagnostics } = await submitEvent(aws.world, aws.upload(key, wrong));
    expect(diagnostics.length).toBeGreaterThan(0);
    expect(aws.text(`${key}.errors.txt`)).toContain('nowhere');
    expect(aws.executions.size).toBe(0);
    const broken = aws.upload(key, 'kind: [');
    await submitEvent(aws.world, broken);
    expect(aws.text(`${key}.errors.txt`)).toBeDefined();
    await submitEvent(aws.world, aws.upload(key, workflow('name: right')));
    expect(aws.text(`${key}.errors.txt`)).toBeUndefined();
    await submitEvent(aws.world, broken);
    expect(aws.text(`${key}.errors.txt`)).toBeUndefined();
  });

  it('is not started again when it is deleted, or the deletion undone', async () => {
    await submitEvent(aws.world, aws.upload(key, workflow('name: kept')));
    await submitEvent(aws.world, aws.remove(key));
    await submitEvent(aws.world, aws.undo(key));
    expect(aws.executions.size).toBe(1);
  });
});

describe('a template', () => {
  it('serves workflows of other files, and of its own', async () => {
    await submitEvent(aws.world, aws.upload(key, template('library')));
    const other = await submitEvent(aws.world, aws.upload(`workflows/user-${count}.yaml`, user('library')));
    expect(other.runs).toHaveLength(1);
    const both = `${template('own')}---\n${user('own')}`;
    expect(
      (await submitEvent(aws.world, aws.upload(`workflows/both-${count}.yaml`, both))).runs,
    ).toHaveLength(1);
  });

  it('is what the newest version says, in whatever order events come', async () => {
    const first = aws.upload(key, template('library', 'old'));
    const second = aws.upload(key, template('library', 'new'));
    await Promise.all([second, first, second].map((event) => submitEvent(aws.world, event)));
    expect(aws.keys('templates/files/').map((one) => aws.text(one))).toEqual([template('library', 'new')]);
    const gone = aws.remove(key);
    await submitEvent(aws.world, first);
    expect(aws.keys('templates/')).toEqual([]);
    const back = aws.undo(key);
    await submitEvent(aws.world, back);
    await submitEvent(aws.world, gone);
    expect(aws.keys('templates/files/')).toHaveLength(1);
  });

  it('stays as it was when a new version has mistakes', async () => {
    await submitEvent(aws.world, aws.upload(key, template('library')));
    await submitEvent(aws.world, aws.upload(key, template('library').replace('container', 'contaner')));
    expect(aws.text(`${key}.errors.txt`)).toContain('contaner');
    expect(aws.keys('templates/files/').map((one) => aws.text(one))).toEqual([template('library')]);
  });

  it('keeps ConfigMaps where containers find them, until they are gone', async () => {
    const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {color: blue}\n';
    await submitEvent(aws.world, aws.upload(key, map));
    expect(aws.text('templates/config-maps/default/settings.json')).toBe('{"color":"blue"}');
    await submitEvent(aws.world, aws.remove(key));
    expect(aws.keys('templates/')).toEqual([]);
  });
});

describe('a CronWorkflow', () => {
  it('becomes schedules, which follow its file', async () => {
    await submitEvent(aws.world, aws.upload(key, cron("'0 5 * * *', '30 1 1 * 1'")));
    expect([...aws.schedules.values()].map(({ expression }) => expression).sort()).toEqual([
      'cron(0 5 * * ? *)',
      'cron(30 1 1 * ? *)',
      'cron(30 1 ? * 2 *)',
    ]);
    const [one] = aws.schedules.values();
    expect(one).toMatchObject({ timezone: 'Europe/Berlin', enabled: true });
    expect(one?.targetArn).toBe('arn:aws:lambda:us-east-1:123456789012:function:argosy-schedule');
    await submitEvent(
      aws.world,
      aws.upload(key, cron("'0 5 * * *'").replace('spec:', 'spec:\n  suspend: true')),
    );
    expect([...aws.schedules.values()].map(({ enabled }) => enabled)).toEqual([false]);
    await submitEvent(aws.world, aws.upload(key, cron("'@every 90s'")));
    expect(aws.text(`${key}.errors.txt`)).toContain('whole minutes');
    expect(aws.schedules.size).toBe(1);
    await submitEvent(aws.world, aws.remove(key));
    expect(aws.schedules.size).toBe(0);
    expect(aws.executions.size).toBe(0);
  });
});
