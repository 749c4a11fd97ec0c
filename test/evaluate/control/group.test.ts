import { describe, expect, it } from 'vitest';
import type { Step } from '../../../lib/argo/invocation.ts';
import type { Template } from '../../../lib/argo/template.ts';
import { evaluateGroup } from '../../../lib/evaluate/group.ts';
import type { GroupAnswer, ScopeData } from '../../../lib/evaluate/requests.ts';
import { bundleWith, leaf, outcome, scopeWith } from './fixtures.ts';

const echo = leaf({ text: undefined });

function answer(
  groups: readonly (readonly Step[])[],
  group = 0,
  data: Partial<ScopeData> = {},
  others: Readonly<Record<string, Template>> = {},
): GroupAnswer {
  const bundle = bundleWith({ main: { steps: groups }, echo, ...others });
  return evaluateGroup(bundle, { op: 'group', template: 'main', group, node: 'wf', scope: scopeWith(data) });
}

function say(text: string, rest: Step = {}): Step {
  return {
    name: 'say',
    template: 'echo',
    arguments: { parameters: [{ name: 'text', value: text }] },
    ...rest,
  };
}

describe('a group of steps', () => {
  it('hands arguments to the templates that it calls', () => {
    const { members } = answer([[say('{{workflow.name}}-{{workflow.creationTimestamp.Y}}')]]);
    expect(members.say).toEqual({
      kind: 'call',
      node: 'wf[0].say',
      name: 'say',
      template: 'echo',
      inputs: { parameters: { text: 'wf-2026' } },
    });
  });

  it('reads results of earlier groups and never scans them for tags', () => {
    const outputs = { result: '{{workflow.name}}', parameters: { p: '{{=1+1}}' } };
    const { members } = answer(
      [
        [{ name: 'a', template: 'echo' }],
        [say('{{steps.a.outputs.result}} {{steps.a.outputs.parameters.p}}')],
      ],
      1,
      { outcomes: { a: outcome('wf[0].a', 'Succeeded', { outputs }) } },
    );
    expect(members.say).toMatchObject({ inputs: { parameters: { text: '{{workflow.name}} {{=1+1}}' } } });
  });

  it('does not put braces of text and data together to a tag', () => {
    const scope = { inputs: { parameters: { open: '{', name: '{workflow.name}}' } } };
    const { members } = answer([[say('{{inputs.parameters.open}}{{inputs.parameters.name}}')]], 0, scope);
    expect(members.say).toMatchObject({ inputs: { parameters: { text: '{{workflow.name}}' } } });
  });

  it.each([
    ['a == a', 'call'],
    ["'{{inputs.parameters.mode}}' == 'fast'", 'call'],
    ['{{inputs.parameters.mode}} == slow', 'done'],
    ['{{=inputs.parameters.mode == "slow"}}', 'done'],
  ])('judges when %s', (when, kind) => {
    const { members } = answer([[say('x', { when })]], 0, { inputs: { parameters: { mode: 'fast' } } });
    expect(members.say?.kind).toBe(kind);
  });

  it('says why a member is skipped, and lets it refer to what is not there', () => {
    const { members, error } = answer([[say('{{steps.none.outputs.result}}', { when: '1 == 2' })]]);
    expect(error).toBeUndefined();
    expect(members.say).toMatchObject({
      kind: 'done',
      outcome: { phase: 'Skipped', message: "when '1 == 2' evaluated false" },
    });
  });

  it('is an Error as a whole when a `when` gives no boolean', () => {
    const { members, error } = answer([[say('x'), say('y', { name: 'odd', when: 'abc' })]]);
    expect(error).toContain("Expected boolean evaluation for 'abc'");
    expect(members).toEqual({});
  });

  it('ends with a named cause where Argo waits for ever', () => {
    const { error, members } = answer(
      [[{ name: 'a', template: 'echo' }], [say('{{steps.a.outputs.result}}')]],
      1,
      {
        outcomes: { a: outcome('wf[0].a', 'Skipped') },
      },
    );
    expect(error).toContain('failed to resolve {{steps.a.outputs.result}}');
    expect(error).toContain("step 'a' ended as Skipped");
    expect(members).toEqual({});
  });

  it('is an Error when a member cannot be called, and keeps what was judged before', () => {
    const { error, members } = answer([
      [say('x', { name: 'off', when: 'a == b' }), say('y'), { name: 'bare', template: 'echo' }],
    ]);
    const cause = 'inputs.parameters.text was not supplied';
    expect(error).toBe(`step group deemed errored due to child wf[0].bare error: ${cause}`);
    expect(Object.keys(members)).toEqual(['off', 'bare']);
    expect(members.bare).toMatchObject({ outcome: { phase: 'Error', message: cause, notStarted: true } });
  });

  it('takes the name of a template from a parameter', () => {
    const { members } = answer([[say('x', { template: '{{inputs.parameters.which}}' })]], 0, {
      inputs: { parameters: { which: 'echo' } },
    });
    expect(members.say).toMatchObject({ kind: 'call', template: 'echo' });
  });

  it('names a template that does not exist', () => {
    const { error } = answer([[say('x', { template: '{{inputs.parameters.which}}' })]], 0, {
      inputs: { parameters: { which: 'nowhere' } },
    });
    expect(error).toContain('template nowhere not found');
  });

  it('hands the text of an inline template what it reads of its caller', () => {
    const inline = {
      container: { image: 'i', args: ['{{item}} {{inputs.parameters.p}} {{steps.a.outputs.result}}'] },
    };
    const { members } = answer(
      [[{ name: 'a', template: 'echo' }], [{ name: 'in', inline, withItems: ['x'] }]],
      1,
      {
        inputs: { parameters: { p: 'P', other: 'O' } },
        outcomes: { a: outcome('wf[0].a', 'Succeeded', { outputs: { result: 'R' } }) },
      },
      { 'main/in': inline },
    );
    const outer = { item: 'x', 'inputs.parameters.p': 'P', 'steps.a.outputs.result': 'R' };
    expect(members.in).toMatchObject({ kind: 'loop', items: [{ template: 'main/in', outer }] });
    expect(JSON.stringify(members.in)).not.toContain('other');
  });

  it('stops at the depth at which Argo stops', () => {
    const deep = `wf${'[0].again'.repeat(99)}`;
    const bundle = bundleWith({ main: { steps: [[{ name: 'again', template: 'main' }]] } });
    const ask = (node: string) =>
      evaluateGroup(bundle, { op: 'group', template: 'main', group: 0, node, scope: scopeWith() });
    expect(ask(deep.slice(0, -'[0].again'.length)).members.again).toMatchObject({ kind: 'done' });
    expect(ask('wf[0].again').members.again?.kind).toBe('call');
    expect(ask(deep).error).toBeUndefined();
  });
});

