import { describe, expect, it } from 'vitest';
import type { Dag, DagTask, Step } from '../../../lib/argo/invocation.ts';
import { nodeId } from '../../../lib/argo/node-id.ts';
import type { Template } from '../../../lib/argo/template.ts';
import { finishTemplate } from '../../../lib/evaluate/finish.ts';
import type { FinishRequest, ScopeData } from '../../../lib/evaluate/requests.ts';
import type { NodePhase, Outcome } from '../../../lib/protocol/outcome.ts';
import { bundleWith, leaf, outcome, scopeWith } from './fixtures.ts';

const startedAt = '2026-03-04T15:06:07Z';

function finish(
  main: Template,
  outcomes: Readonly<Record<string, Outcome>>,
  rest: Partial<FinishRequest> = {},
  data: Partial<ScopeData> = {},
  others: Readonly<Record<string, Template>> = {},
): Outcome {
  const bundle = bundleWith({ main, work: leaf(), ...others });
  const scope = scopeWith({ outcomes, ...data });
  return finishTemplate(bundle, { op: 'finish', template: 'main', node: 'wf', startedAt, scope, ...rest });
}

const step = (name: string, rest: Step = {}): Step => ({ name, template: 'work', ...rest });

describe('steps', () => {
  const two = { steps: [[step('a'), step('b')]] };

  it('end as Failed with the first child that failed, by its id', () => {
    const got = finish(
      two,
      { a: outcome('wf[0].a', 'Succeeded'), b: outcome('wf[0].b', 'Error') },
      { group: 0 },
    );
    expect(got).toMatchObject({
      phase: 'Failed',
      message: `child '${nodeId('wf', 'wf[0].b')}' failed`,
      startedAt,
    });
  });

  it.each([
    ['Failed', { failed: true }, 'Succeeded'],
    ['Error', { failed: true }, 'Failed'],
    ['Error', { error: true }, 'Succeeded'],
  ] as const)('with a child that is %s under continueOn %j end as %s', (phase, continueOn, expected) => {
    const got = finish(
      { steps: [[step('a', { continueOn })]] },
      { a: outcome('wf[0].a', phase) },
      { group: 0 },
    );
    expect(got.phase).toBe(expected);
  });

  it('name the item of a loop that failed', () => {
    const items = [outcome('wf[0].a(0:x)', 'Succeeded'), outcome('wf[0].a(1:y)(2)', 'Failed')];
    const got = finish(
      { steps: [[step('a', { withItems: ['x', 'y'] })]] },
      { a: outcome('wf[0].a', 'Failed', { items }) },
      { group: 0 },
    );
    expect(got.message).toBe(`child '${nodeId('wf', 'wf[0].a(1:y)')}' failed`);
  });

  it('fail with the fault of a member that could not be started, even if continueOn forgives it', () => {
    const bad = outcome('wf[0].a', 'Error', { notStarted: true, message: 'no image' });
    const got = finish({ steps: [[step('a', { continueOn: { error: true } })]] }, { a: bad }, { group: 0 });
    expect(got).toMatchObject({
      phase: 'Failed',
      message: 'step group deemed errored due to child wf[0].a error: no image',
    });
  });

  it('fail with the fault of a group, and are an Error by one of their own', () => {
    expect(finish(two, {}, { group: 0, groupError: 'bad list' })).toMatchObject({
      phase: 'Failed',
      message: 'bad list',
    });
    expect(finish(two, {}, { group: 0, templateError: 'bad result' })).toMatchObject({
      phase: 'Error',
      message: 'bad result',
      notStarted: true,
    });
  });

  it('with a group that erred hand on the members that had been judged before, or nothing', () => {
    const judged = {
      kind: 'done',
      node: 'wf[0].b',
      name: 'b',
      outcome: outcome('wf[0].b', 'Skipped'),
    } as const;
    const faulty = { group: 0, groupError: 'bad list' };
    expect(finish(two, {}, faulty).ends).toEqual(['None']);
    expect(finish(two, {}, { ...faulty, groupMembers: { b: judged } }).ends).toEqual(['Error']);
  });

  it('with failFast say that members were refused', () => {
    const got = finish({ ...two, failFast: true }, { a: outcome('wf[0].a', 'Failed') }, { group: 0 });
    expect(got.message).toBe('template has failed or errored children and failFast enabled');
  });

  it('hand on forgiven failures of their last group', () => {
    const forgiving = { steps: [[step('a', { continueOn: { failed: true } }), step('b')]] };
    const got = finish(
      forgiving,
      { a: outcome('wf[0].a', 'Failed'), b: outcome('wf[0].b', 'Skipped') },
      { group: 0 },
    );
    expect(got).toMatchObject({ phase: 'Succeeded', ends: ['Failed', 'Succeeded'] });
  });

  it('compute outputs when they succeed only', () => {
    const main: Template = {
      ...two,
      outputs: {
        parameters: [
          {
            name: 'p',
            valueFrom: { parameter: '{{steps.a.outputs.parameters.p}}' },
            globalName: 'of-{{workflow.name}}',
          },
          { name: 'e', valueFrom: { expression: 'asInt(steps.a.outputs.result) + 1' } },
          { name: 'l', valueFrom: { expression: '[1, steps.b.status]' } },
          { name: 'd', valueFrom: { expression: 'steps.none.status', default: 'dflt' } },
        ],
        artifacts: [
          { name: 'f', fromExpression: "steps.a.status == 'Succeeded' ? steps.a.outputs.artifacts.x : nil" },
        ],
      },
    };
    const outputs = {
      parameters: { p: '{{workflow.uid}}' },
      result: '41',
      artifacts: { x: { name: 'x', s3: { key: 'k' } } },
    };
    const a = outcome('wf[0].a', 'Succeeded', { outputs, globals: { parameters: { g: '1' } } });
    expect(finish(main, { a, b: outcome('wf[0].b', 'Succeeded') }, { group: 0 })).toMatchObject({
      outputs: {
        parameters: { p: '{{workflow.uid}}', e: '42', l: '[1 Succeeded]', d: 'dflt' },
        artifacts: { f: { name: 'f', s3: { key: 'k' } } },
      },
      globals: { parameters: { g: '1', 'of-wf': '{{workflow.uid}}' } },
    });
    const failed = finish(main, { a, b: outcome('wf[0].b', 'Failed') }, { group: 0 });
    expect(failed.outputs).toBeUndefined();
    expect(failed.globals).toEqual({ parameters: { g: '1' } });
  });

  it.each([
    [{ valueFrom: { parameter: '{{inputs.parameters.x}}' } }, 'Unable to resolve: "X"'],
    [{ value: 'fixed' }, 'output parameters must have a valueFrom specified'],
    [{ valueFrom: { expression: 'nil' } }, 'failed to evaluate expression "nil"'],
    [{ valueFrom: { parameter: '{{steps.a.outputs.parameters.v}}' } }, 'is an absent optional'],
  ])('are an Error when the output %j has no value', (source, error) => {
    const main: Template = {
      inputs: { parameters: [{ name: 'x' }] },
      steps: [[step('a', { template: 'make' })]],
      outputs: { parameters: [{ name: 'o', ...source }] },
    };
    const make: Template = { ...leaf(), outputs: { parameters: [{ name: 'v', valueFrom: { path: '/v' } }] } };
    const got = finish(
      main,
      { a: outcome('wf[0].a', 'Skipped') },
      {},
      { inputs: { parameters: { x: 'X' } } },
      { make },
    );
    expect(got).toMatchObject({ phase: 'Error', notStarted: true });
    expect(got.message).toContain(error);
  });
});

