import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Arguments } from '../../../lib/argo/invocation.ts';
import type { Template } from '../../../lib/argo/template.ts';
import { type Processed, processArgs } from '../../../lib/evaluate/arguments.ts';
import type { Bundle } from '../../../lib/evaluate/bundle.ts';
import { globalScope } from '../../../lib/evaluate/global-scope.ts';
import { scopeOf } from '../../../lib/evaluate/scope.ts';
import { dataText } from '../../../lib/evaluate/text.ts';
import { bundleWith, leaf, scopeWith } from './fixtures.ts';

const label = 'workflows.argoproj.io/configmap-type';
const configMaps: Bundle['configMaps'] = {
  conf: { data: { key: 'from the map' }, labels: { [label]: 'Parameter' } },
  other: { data: { key: 'x' }, labels: {} },
};

function process(template: Template, given: Arguments = {}): Processed {
  const bundle = bundleWith({}, {}, { configMaps });
  const locals = scopeOf({ 'node.name': 'wf.x', 'pod.name': 'wf-x-1' });
  return processArgs(bundle, template, given, globalScope(bundle, scopeWith()), locals);
}

describe('parameters', () => {
  it.each([
    [{ name: 'p', value: 'own', default: 'dflt' }, 'given', 'given'],
    [{ name: 'p', value: 'own', default: 'dflt' }, undefined, 'own'],
    [{ name: 'p', default: 'dflt' }, undefined, 'dflt'],
    [{ name: 'p', default: '{{workflow.name}}/{{node.name}}' }, undefined, 'wf/wf.x'],
    [{ name: 'p' }, 'of {{pod.name}}', 'of wf-x-1'],
    [{ name: 'p' }, '', ''],
    [{ name: 'p' }, 'kept: {{ jinja }}', 'kept: {{ jinja }}'],
  ])('are taken in the order argument, value, default', (input, value, expected) => {
    const given =
      value === undefined
        ? {}
        : {
            parameters: [
              { name: 'p', value },
              { name: 'surplus', value: '1' },
            ],
          };
    expect(process({ inputs: { parameters: [input] } }, given)).toEqual({
      ok: true,
      inputs: { parameters: { p: expected } },
    });
  });

  it.each([
    [{ name: 'p' }, 'inputs.parameters.p was not supplied'],
    [{ name: 'p', valueFrom: { supplied: {} } }, 'inputs.parameters.p was not supplied'],
    [
      { name: 'p', valueFrom: { configMapKeyRef: { name: 'none', key: 'key' } } },
      "ConfigMap 'none' does not exist",
    ],
    [{ name: 'p', valueFrom: { configMapKeyRef: { name: 'conf', key: 'k' } } }, "does not have the key 'k'"],
    [
      { name: 'p', valueFrom: { default: 'd', configMapKeyRef: { name: 'other', key: 'key' } } },
      "ConfigMap 'other' needs to have the label",
    ],
  ])('that have no value are told in the words of Argo', (input, error) => {
    const got = process({ inputs: { parameters: [input] } });
    expect(got.ok ? '' : got.error).toContain(error);
  });

  it('come from ConfigMaps, whose keys may be made of variables', () => {
    const from = (key: string) => ({ name: 'p', valueFrom: { configMapKeyRef: { name: 'conf', key } } });
    const got = process({ inputs: { parameters: [from('{{=lower("KEY")}}')] } });
    expect(got).toEqual({ ok: true, inputs: { parameters: { p: 'from the map' } } });
    expect(process({ inputs: { parameters: [from('{{workflow.parameters.none}}')] } }).ok).toBe(false);
  });

  it('that are data arrive as they are, whatever they hold', () => {
    const tricky = fc.string({
      unit: fc.constantFrom('{', '}', '=', 'a', '"', '\\', '{{workflow.name}}', ' '),
    });
    fc.assert(
      fc.property(tricky, (value) => {
        const given = { parameters: [{ name: 'p', value: dataText(value) as string }] };
        const got = process(leaf({ p: 'own', q: '{{inputs.parameters.p}}' }), given);
        expect(got).toMatchObject({ ok: true, inputs: { parameters: { p: value, q: value } } });
      }),
    );
  });
});

describe('artifacts', () => {
  const input = { name: 'f', path: '/in', mode: 420, optional: true, archive: { none: {} } };

  it('of an argument replace all but path and modes', () => {
    const given = { artifacts: [{ name: 'f', s3: { key: 'k' }, path: '/other' }] };
    expect(process({ inputs: { artifacts: [input] } }, given)).toEqual({
      ok: true,
      inputs: { artifacts: { f: { name: 'f', s3: { key: 'k' }, path: '/in', mode: 420 } } },
    });
  });

  it.each([
    [{ name: 'f', path: '/in' }, {}, 'inputs.artifacts.f was not supplied'],
    [
      { name: 'f', path: '/in' },
      { artifacts: [{ name: 'f' }] },
      'inputs.artifacts.f missing location information',
    ],
  ])('that are needed must lie somewhere', (declared, given, error) => {
    expect(process({ inputs: { artifacts: [declared] } }, given)).toEqual({ ok: false, error });
  });

  it.each([
    [{ s3: { key: 'k' } }, true],
    [{ raw: { data: '' } }, true],
    [{ http: { url: 'https://example.org/f' } }, true],
    [{ git: { repo: 'r' } }, true],
    [{ s3: { bucket: 'b' } }, false],
    [{ hdfs: { addresses: [] } }, false],
  ])('may lie in %j', (place, ok) => {
    expect(process({ inputs: { artifacts: [{ name: 'f', path: '/in', ...place }] } }).ok).toBe(ok);
  });
});

it('a template whose expressions cannot be read cannot be called', () => {
  const got = process({ container: { image: 'i', args: ['{{=1 +}}'] } });
  expect(got.ok ? '' : got.error).toContain('failed to evaluate expression');
});
