import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Aws } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkStateMachine } from '../../lib/asl/check.ts';
import type { JsonObject } from '../../lib/asl/json.ts';
import { QUOTAS } from '../../lib/asl/quotas.ts';
import type { StateMachine } from '../../lib/asl/state-machine.ts';
import { definitionText } from '../../lib/cdk/definition-file.ts';
import { ArgoWorkflow, type ArgoWorkflowProps } from '../../lib/cdk/index.ts';
import { startable } from '../../lib/cdk/machine-definition.ts';
import { denseDagYaml } from '../bench/generate.ts';
import { runMachine } from '../runtime/run-machine.ts';
import { definitionsOf, statementsOf, templateOf, userStack } from './stack.ts';

const WORKFLOW = new URL('workflow.yaml', import.meta.url).pathname;

/** The definition that is deployed, with a word in place of each reference. */
function definitionOf(props: Partial<ArgoWorkflowProps> = {}): StateMachine {
  const { stack, runtime } = userStack();
  new ArgoWorkflow(stack, 'Hello', { file: WORKFLOW, runtime, ...props });
  const [definition = ''] = definitionsOf(stack);
  return JSON.parse(definition) as StateMachine;
}

function tasksIn(value: unknown): readonly JsonObject[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'Resource' in value ? [value as JsonObject] : [];
  return [...own, ...Object.values(value).flatMap(tasksIn)];
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'argosy-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(text: string): string {
  const file = join(folder, 'workflow.yaml');
  writeFileSync(file, text);
  return file;
}

describe('ArgoWorkflow', () => {
  it('deploys a machine that AWS accepts, with logs and traces', () => {
    const machine = definitionOf();
    expect(checkStateMachine(machine)).toEqual([]);
    const { stack, runtime } = userStack();
    new ArgoWorkflow(stack, 'Hello', { file: WORKFLOW, runtime });
    Template.fromStack(stack).hasResourceProperties('AWS::StepFunctions::StateMachine', {
      StateMachineName: Match.stringLikeRegexp('^argosy-wf-greet-[0-9a-f]{8}$'),
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: true },
      TracingConfiguration: { Enabled: true },
    });
  });

  it('deploys several machines where one cannot hold the workflow, and a template that CloudFormation takes', () => {
    const { stack, runtime } = userStack();
    new ArgoWorkflow(stack, 'Large', { file: fileOf(denseDagYaml(300)), runtime });
    const definitions = definitionsOf(stack);
    expect(definitions.length).toBeGreaterThan(1);
    for (const one of definitions) {
      expect(one.length).toBeLessThan(QUOTAS.definitionSize);
      expect(checkStateMachine(JSON.parse(one) as StateMachine)).toEqual([]);
    }
    const { template, resources } = templateOf(stack);
    expect(JSON.stringify(template.toJSON()).length).toBeLessThan(1_000_000);
    const own = statementsOf(resources).filter(({ role }) => role.includes('LargeMachineRole'));
    const starts = own.find(({ actions }) => actions.includes('states:StartExecution'));
    expect(starts?.resources).toHaveLength(definitions.length);
  });

  it('leaves text alone that looks like a value of the deployment', () => {
    const text = 'echo ${HOME} $HOME$';
    const machine = { StartAt: 'a', States: { a: { Type: 'Pass', Output: { [text]: [text, Aws.REGION] } } } };
    const made = definitionText(machine as unknown as StateMachine);
    expect(made.substitutions).toEqual({ Value0: Aws.REGION });
    const deployed = made.text.replaceAll('${Value0}', 'eu-west-1');
    expect(deployed).not.toContain('${');
    expect(JSON.parse(deployed)).toMatchObject({
      States: { a: { Output: { [text]: [text, 'eu-west-1'] } } },
    });
  });

  it('runs tasks in the network of the runtime, with a role of their own', () => {
    const [task] = tasksIn(definitionOf()).filter(({ Resource }) => String(Resource).includes('ecs:runTask'));
    expect(task?.['Arguments']).toMatchObject({
      LaunchType: 'FARGATE',
      NetworkConfiguration: {
        AwsvpcConfiguration: { Subnets: ['REFERENCE', 'REFERENCE'], AssignPublicIp: 'ENABLED' },
      },
      Overrides: { TaskRoleArn: 'REFERENCE' },
    });
  });

  it('runs tasks on Spot when told so', () => {
    const [task] = tasksIn(definitionOf({ spot: true })).filter(({ Resource }) =>
      String(Resource).includes('ecs:runTask'),
    );
    expect(task?.['Arguments']).toMatchObject({
      CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE_SPOT' }],
    });
    expect(task?.['Arguments']).not.toHaveProperty('LaunchType');
  });

  it('makes one runtime for all workflows of a stack that names none', () => {
    const { stack } = userStack();
    new ArgoWorkflow(stack, 'One', { file: WORKFLOW });
    new ArgoWorkflow(stack, 'Two', { file: WORKFLOW });
    const { template } = templateOf(stack);
    template.resourceCountIs('AWS::ECS::Cluster', 1);
    template.resourceCountIs('AWS::StepFunctions::StateMachine', 2);
  });

  it('shows warnings with the line that they are about', () => {
    const { stack, runtime } = userStack();
    const file = fileOf(
      'apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: a}\nspec:\n  entrypoint: a\n' +
        '  podPriorityClassName: high\n  templates:\n    - name: a\n' +
        '      container: {image: b, command: [c]}\n',
    );
    new ArgoWorkflow(stack, 'Hello', { file, runtime });
    Annotations.fromStack(stack).hasWarning('/Theirs/Hello', Match.stringLikeRegexp('workflow.yaml:6:'));
  });
});

