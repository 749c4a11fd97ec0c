import { describe, expect, it } from 'vitest';
import type { DagTask } from '../../../lib/argo/invocation.ts';
import type { Template } from '../../../lib/argo/template.ts';
import type { Member, ScopeData } from '../../../lib/evaluate/requests.ts';
import { evaluateTask } from '../../../lib/evaluate/task.ts';
import type { Outcome } from '../../../lib/protocol/outcome.ts';
import { bundleWith, leaf, outcome, scopeWith } from './fixtures.ts';

const echo = leaf({ text: undefined });

function member(
  tasks: readonly DagTask[],
  task: string,
  data: Partial<ScopeData> = {},
  others: Readonly<Record<string, Template>> = {},
): Member {
  const bundle = bundleWith({ main: { dag: { tasks } }, echo, ...others });
  return evaluateTask(bundle, { op: 'task', template: 'main', task, node: 'wf', scope: scopeWith(data) });
}

function say(text: string, rest: Partial<DagTask> = {}): DagTask {
  return {
    name: 'say',
    template: 'echo',
    arguments: { parameters: [{ name: 'text', value: text }] },
    ...rest,
  };
}

const first: DagTask = { name: 'a', template: 'echo' };

function afterA(a: Partial<Outcome> & Pick<Outcome, 'phase'>): Partial<ScopeData> {
  return { outcomes: { a: outcome('wf.a', a.phase, a) } };
}

describe('a task', () => {
  it.each([
    ['a', 'Succeeded', 'call'],
    ['a', 'Failed', 'Omitted'],
    ['a', 'Skipped', 'call'],
    ['a', 'Omitted', 'Omitted'],
    ['a.Failed', 'Failed', 'call'],
    ['a.Failed || a.Errored', 'Error', 'call'],
    ['!a.Succeeded', 'Succeeded', 'Omitted'],
  ] as const)('with depends %s runs or not after a task that is %s', (depends, phase, expected) => {
    const got = member([first, say('x', { depends })], 'say', afterA({ phase }));
    expect(got.kind === 'done' ? got.outcome.phase : got.kind).toBe(expected);
  });

  it('asks the items of a loop', () => {
    const items = [outcome('wf.a(0:x)', 'Failed'), outcome('wf.a(1:y)', 'Failed')];
    const loop: DagTask = { ...first, withItems: ['x', 'y'] };
    const data = afterA({ phase: 'Failed', items });
    expect(member([loop, say('x', { depends: 'a.AllFailed' })], 'say', data).kind).toBe('call');
    expect(member([loop, say('x', { depends: 'a.AnySucceeded' })], 'say', data).kind).toBe('done');
  });

  it('takes a ready daemon for done', () => {
    const data = afterA({ phase: 'Running', daemoned: true, ip: '10.0.0.1' });
    expect(member([first, say('{{tasks.a.ip}}', { depends: 'a' })], 'say', data)).toMatchObject({
      inputs: { parameters: { text: '10.0.0.1' } },
    });
  });

  it('reads its ancestors, whose values are data', () => {
    const data = afterA({ phase: 'Succeeded', outputs: { result: '{{workflow.name}}' } });
    expect(member([first, say('{{tasks.a.outputs.result}}', { depends: 'a' })], 'say', data)).toMatchObject({
      kind: 'call',
      node: 'wf.say',
      inputs: { parameters: { text: '{{workflow.name}}' } },
    });
  });

  it('is an Error with its cause where Argo waits for ever', () => {
    const got = member(
      [first, say('{{tasks.a.outputs.result}}', { depends: 'a.Failed' })],
      'say',
      afterA({ phase: 'Failed' }),
    );
    expect(got).toMatchObject({ kind: 'done', outcome: { phase: 'Error' } });
    expect(got.kind === 'done' && got.outcome.message).toContain("task 'a' ended as Failed");
  });

  it('tells in the words of a DAG that it cannot be called', () => {
    expect(member([{ name: 'say', template: 'echo' }], 'say')).toMatchObject({
      outcome: {
        message: "task 'wf.say' errored: inputs.parameters.text was not supplied",
        notStarted: true,
      },
    });
  });

  it('does not ask for what depends says when that has been judged', () => {
    const bundle = bundleWith({ main: { dag: { tasks: [first, say('x', { depends: 'a' })] } }, echo });
    const request = { op: 'task', template: 'main', task: 'say', node: 'wf', scope: scopeWith() } as const;
    expect(evaluateTask(bundle, { ...request, dependsMet: true }).kind).toBe('call');
    expect(evaluateTask(bundle, request)).toMatchObject({ kind: 'done', outcome: { phase: 'Error' } });
  });

  it('gives every item of a loop its own node, as far as they can be called', () => {
    const task = say('{{item}}', { withItems: ['a', 'b'] });
    expect(member([task], 'say')).toMatchObject({
      kind: 'loop',
      node: 'wf.say',
      items: [{ node: 'wf.say(0:a)', inputs: { parameters: { text: 'a' } } }, { node: 'wf.say(1:b)' }],
    });
    const bare: DagTask = { name: 'say', template: 'echo', withItems: ['a', 'b'] };
    expect(member([bare], 'say')).toMatchObject({ kind: 'loop', items: [{ kind: 'done' }] });
  });

  it('wants unknown tags in its list to resolve, unlike steps', () => {
    const got = member([say('x', { withItems: ['{{unknown}}'] })], 'say');
    expect(got).toMatchObject({
      kind: 'done',
      outcome: { phase: 'Error', message: 'failed to resolve {{unknown}}' },
    });
  });

  it('leaves out an optional artifact of a skipped task, and misses one that is needed', () => {
    const reader: Template = {
      ...leaf(),
      inputs: { artifacts: [{ name: 'f', path: '/f', optional: true }] },
    };
    const artifact = { name: 'f', from: '{{tasks.a.outputs.artifacts.f}}' };
    const read = (optional: boolean) =>
      member(
        [
          first,
          {
            name: 'say',
            template: 'reader',
            depends: 'a',
            arguments: { artifacts: [{ ...artifact, optional }] },
          },
        ],
        'say',
        afterA({ phase: 'Skipped' }),
        { reader },
      );
    expect(read(true)).toMatchObject({ kind: 'call' });
    expect(read(false)).toMatchObject({
      outcome: { phase: 'Error', message: 'Unable to resolve: "tasks.a.outputs.artifacts.f"' },
    });
  });
});
