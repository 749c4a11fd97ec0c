import { describe, expect, it } from 'vitest';
import { nodeId, podName } from '../../../lib/argo/node-id.ts';
import { isFirstPass } from '../../../lib/evaluate/first-pass.ts';
import { globalScope } from '../../../lib/evaluate/global-scope.ts';
import { nodeDepth } from '../../../lib/evaluate/node-depth.ts';
import type { RunContext } from '../../../lib/evaluate/requests.ts';
import { bundleWith, leaf, scopeWith } from './fixtures.ts';

describe('identifiers', () => {
  it('are the FNV-1a hash of the node name', () => {
    expect(nodeId('wf', 'wf')).toBe('wf');
    // The published test vectors of FNV-1a, 32 bits: "a" is e40c292c, "foobar" is bf9cf968.
    expect(nodeId('wf', 'a')).toBe(`wf-${0xe40c292c}`);
    expect(nodeId('wf', 'foobar')).toBe(`wf-${0xbf9cf968}`);
  });

  it('name pods by template, cut so that the hash fits', () => {
    expect(podName('wf', 'wf', 'main')).toBe('wf');
    expect(podName('wf', 'foobar', 'say')).toBe(`wf-say-${0xbf9cf968}`);
    expect(podName('wf', 'foobar', '')).toBe(`wf-${0xbf9cf968}`);
    expect(podName('wf', 'foobar', 'x'.repeat(300))).toHaveLength(242 + 1 + String(0xbf9cf968).length);
  });
});

it.each([
  ['wf', 1],
  ['wf[0].a', 2],
  ['wf.a(0:x.y)(1).b', 3],
  ['wf[0].a.onExit', 2],
  ['wf[0].a.hooks.h[0].b', 3],
])('the node %s has depth %i', (node, depth) => {
  expect(nodeDepth('wf', node)).toBe(depth);
});

describe('the first pass', () => {
  const bundle = bundleWith({
    main: { steps: [[{ name: 'd', template: 'graph' }], [{ name: 'late', template: 'work' }]] },
    graph: {
      dag: {
        tasks: [
          { name: 'root', template: 'work' },
          { name: 'next', template: 'work', depends: 'root' },
        ],
      },
    },
    work: leaf(),
  });

  it.each([
    ['wf', true],
    ['wf[0].d', true],
    ['wf[0].d(0).root', true],
    ['wf[0].d(1).root', false],
    ['wf[0].d(0:x).root(0)', true],
    ['wf[0].d.next', false],
    ['wf[1].late', false],
    ['wf[0].d.onExit', false],
  ])('starts %s: %s', (node, expected) => {
    expect(isFirstPass(bundle, 'wf', node)).toBe(expected);
  });
});

describe('global variables', () => {
  const run: RunContext = {
    ...scopeWith().run,
    priority: 7,
    scheduledTime: '2026-03-04T15:00:00Z',
    parameters: [
      { name: 'p', value: '<1>', enum: ['<1>', '2'], description: 'd' },
      { name: 'w', value: 'at {{workflow.name}}' },
      { name: 'c', valueFrom: { configMapKeyRef: { name: 'none', key: 'k' }, default: 'dflt' } },
    ],
    labels: { b: '2', a: '1' },
  };
  const values = globalScope(
    bundleWith({}, { arguments: { parameters: [{ name: 'w', value: 'at {{workflow.name}}' }] } }),
    {
      run,
      globals: { parameters: { g: 'G' }, artifacts: { f: { name: 'f' } } },
    },
  );

  it.each([
    ['workflow.name', 'wf'],
    ['workflow.priority', '7'],
    ['workflow.status', 'Running'],
    ['workflow.scheduledTime', '2026-03-04T15:00:00Z'],
    ['workflow.creationTimestamp', '2026-03-04T15:06:07Z'],
    ['workflow.creationTimestamp.s', '1772636767'],
    ['workflow.creationTimestamp.I', '03'],
    ['workflow.creationTimestamp.p', 'PM'],
    ['workflow.creationTimestamp.A', 'Wednesday'],
    ['workflow.creationTimestamp.L', '.000'],
    ['workflow.parameters.p', '<1>'],
    ['workflow.parameters.w', 'at wf'],
    ['workflow.parameters.c', 'dflt'],
    ['workflow.labels.json', '{"a":"1","b":"2"}'],
    ['workflow.annotations', 'null'],
    ['workflow.outputs.parameters.g', 'G'],
    ['workflow.failures', undefined],
  ])('%s', (name, expected) => {
    expect(values.values.get(name)).toBe(expected);
  });

  it('list parameters in the order of the fields in Go', () => {
    expect(values.values.get('workflow.parameters.json')).toMatch(
      /^\[\{"name":"p","value":"\\u003c1\\u003e","enum":\["\\u003c1\\u003e","2"\],"description":"d"\},/,
    );
  });
});
