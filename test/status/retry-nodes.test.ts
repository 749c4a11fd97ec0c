/** Which nodes of a run that ended are done when it is tried again. */
import { describe, expect, it } from 'vitest';
import type { MockRule } from '../../lib/engines/mock-engine.ts';
import { type RetryWish, retryNodes } from '../../lib/status/retry-nodes.ts';
import { workflowObject } from '../../lib/status/workflow-object.ts';
import { type Simulated, simulate } from '../laws/simulated-run.ts';

const head = `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: wf}
`;

const fails = (template: string): MockRule => ({ template, answers: [{ exitCode: 1 }] });

function keptOf({ status }: Simulated, wish: Partial<RetryWish> = {}) {
  const identity = {
    name: 'wf',
    namespace: 'default',
    uid: '',
    creationTimestamp: '',
    labels: {},
    annotations: {},
  };
  const workflow = workflowObject({ ...identity, spec: {} }, status);
  const nodes = retryNodes(workflow, { restartSuccessful: false, hasParameters: false, ...wish });
  return nodes.ok ? [...nodes.kept].sort() : nodes.error;
}

const LOOP = `${head}spec:
  entrypoint: main
  arguments: {parameters: [{name: items, value: '[1, 2]'}]}
  templates:
    - name: main
      steps:
        - - {name: before, template: good}
        - - {name: each, template: good, withParam: '{{workflow.parameters.items}}'}
          - {name: bad, template: bad}
    - {name: good, container: {image: alpine, command: ['true']}}
    - {name: bad, container: {image: alpine, command: ['false']}}
`;

describe('a run that failed', () => {
  it('keeps what succeeded beside and before what failed', async () => {
    const run = await simulate(LOOP, { rules: [fails('bad')] });
    expect(keptOf(run)).toEqual(['wf[0]', 'wf[0].before', 'wf[1].each(0:1)', 'wf[1].each(1:2)']);
  });

  it('expands the group that failed anew when parameters are given', async () => {
    const run = await simulate(LOOP, { rules: [fails('bad')] });
    expect(keptOf(run, { hasParameters: true })).toEqual(['wf[0]', 'wf[0].before']);
  });

  it('runs again what a selector means, with all that follows it', async () => {
    const run = await simulate(LOOP, { rules: [fails('bad')] });
    const wish = { restartSuccessful: true, nodeFieldSelector: 'displayName=before' };
    expect(keptOf(run, wish)).toEqual([]);
    expect(keptOf(run, { ...wish, restartSuccessful: false })).toContain('wf[0].before');
  });

  it('keeps a failure behind which something succeeded, but not for the sake of its own exit handler', async () => {
    const run = await simulate(
      `${head}spec:
  entrypoint: main
  templates:
    - name: main
      dag:
        tasks:
          - {name: forgiven, template: bad}
          - {name: after, template: good, depends: forgiven.Failed}
          - {name: handled, template: bad, hooks: {exit: {template: good}}}
    - {name: good, container: {image: alpine, command: ['true']}}
    - {name: bad, container: {image: alpine, command: ['false']}}
`,
      { rules: [fails('bad')] },
    );
    expect(keptOf(run)).toEqual(['wf.after', 'wf.forgiven']);
  });

  it('runs the whole pod again of which one container failed', async () => {
    const run = await simulate(
      `${head}spec:
  entrypoint: main
  templates:
    - name: main
      steps: [[{name: set, template: set}, {name: beside, template: good}]]
    - name: set
      containerSet: {containers: [{name: a, image: alpine, command: ['true']}, {name: b, image: alpine, command: ['false']}]}
    - {name: good, container: {image: alpine, command: ['true']}}
`,
      { rules: [fails('set')] },
    );
    expect(keptOf(run)).toEqual(['wf[0].beside']);
  });
});

it('a run that succeeded is tried again only from nodes that are named', async () => {
  const run = await simulate(LOOP);
  expect(keptOf(run)).toMatch(/^To retry a succeeded workflow/);
  expect(keptOf(run, { restartSuccessful: true })).toMatch(/^To retry a succeeded workflow/);
  const wish = { restartSuccessful: true, nodeFieldSelector: 'templateName=bad' };
  expect(keptOf(run, wish)).toEqual(['wf[0]', 'wf[0].before', 'wf[1].each(0:1)', 'wf[1].each(1:2)']);
});
