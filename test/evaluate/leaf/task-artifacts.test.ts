import { describe, expect, it } from 'vitest';
import type { Artifact } from '../../../lib/argo/artifact.ts';
import type { Template } from '../../../lib/argo/template.ts';
import { renderLeaf } from '../../../lib/evaluate/leaf/render-leaf.ts';
import { cleanPath } from '../../../lib/evaluate/leaf/task-artifacts.ts';
import type { StageRequest } from '../../../lib/evaluate/requests.ts';
import { bundleOf, stage } from './fixtures.ts';

function rendered(template: Template, request: Partial<StageRequest> = {}) {
  return renderLeaf(
    bundleOf({ container: { image: 'x' }, ...template }),
    stage({ node: 'demo', ...request }),
  );
}

function outputOf(artifact: Partial<Artifact>, template: Template = {}) {
  const artifacts = [{ name: 'a', path: '/out/file.txt', ...artifact }];
  const leaf = rendered({ ...template, outputs: { artifacts } });
  return leaf.kind === 'done' ? leaf.outcome.message : leaf.spec.outputs.artifacts[0]?.artifact;
}

const s3 = { endpoint: 'e', bucket: 'b', key: 'logs/{{workflow.name}}/{{pod.name}}' };

describe('output artifacts', () => {
  it.each<[string, Partial<Artifact>, Template, object]>([
    ['the default key', {}, {}, { s3: { key: 'demo/demo/a.tgz' } }],
    ['a file as it is', { archive: { none: {} } }, {}, { s3: { key: 'demo/demo/file.txt' } }],
    ['zip', { archive: { zip: {} } }, {}, { s3: { key: 'demo/demo/a.zip' } }],
    ['a key of its own', { s3: { key: 'x/{{workflow.name}}' } }, {}, { s3: { key: 'x/demo' } }],
    ['a place of its own', { s3: { bucket: 'mine', key: 'k' } }, {}, { s3: { bucket: 'mine', key: 'k' } }],
    ['a store without a key', { s3: { bucket: 'mine' } }, {}, { s3: { key: 'demo/demo/a.tgz' } }],
    [
      'the place of the template',
      {},
      { archiveLocation: { s3 } },
      { s3: { endpoint: 'e', bucket: 'b', key: 'logs/demo/demo/a.tgz' } },
    ],
    [
      'a key in the place of the template',
      { s3: { key: 'k' } },
      { archiveLocation: { s3 } },
      { s3: { endpoint: 'e', bucket: 'b', key: 'k' } },
    ],
    ['an address', { http: { url: 'http://h/p' } }, {}, { http: { url: 'http://h/p' } }],
  ])('go to %s', (_what, artifact, template, expected) => {
    expect(outputOf(artifact, template)).toMatchObject(expected);
  });

  it('keep their names, paths and whether they may be missing', () => {
    const artifacts = [{ name: 'a', path: '/tmp//o/', optional: true, globalName: 'g' }];
    const leaf = rendered({ outputs: { artifacts } });
    expect(leaf).toMatchObject({
      spec: { outputs: { artifacts: [{ name: 'a', path: '/tmp/o', optional: true, globalName: 'g' }] } },
    });
  });
});

describe('input artifacts', () => {
  const inputs = { artifacts: [{ name: 'in', path: '/in', mode: 420 }] };

  it('take everything but path and modes from what was handed over', () => {
    const given = { name: 'other', path: '/elsewhere', s3: { key: 'k' }, archive: { none: {} } };
    const leaf = rendered({ inputs }, { inputs: { artifacts: { in: given } } });
    expect(leaf).toMatchObject({
      spec: {
        inputs: {
          artifacts: [
            {
              name: 'in',
              path: '/in',
              mode: 420,
              optional: false,
              artifact: { name: 'in', s3: { key: 'k' }, archive: { none: {} } },
            },
          ],
        },
      },
    });
  });

  it('are left out when they are optional and lie nowhere', () => {
    const leaf = rendered({ inputs: { artifacts: [{ name: 'in', path: '/in', optional: true }] } });
    expect(leaf).toMatchObject({ spec: { inputs: { artifacts: [] } } });
  });

  it.each<[string, Artifact, string]>([
    ['none is supplied', { name: 'in', path: '/in' }, "required artifact 'in' not supplied"],
    [
      'there is no path',
      { name: 'in', raw: { data: '' } },
      "error in inputs.artifacts.in: Artifact 'in' did not specify a path",
    ],
  ])('are an Error where %s', (_what, artifact, message) => {
    expect(rendered({ inputs: { artifacts: [artifact] } })).toMatchObject({
      outcome: { phase: 'Error', message },
    });
  });
});

describe('logs', () => {
  it.each<[string, Template, object]>([
    ['not at all', {}, { archiveLogs: false }],
    [
      'where the template says',
      { archiveLocation: { archiveLogs: true, s3 } },
      { archiveLogs: true, logsLocation: { s3: { bucket: 'b', key: 'logs/demo/demo' } } },
    ],
    [
      'in the default store',
      { archiveLocation: { archiveLogs: true } },
      { logsLocation: { s3: { key: 'demo/demo' } } },
    ],
  ])('are kept %s', (_what, template, expected) => {
    expect(rendered(template)).toMatchObject({ spec: expected });
  });
});

describe('cleanPath', () => {
  it.each([
    ['/a/./b/', '/a/b'],
    ['/a/b/../b/c', '/a/b/c'],
    ['/safe/x/../y', undefined],
    ['/safe/..', undefined],
  ])('%s', (path, expected) => {
    const cleaned = cleanPath({ name: 'a', path });
    expect(cleaned.ok ? cleaned.value : undefined).toBe(expected);
  });
});
