import { describe, expect, it } from 'vitest';
import type { Template } from '../../../lib/argo/template.ts';
import type { WorkflowSpec } from '../../../lib/argo/workflow.ts';
import { enterTemplate } from '../../../lib/evaluate/enter.ts';
import { evaluateHook, workflowHookDue } from '../../../lib/evaluate/hooks.ts';
import type { HookRequest, RunContext } from '../../../lib/evaluate/requests.ts';
import { bundleWith, leaf, outcome, scopeWith } from './fixtures.ts';

const text = {
  parameters: [{ name: 'text', value: '{{steps.a.outputs.parameters.p}} {{steps.a.outputs.result}}' }],
};

function bundle(member: NonNullable<Template['steps']>[number][number], spec: WorkflowSpec = {}) {
  return bundleWith(
    { main: { steps: [[member]] }, work: leaf(), say: leaf({ text: undefined }), bare: leaf() },
    spec,
  );
}

function request(rest: Partial<HookRequest> = {}): HookRequest {
  return {
    op: 'hook',
    template: 'main',
    member: 'a',
    hook: 'exit',
    node: 'wf[0].a',
    boundary: 'wf',
    outcome: outcome('wf[0].a', 'Failed', { outputs: { parameters: { p: 'P' }, result: 'R' } }),
    scope: scopeWith(),
    ...rest,
  };
}

describe('an exit handler of a step', () => {
  it('sees outputs of its node, but not the result', () => {
    const hooks = { exit: { template: 'say', arguments: text } };
    expect(evaluateHook(bundle({ name: 'a', template: 'work', hooks }), request())).toEqual({
      kind: 'call',
      node: 'wf[0].a.onExit',
      name: 'a.onExit',
      template: 'say',
      inputs: { parameters: { text: 'P {{steps.a.outputs.result}}' } },
    });
  });

  it('runs by its expression', () => {
    const hooks = { exit: { template: 'bare', expression: "steps.a.status == 'Failed'" } };
    const member = { name: 'a', template: 'work', hooks };
    expect(evaluateHook(bundle(member), request()).kind).toBe('call');
    expect(evaluateHook(bundle(member), request({ outcome: outcome('wf[0].a', 'Succeeded') })).kind).toBe(
      'none',
    );
  });

  it('gets the arguments of the run without its own', () => {
    const spec = { arguments: { parameters: [{ name: 'text', value: 'of {{workflow.name}}' }] } };
    const run: RunContext = { ...scopeWith().run, parameters: spec.arguments.parameters };
    const got = evaluateHook(
      bundle({ name: 'a', template: 'work', onExit: 'say' }, spec),
      request({ scope: scopeWith({ run }) }),
    );
    expect(got).toMatchObject({ kind: 'call', inputs: { parameters: { text: 'of wf' } } });
  });

  it('can read the item of a loop', () => {
    const hooks = {
      exit: { template: 'say', arguments: { parameters: [{ name: 'text', value: '{{item.k}}' }] } },
    };
    const got = evaluateHook(
      bundle({ name: 'a', template: 'work', hooks, withItems: [{ k: 1 }] }),
      request({ node: 'wf[0].a(0:k:1)', item: '{"k":1}' }),
    );
    expect(got).toMatchObject({ node: 'wf[0].a(0:k:1).onExit', inputs: { parameters: { text: '1' } } });
  });
});

describe('a named hook', () => {
  const hooks = { h: { template: 'bare', expression: 'steps["a"].status == "Running"' } };

  it('runs when its expression holds', () => {
    const member = { name: 'a', template: 'work', hooks };
    const running = request({ hook: 'h', outcome: outcome('wf[0].a', 'Running') });
    expect(evaluateHook(bundle(member), running)).toMatchObject({ kind: 'call', node: 'wf[0].a.hooks.h' });
    expect(evaluateHook(bundle(member), request({ hook: 'h' })).kind).toBe('none');
  });

  it('is an Error when its expression is none', () => {
    const bad = { h: { template: 'bare', expression: 'steps.b.status.x.y()' } };
    const got = evaluateHook(bundle({ name: 'a', template: 'work', hooks: bad }), request({ hook: 'h' }));
    expect(got).toMatchObject({ kind: 'done', outcome: { phase: 'Error' } });
  });

  it('of the spec looks at the status of the run', () => {
    const spec = { hooks: { h: { template: 'bare', expression: "workflow.status == 'Running'" } } };
    const due = (status: string) => workflowHookDue(bundleWith({}, spec), 'h', scopeWith(), status);
    expect(due('Running')).toEqual({ ok: true, holds: true });
    expect(due('Failed')).toEqual({ ok: true, holds: false });
  });
});

describe('entering the run', () => {
  const parameters = [{ name: 'text', value: '{{workflow.name}}' }];
  const spec = { arguments: { parameters } };
  const enter = (run: Partial<RunContext>, whole: WorkflowSpec = spec, hook?: string) =>
    enterTemplate(bundleWith({ main: leaf({ text: undefined }) }, whole), {
      op: 'enter',
      template: 'main',
      node: 'wf',
      ...(hook !== undefined && { hook }),
      scope: scopeWith({ run: { ...scopeWith().run, ...run } }),
    });

  it('expands values of the spec, and leaves submitted ones as they are', () => {
    expect(enter({ parameters })).toMatchObject({ inputs: { parameters: { text: 'wf' } } });
    const submitted = [{ name: 'text', value: '{{workflow.uid}}' }];
    expect(enter({ parameters: submitted })).toMatchObject({
      inputs: { parameters: { text: '{{workflow.uid}}' } },
    });
  });

  it('does not use the default of an argument', () => {
    expect(enter({ parameters: [{ name: 'text', default: 'd' }] })).toMatchObject({
      kind: 'done',
      outcome: { phase: 'Error', message: 'inputs.parameters.text was not supplied' },
    });
  });

  it('gives the exit hook its own arguments, else those of the run', () => {
    const own = { arguments: { parameters: [{ name: 'text', value: 'own {{workflow.status}}' }] } };
    const exit = { template: 'main', ...own };
    expect(enter({ parameters }, { ...spec, hooks: { exit } }, 'exit')).toMatchObject({
      inputs: { parameters: { text: 'own ' } },
    });
    expect(enter({ parameters }, { ...spec, hooks: { exit: { template: 'main' } } }, 'exit')).toMatchObject({
      inputs: { parameters: { text: 'wf' } },
    });
  });
});