describe('a loop of a group', () => {
  it('calls once for each item, with its variables and the name that Argo gives it', () => {
    const { members } = answer([
      [say('{{item.k}}/{{item}}', { withItems: [{ k: 'v(1)', b: [1] }, { k: 2 }] })],
    ]);
    expect(members.say).toMatchObject({
      kind: 'loop',
      items: [
        { node: 'wf[0].say(0:b:[1],k:v1)', inputs: { parameters: { text: 'v(1)/{"b":[1],"k":"v(1)"}' } } },
        { node: 'wf[0].say(1:k:2)', inputs: { parameters: { text: '2/{"k":2}' } }, item: '{"k":2}' },
      ],
    });
  });

  it('keeps items that came at run time as they are', () => {
    const { members } = answer([[say('{{item}}', { withParam: '{{inputs.parameters.list}}' })]], 0, {
      inputs: { parameters: { list: '["{{workflow.name}}", 1.0]' } },
    });
    const texts =
      members.say?.kind === 'loop'
        ? members.say.items.map((item) => item.kind === 'call' && item.inputs)
        : [];
    expect(texts).toEqual([{ parameters: { text: '{{workflow.name}}' } }, { parameters: { text: '1.0' } }]);
  });

  it('is skipped when its list is empty', () => {
    const { members } = answer([[say('{{item}}', { withParam: '[]' })]]);
    expect(members.say).toMatchObject({
      kind: 'done',
      outcome: { phase: 'Skipped', message: 'Skipped, empty params' },
    });
  });

  it('is an Error of the group when its list is none', () => {
    expect(answer([[say('{{item}}', { withParam: 'no list' })]]).error).toContain(
      'withParam value could not be parsed as a JSON list: no list',
    );
  });

  it('forgives a bad list when it does not run anyway', () => {
    const { error, members } = answer([[say('{{item}}', { withParam: 'no list', when: 'a == b' })]]);
    expect(error).toBeUndefined();
    expect(members.say).toMatchObject({ kind: 'done', outcome: { phase: 'Skipped' } });
  });

  it('judges when by item', () => {
    const { members } = answer([[say('x', { withItems: ['a', 'b'], when: '{{item}} == b' })]]);
    expect(members.say).toMatchObject({
      items: [{ kind: 'done', outcome: { message: "when 'a == b' evaluated false" } }, { kind: 'call' }],
    });
  });

  it('wants every tag of its body to resolve', () => {
    expect(answer([[say('{{item}} {{unknown}}', { withItems: ['a'] })]]).error).toBe(
      'failed to resolve {{unknown}}',
    );
    expect(answer([[say('{{unknown}}')]]).error).toBeUndefined();
  });

  it('offers its results as lists, without those of items that did not succeed', () => {
    const item = (at: number, phase: 'Succeeded' | 'Failed', result: string) =>
      outcome(`wf[0].a(${at}:x)`, phase, { outputs: { result, parameters: { p: result } } });
    const items = [item(0, 'Succeeded', '1.0'), item(1, 'Failed', '2'), item(2, 'Succeeded', '{"k": "<"}')];
    const { members } = answer(
      [
        [{ name: 'a', template: 'echo', withItems: ['x'] }],
        [say('{{steps.a.outputs.result}} {{steps.a.status}}')],
      ],
      1,
      { outcomes: { a: outcome('wf[0].a', 'Failed', { items }) } },
    );
    expect(members.say).toMatchObject({
      inputs: { parameters: { text: '[1.0,{"k":"\\u003c"}] Succeeded' } },
    });
  });

  it('makes the template an Error when a result is no JSON', () => {
    const items = [outcome('wf[0].a(0:x)', 'Succeeded', { outputs: { result: 'word' } })];
    const got = answer([[{ name: 'a', template: 'echo', withItems: ['x'] }], [say('x')]], 1, {
      outcomes: { a: outcome('wf[0].a', 'Succeeded', { items }) },
    });
    expect(got.templateError).toBeDefined();
    expect(got.members).toEqual({});
  });
});

