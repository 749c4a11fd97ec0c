import { describe, expect, it } from 'vitest';
import type { Step } from '../../../lib/argo/invocation.ts';
import type { Template } from '../../../lib/argo/template.ts';
import { isConstant, readsOf, type Site } from '../../../lib/evaluate/reads.ts';
import { bundleWith, leaf } from './fixtures.ts';

const say = (value: string, rest: Step = {}): Step => ({
  name: 'say',
  template: 'echo',
  arguments: { parameters: [{ name: 'text', value }] },
  ...rest,
});

const before: readonly Step[] = [
  { name: 'a', template: 'echo' },
  { name: 'b', template: 'echo' },
];

function group(step: Step, others: Readonly<Record<string, Template>> = {}) {
  const main: Template = {
    inputs: { parameters: [{ name: 'x' }, { name: 'y' }], artifacts: [{ name: 'f', path: '/f' }] },
    steps: [before, [step]],
  };
  const bundle = bundleWith({ main, echo: leaf({ text: undefined }), ...others });
  return { bundle, entry: bundle.templates.main!, site: { kind: 'group', group: 1 } as Site };
}

describe('what a group of steps reads', () => {
  it.each([
    ['nothing', []],
    ['{{steps.a.outputs.result}}', ['a']],
    ['{{ steps.b.status }}', ['b']],
    ["{{=steps['a'].status}}", ['a']],
    ['{{=let s = steps; s}}', ['a', 'b']],
    ['{{=steps[inputs.parameters.x].status}}', ['a', 'b']],
    ['{{=$env}}', ['a', 'b']],
    ['{{steps.{{inputs.parameters.x}}.status}}', ['a', 'b']],
    ['{{=inputs.parameters.x}}', []],
  ])('of %s', (value, outcomes) => {
    const { bundle, entry, site } = group(say(value));
    expect(readsOf(bundle, entry, site).outcomes).toEqual(outcomes);
  });

  it('of conditions, lists, inline bodies and references of artifacts', () => {
    const read = (step: Step) => {
      const { bundle, entry, site } = group(step);
      return readsOf(bundle, entry, site).outcomes;
    };
    expect(read(say('x', { when: '{{steps.a.status}} == Failed' }))).toEqual(['a']);
    expect(read(say('x', { withParam: '{{steps.b.outputs.result}}' }))).toEqual(['b']);
    expect(read({ name: 'say', inline: { script: { image: 'i', source: '{{steps.a.id}}' } } })).toEqual([
      'a',
    ]);
    const artifacts = [{ name: 'f', fromExpression: 'steps.a.outputs.artifacts.x' }];
    expect(read({ name: 'say', template: 'echo', arguments: { artifacts } })).toEqual(['a']);
  });

  it('names inputs and globals', () => {
    const { bundle, entry, site } = group(say('{{inputs.parameters.y}} {{inputs.artifacts.f}}'));
    expect(readsOf(bundle, entry, site)).toMatchObject({
      inputs: ['y'],
      inputArtifacts: ['f'],
      globals: false,
    });
    const other = group(say('x'), { echo: leaf({ text: '{{workflow.outputs.parameters.g}}' }) });
    expect(readsOf(other.bundle, other.entry, other.site).globals).toBe(true);
  });

  it('follows the text of parameters of the run', () => {
    const main: Template = { steps: [before, [say('{{workflow.parameters.p}}')]] };
    const spec = { arguments: { parameters: [{ name: 'p', value: '{{steps.a.status}}' }] } };
    const bundle = bundleWith({ main, echo: leaf() }, spec);
    expect(readsOf(bundle, bundle.templates.main!, { kind: 'group', group: 1 }).outcomes).toEqual(['a']);
  });
});

describe('what other evaluations read', () => {
  const tasks = [
    { name: 'a', template: 'echo' },
    { name: 'b', template: 'echo', depends: 'a' },
    {
      name: 'c',
      template: 'echo',
      depends: 'b',
      arguments: { parameters: [{ name: 'text', value: '{{tasks.a.id}}' }] },
    },
  ];
  const bundle = bundleWith({ main: { dag: { tasks } }, echo: leaf({ text: undefined }) });
  const entry = bundle.templates.main!;

  it('a task needs its dependencies and the ancestors it names', () => {
    expect(readsOf(bundle, entry, { kind: 'task', task: 'c' }).outcomes).toEqual(['b', 'a']);
    expect(readsOf(bundle, entry, { kind: 'task', task: 'b' }).outcomes).toEqual(['a']);
  });

  it('the end of a DAG needs all tasks, that of steps its last group and what outputs name', () => {
    expect(readsOf(bundle, entry, { kind: 'finish' }).outcomes).toEqual(['a', 'b', 'c']);
    const parameters = [{ name: 'o', valueFrom: { parameter: '{{steps.a.outputs.result}}' } }];
    const steps = bundleWith({
      main: { steps: [before, [say('x')]], outputs: { parameters } },
      echo: leaf(),
    });
    expect(readsOf(steps, steps.templates.main!, { kind: 'finish' }).outcomes).toEqual(['say', 'a']);
    expect(readsOf(steps, steps.templates.main!, { kind: 'finish', group: 0 }).outcomes).toEqual(['a', 'b']);
  });
});

describe('a group is constant', () => {
  it.each<[string, Step, boolean]>([
    ['plain text', say('x'), true],
    ['literal items', say('{{item}}', { withItems: ['a', 'b'] }), true],
    ['a literal sequence', say('{{item}}', { withSequence: { count: 3 } }), true],
    ['a literal condition', say('x', { when: 'a == b' }), true],
    ['an item outside a loop', say('{{item}}'), false],
    ['an input', say('{{inputs.parameters.x}}'), false],
    ['a name of the run', say('{{workflow.name}}'), false],
    ['an expression', say('{{=1 + 1}}'), false],
    ['a computed list', say('{{item}}', { withParam: '{{inputs.parameters.x}}' }), false],
    ['a computed template', say('x', { template: '{{inputs.parameters.x}}' }), false],
    [
      'a hook that reads its own outputs',
      say('x', {
        hooks: {
          exit: {
            template: 'echo',
            arguments: { parameters: [{ name: 'text', value: '{{steps.say.outputs.parameters.p}}' }] },
          },
        },
      }),
      true,
    ],
  ])('with %s: %#', (_what, step, expected) => {
    const { bundle, entry, site } = group(step);
    expect(isConstant(bundle, entry, site)).toBe(expected);
  });

  it('unless the called template has text in its inputs', () => {
    const { bundle, entry, site } = group(say('x'), { echo: leaf({ text: undefined, at: '{{node.name}}' }) });
    expect(isConstant(bundle, entry, site)).toBe(false);
  });
});