const task = (name: string, depends?: string, rest: Partial<DagTask> = {}): DagTask => ({
  name,
  template: 'work',
  ...(depends !== undefined && { depends }),
  ...rest,
});

function phases(all: Readonly<Record<string, NodePhase>>): Record<string, Outcome> {
  return Object.fromEntries(Object.entries(all).map(([name, phase]) => [name, outcome(`wf.${name}`, phase)]));
}

describe('a DAG', () => {
  const chain: Dag = { tasks: [task('a'), task('b', 'a.Failed'), task('c', 'a')] };

  it.each<[string, Dag, Readonly<Record<string, NodePhase>>, NodePhase]>([
    ['all succeeded', chain, { a: 'Succeeded', b: 'Omitted', c: 'Succeeded' }, 'Succeeded'],
    [
      'a rescued failure',
      { tasks: [task('a'), task('b', 'a.Failed')] },
      { a: 'Failed', b: 'Succeeded' },
      'Succeeded',
    ],
    ['an omitted leaf after a failure', chain, { a: 'Failed', b: 'Succeeded', c: 'Omitted' }, 'Failed'],
    [
      'an omitted leaf after an error',
      { tasks: [task('a'), task('b', 'a')] },
      { a: 'Error', b: 'Omitted' },
      'Error',
    ],
    [
      'an omitted leaf after a skip',
      { tasks: [task('a'), task('b', 'a.Failed')] },
      { a: 'Skipped', b: 'Omitted' },
      'Succeeded',
    ],
    [
      'omissions in a row',
      { tasks: [task('a'), task('b', 'a'), task('c', 'b')] },
      { a: 'Failed', b: 'Omitted', c: 'Omitted' },
      'Failed',
    ],
    [
      'a failure beside the target',
      { target: 'b', tasks: [task('a'), task('b')] },
      { a: 'Failed', b: 'Succeeded' },
      'Succeeded',
    ],
    [
      'two targets, the first failed one',
      { tasks: [task('b'), task('a')] },
      { a: 'Error', b: 'Failed' },
      'Error',
    ],
    [
      'two targets without failFast',
      { failFast: false, tasks: [task('b'), task('a')] },
      { a: 'Error', b: 'Failed' },
      'Failed',
    ],
  ])('with %s', (_what, dag, given, expected) => {
    expect(finish({ dag }, phases(given)).phase).toBe(expected);
  });

  it('forgives its targets by continueOn, but not what a skipped one inherits', () => {
    const forgiven = { continueOn: { failed: true } };
    expect(finish({ dag: { tasks: [task('a', undefined, forgiven)] } }, phases({ a: 'Failed' })).phase).toBe(
      'Succeeded',
    );
    const skipped: Dag = {
      tasks: [task('a', undefined, forgiven), { name: 'b', template: 'work', dependencies: ['a'] }],
    };
    expect(finish({ dag: skipped }, phases({ a: 'Failed', b: 'Skipped' })).phase).toBe('Failed');
  });

  it('inherits failures from inside the template before an omitted target', () => {
    const dag: Dag = { tasks: [task('a'), task('b', 'a.Failed')] };
    const a = outcome('wf.a', 'Succeeded', { ends: ['Failed'] });
    expect(finish({ dag }, { a, b: outcome('wf.b', 'Omitted') }).phase).toBe('Failed');
  });

  it('takes its targets from a parameter', () => {
    const main: Template = {
      inputs: { parameters: [{ name: 't' }] },
      dag: { target: '{{inputs.parameters.t}}', tasks: [task('a'), task('b'), task('c')] },
    };
    const inputs = { parameters: { t: 'a b' } };
    expect(finish(main, phases({ a: 'Succeeded', b: 'Succeeded' }), {}, { inputs }).phase).toBe('Succeeded');
    expect(finish(main, phases({ a: 'Succeeded', b: 'Failed' }), {}, { inputs }).phase).toBe('Failed');
  });

  it('exports the outputs of tasks that are DAGs, but not its own', () => {
    const parameters = [
      { name: 'p', valueFrom: { parameter: '{{tasks.a.outputs.parameters.p}}' }, globalName: 'g' },
    ];
    const main: Template = {
      dag: { tasks: [task('a', undefined, { template: 'inner' })] },
      outputs: { parameters },
    };
    const inner: Template = { dag: {}, outputs: { parameters: [{ name: 'p', globalName: 'deep' }] } };
    const a = outcome('wf.a', 'Succeeded', { outputs: { parameters: { p: 'v' } } });
    expect(finish(main, { a }, {}, {}, { inner })).toMatchObject({
      outputs: { parameters: { p: 'v' } },
      globals: { parameters: { deep: 'v' } },
    });
  });

  it('lets the global that was written last win', () => {
    const at = (name: string, finishedAt: string, g: string) =>
      outcome(`wf.${name}`, 'Succeeded', { finishedAt, globals: { parameters: { g } } });
    const main: Template = { dag: { tasks: [task('a'), task('b')] } };
    const outcomes = {
      a: at('a', '2026-03-04T15:06:09Z', 'late'),
      b: at('b', '2026-03-04T15:06:08Z', 'early'),
    };
    expect(finish(main, outcomes)).toMatchObject({
      finishedAt: '2026-03-04T15:06:09Z',
      globals: { parameters: { g: 'late' } },
    });
  });

  it('is judged in time also when it is large', () => {
    const count = 5_000;
    const tasks = Array.from({ length: count }, (_, at) =>
      task(`t${at}`, at === 0 ? undefined : `t${at - 1}`),
    );
    const outcomes = Object.fromEntries(tasks.map(({ name }) => [name, outcome(`wf.${name}`, 'Omitted')]));
    const first = { t0: outcome('wf.t0', 'Failed') };
    expect(finish({ dag: { tasks } }, { ...outcomes, ...first }).phase).toBe('Failed');
  });
});