describe('a mistake in the YAML', () => {
  const failure = (text: string): string => {
    const { stack, runtime } = userStack();
    try {
      new ArgoWorkflow(stack, 'Hello', { file: fileOf(text), runtime });
    } catch (error) {
      return (error as Error).message.replaceAll(/┌─ \S*\//g, '┌─ ');
    }
    return 'no failure';
  };
  const start = 'apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: a}\nspec:\n';

  it('fails the synthesis in the drawn form', () => {
    expect(
      failure(`${start}  entrypoint: nope\n  templates:\n    - name: yes\n      suspend: {}\n`),
    ).toMatchInlineSnapshot(`
      "
      error[wrong-type]: "name" must be a text, not a boolean
       ┌─ workflow.yaml:7:13
       │
      7│     - name: yes
       │             ^^^
        hint: quote it: "yes"
      "
    `);
  });

  it('is also that there is no workflow, or more than one', () => {
    const one = `${start}  entrypoint: a\n  templates: [{name: a, suspend: {}}]\n`;
    expect(failure('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n')).toContain(
      'there are ConfigMap c',
    );
    expect(failure(`${one}---\n${one}`)).toContain('there must be one Workflow');
    expect(failure('kind: [')).toMatch(/error\[/);
  });
});

describe('an execution that is started by hand', () => {
  const inner: StateMachine = {
    QueryLanguage: 'JSONata',
    StartAt: 'end',
    States: { end: { Type: 'Succeed' } },
  };
  const machine = startable(
    inner,
    {
      namespace: 'default',
      serviceAccountName: 'greeter',
      entrypoint: 'main',
      priority: 3,
      parameters: [
        { name: 'who', value: '"{% 1 + 1 %}" \\ %}' },
        { name: 'times', value: '2', enum: ['2', '3'] },
      ],
      artifacts: [{ name: 'file', raw: { data: '{{x}}' } }],
      labels: { 'a.b/c': 'd' },
      annotations: {},
      deadlineSeconds: 600,
    },
    { Bucket: 'bucket', Key: 'machines/1.json', CopySource: 'assets/1.json' },
  );
  const started = async (input: JsonObject) => {
    const seen: JsonObject[] = [];
    const result = await runMachine(machine as unknown as JsonObject, input, async ({ arguments: given }) => {
      seen.push(given as JsonObject);
      return { Output: { phase: 'Succeeded' } };
    });
    expect(result.status).toBe('SUCCEEDED');
    return { seen, output: result.output };
  };
  const workflowOf = async (input: JsonObject) =>
    ((await started(input)).seen[1]?.['Input'] as JsonObject | undefined)?.['workflow'];

  it('is acceptable to AWS', () => expect(checkStateMachine(machine)).toEqual([]));

  it('places the templates, then starts the run, and answers as it does', async () => {
    const { seen, output } = await started({});
    expect(seen[0]).toEqual({ Bucket: 'bucket', Key: 'machines/1.json', CopySource: 'assets/1.json' });
    expect(seen[1]).toMatchObject({ Name: 'test-run', Input: { node: 'test', inputs: {} } });
    expect(output).toEqual({ phase: 'Succeeded' });
  });

  it('has the values of the YAML, whatever is written there', async () => {
    expect(await workflowOf({})).toEqual({
      name: 'test',
      namespace: 'default',
      uid: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/),
      serviceAccountName: 'greeter',
      mainEntrypoint: 'main',
      creationTimestamp: '1970-01-01T00:00:00Z',
      priority: 3,
      parameters: [
        { name: 'who', value: '"{% 1 + 1 %}" \\ %}' },
        { name: 'times', value: '2', enum: ['2', '3'] },
      ],
      artifacts: [{ name: 'file', raw: { data: '{{x}}' } }],
      labels: { 'a.b/c': 'd' },
      annotations: {},
      deadline: 600_000,
    });
  });

  it.each([
    [{ who: 'you' }, ['you', '2'], []],
    [{ times: 3 }, ['"{% 1 + 1 %}" \\ %}', '3'], []],
    [{ who: '', more: 'x' }, ['', '2'], [{ name: 'more', value: 'x' }]],
    [
      { b: [1, { c: true }], a: '{% 1 %}' },
      ['"{% 1 + 1 %}" \\ %}', '2'],
      [
        { name: 'b', value: '[1,{"c":true}]' },
        { name: 'a', value: '{% 1 %}' },
      ],
    ],
  ])('takes parameters %j', async (parameters, values, added) => {
    const workflow = (await workflowOf({ parameters })) as {
      readonly parameters: readonly { readonly value: string }[];
    };
    expect(workflow.parameters.slice(0, 2).map(({ value }) => value)).toEqual(values);
    expect(workflow.parameters.slice(2)).toEqual(added);
  });

  it('leaves an execution alone that was given a run', async () => {
    const result = await runMachine(machine as unknown as JsonObject, { workflow: {} });
    expect(result.events.some(({ type }) => type.startsWith('Task'))).toBe(false);
  });

  it('needs no parameters in the YAML either', async () => {
    const none = startable(inner, { ...EMPTY }, { Bucket: 'b', Key: 'k', CopySource: 's' });
    const seen: JsonObject[] = [];
    await runMachine(none as unknown as JsonObject, { parameters: { only: 'one' } }, async (request) => {
      seen.push(request.arguments as JsonObject);
      return { Output: {} };
    });
    expect(seen[1]).toMatchObject({
      Input: { workflow: { parameters: [{ name: 'only', value: 'one' }], artifacts: [] } },
    });
  });
});

const EMPTY = {
  namespace: 'default',
  serviceAccountName: 'default',
  entrypoint: 'main',
  parameters: [],
  artifacts: [],
  labels: {},
  annotations: {},
};
