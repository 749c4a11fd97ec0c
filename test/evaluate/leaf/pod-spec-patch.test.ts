import { describe, expect, it } from 'vitest';
import type { Template } from '../../../lib/argo/template.ts';
import { renderLeaf } from '../../../lib/evaluate/leaf/render-leaf.ts';
import { strategicMerge } from '../../../lib/evaluate/leaf/strategic-merge.ts';
import { bundleOf, stage } from './fixtures.ts';

const inputs = { parameters: [{ name: 'memory' }, { name: 'patch', default: '' }] };

function patched(
  podSpecPatch: string,
  values: Record<string, string> = { memory: '1Gi' },
  specPatch?: string,
) {
  const template: Template = {
    inputs,
    podSpecPatch,
    container: { image: 'x', env: [{ name: 'A', value: '1' }] },
  };
  const spec = specPatch === undefined ? {} : { podSpecPatch: specPatch };
  const leaf = renderLeaf(bundleOf(template, spec), stage({ inputs: { parameters: values } }), () => {
    throw new Error('not asked for');
  });
  return leaf.kind === 'done' ? leaf.outcome.message : leaf.spec;
}

const limits = (memory: string) =>
  JSON.stringify({ containers: [{ name: 'main', resources: { limits: { memory } } }] });

describe('podSpecPatch', () => {
  it('sets resources from a parameter', () => {
    const spec = patched(limits('{{inputs.parameters.memory}}'));
    expect(spec).toMatchObject({ containers: [{ name: 'main', resources: { memory: '1Gi' } }] });
  });

  it('cannot be given more by a value than a value', () => {
    const memory = '1Gi"}}, {"name":"evil","image":"y';
    expect(patched(limits('{{inputs.parameters.memory}}'), { memory })).toBe(
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    );
  });

  it('may come whole from a parameter, and may lack quotes', () => {
    const values = { memory: '"2Gi"', patch: limits('3Gi') };
    expect(patched('{{inputs.parameters.patch}}', values)).toMatchObject({
      containers: [{ resources: { memory: '3Gi' } }],
    });
    const unquoted = limits('TAG').replace('"TAG"', '{{inputs.parameters.memory}}');
    expect(patched(unquoted, values)).toMatchObject({ containers: [{ resources: { memory: '2Gi' } }] });
  });

  it('takes that of the run first, then that of the template', () => {
    expect(patched(limits('2Gi'), { memory: '' }, limits('1Gi'))).toMatchObject({
      containers: [{ resources: { memory: '2Gi' } }],
    });
  });

  it('changes image and environment, adds containers, and sets the pod', () => {
    const patch = JSON.stringify({
      containers: [
        { name: 'main', image: 'z', env: [{ name: 'B', value: '2' }] },
        { name: 'extra', image: 'y' },
      ],
      nodeSelector: { 'kubernetes.io/arch': 'arm64' },
      terminationGracePeriodSeconds: 5,
      activeDeadlineSeconds: 9,
      serviceAccountName: 'sa',
    });
    expect(patched(patch)).toMatchObject({
      containers: [
        {
          image: 'z',
          env: expect.arrayContaining([
            { name: 'A', value: '1' },
            { name: 'B', value: '2' },
          ]),
        },
      ],
      sidecars: [{ name: 'extra' }],
      platform: { architecture: 'ARM64' },
      terminationGraceSeconds: 5,
      activeDeadlineSeconds: 9,
      serviceAccount: 'sa',
    });
  });

  it.each(['[1]', '"text"', '{"containers": {}}', 'no: json'])('is an Error when it is %s', (patch) => {
    expect(patched(patch)).toBe('Error applying PodSpecPatch');
  });
});

describe('strategicMerge', () => {
  it.each<[string, unknown, unknown, unknown]>([
    ['maps merge', { a: { b: 1, c: 2 } }, { a: { b: 3 } }, { a: { b: 3, c: 2 } }],
    ['null takes away', { a: 1, b: 2 }, { a: null }, { b: 2 }],
    ['plain lists are replaced', { args: ['a', 'b'] }, { args: ['c'] }, { args: ['c'] }],
    [
      'named lists merge',
      { env: [{ name: 'A', value: '1' }] },
      { env: [{ name: 'A', value: '2' }] },
      { env: [{ name: 'A', value: '2' }] },
    ],
    [
      'an item is deleted',
      { env: [{ name: 'A' }, { name: 'B' }] },
      { env: [{ name: 'A', $patch: 'delete' }] },
      { env: [{ name: 'B' }] },
    ],
    [
      'a list is replaced',
      { env: [{ name: 'A' }] },
      { env: [{ name: 'B' }, { $patch: 'replace' }] },
      { env: [{ name: 'B' }] },
    ],
    [
      'items keep their order',
      { env: [{ name: 'A' }, { name: 'B' }, { name: 'C' }] },
      { env: [{ name: 'B' }, { name: 'N' }] },
      { env: [{ name: 'A' }, { name: 'B' }, { name: 'N' }, { name: 'C' }] },
    ],
    ['a map is replaced', { a: { b: 1 } }, { a: { c: 2, $patch: 'replace' } }, { a: { c: 2 } }],
  ])('%s', (_what, original, patch, expected) => {
    expect(strategicMerge(original, patch)).toEqual(expected);
  });
});