describe('outputs of a skipped step', () => {
  const make: Template = { ...leaf(), outputs: { parameters: [{ name: 'v', valueFrom: { path: '/v' } }] } };
  const groups = (text: string): readonly (readonly Step[])[] => [
    [{ name: 'a', template: 'make' }],
    [say(text)],
  ];
  const skipped = { outcomes: { a: outcome('wf[0].a', 'Skipped') } };

  it('fall back to the default of the input that takes them alone', () => {
    const taker = leaf({ text: 'instead' });
    const bundle = { make, echo: taker };
    expect(answer(groups('{{steps.a.outputs.parameters.v}}'), 1, skipped, bundle).members.say).toMatchObject({
      inputs: { parameters: { text: 'instead' } },
    });
  });

  it.each([
    ['{{steps.a.outputs.parameters.v}}', 'argument references an absent optional'],
    ['x-{{steps.a.outputs.parameters.v}}', 'output is an absent optional'],
  ])('are an Error in %s otherwise', (text, cause) => {
    expect(answer(groups(text), 1, skipped, { make }).error).toContain(cause);
  });

  it('are nil in expressions', () => {
    const { members } = answer(groups("{{=steps.a.outputs.parameters.v ?? 'none'}}"), 1, skipped, { make });
    expect(members.say).toMatchObject({ inputs: { parameters: { text: 'none' } } });
  });

  it('have the default of their producer', () => {
    const parameters = [{ name: 'v', valueFrom: { path: '/v', default: 'mine' } }];
    const { members } = answer(groups('{{steps.a.outputs.parameters.v}}'), 1, skipped, {
      make: { ...make, outputs: { parameters } },
    });
    expect(members.say).toMatchObject({ inputs: { parameters: { text: 'mine' } } });
  });
});
