import { describe, expect, it } from 'vitest';
import type { S3Artifact } from '../../../lib/argo/artifact.ts';
import type { Memoize, Synchronization } from '../../../lib/argo/policy.ts';
import type { Bundle } from '../../../lib/evaluate/bundle.ts';
import { dataOutcome, renderData, transformData } from '../../../lib/evaluate/leaf/data.ts';
import { locksOf, runLocks } from '../../../lib/evaluate/leaf/locks.ts';
import { memoOf } from '../../../lib/evaluate/leaf/memo.ts';
import { renderLeaf } from '../../../lib/evaluate/leaf/render-leaf.ts';
import { bundleOf, now, stage } from './fixtures.ts';

describe('data templates', () => {
  it('list the prefix of the default store, or of a store of their own', () => {
    const listed = (s3: S3Artifact) => {
      const source = { artifactPaths: { name: 'a', s3 } };
      return renderData(bundleOf({ data: { source } }), stage());
    };
    expect(listed({ key: '{{workflow.name}}/' })).toMatchObject({ source: { s3: { key: 'demo/' } } });
    expect(listed({ bucket: 'b', key: 'p/' })).toMatchObject({ source: { s3: { bucket: 'b', key: 'p/' } } });
    expect(listed({ bucket: 'b' })).toMatchObject({ source: { s3: { bucket: 'b' } } });
    expect(listed({})).toMatchObject({ source: { s3: { key: '' } } });
  });

  it.each<[string[], string]>([
    [[], '["a.txt","b.pdf"]'],
    [["filter(data, {# endsWith '.pdf'})"], '["b.pdf"]'],
    [["filter(data, {# endsWith '.pdf'})", "map(data, {# + '<'})"], '["b.pdf\\u003c"]'],
    [['len(data)'], '2'],
  ])('pass their keys through %j', (expressions, expected) => {
    const steps = expressions.map((expression) => ({ expression }));
    expect(transformData(steps, ['a.txt', 'b.pdf'])).toEqual({ ok: true, value: expected });
  });

  it('fail as main does upstream', () => {
    const outcome = dataOutcome(stage(), transformData([{ expression: 'nope' }], []), now);
    expect(outcome).toMatchObject({ phase: 'Failed', outputs: { exitCode: '64' } });
    expect(outcome.message).toContain(
      'main: Error (exit code 64): unable to process data template: unable to process data transformation: ' +
        'error processing data step 0: ',
    );
  });
});

describe('memoOf', () => {
  const memo = (memoize: Memoize, configMaps: Bundle['configMaps'] = {}) =>
    memoOf({ ...bundleOf({ container: {}, memoize }), configMaps }, 'work', stage({ retries: 1 }));
  const cache = { configMap: { name: 'c' } };

  it('puts values into the key and reads the age', () => {
    expect(memo({ key: '{{workflow.name}}-1', maxAge: '1h', cache })).toEqual({
      ok: true,
      value: { key: 'demo-1', cacheName: 'c', maxAgeMs: 3_600_000 },
    });
  });

  it('is nothing without memoize', () => {
    expect(memoOf(bundleOf({ container: {} }), 'work', stage())).toEqual({ ok: true, value: undefined });
  });

  it.each<[Memoize, Bundle['configMaps'], string]>([
    [{ key: 'a/b', cache }, {}, 'invalid cache key: a/b'],
    [{ key: 'a', maxAge: '5', cache }, {}, 'invalid maxAge: time: missing unit in duration "5"'],
    [
      { key: 'a', cache },
      { c: { data: {}, labels: {} } },
      "memoization configmap doesn't have workflows.argoproj.io/configmap-type label, refusing to use it",
    ],
  ])('is refused: %j', (memoize, configMaps, error) => {
    expect(memo(memoize, configMaps)).toEqual({ ok: false, error });
  });
});

describe('locks', () => {
  const configMaps = { limits: { data: { two: '2', none: '0' }, labels: {} } };
  const locks = (synchronization: Synchronization) =>
    locksOf({ ...bundleOf({ container: {}, synchronization }), configMaps }, 'work', stage());

  it('are named as Argo names them, semaphores first', () => {
    const mutexes = [{ name: 'm-{{workflow.name}}' }, { name: 'd', database: true, namespace: 'n' }];
    const semaphores = [{ configMapKeyRef: { name: 'limits', key: 'two' } }, { database: { key: 'k' } }];
    expect(locks({ mutexes, semaphores })).toEqual({
      ok: true,
      value: [
        {
          kind: 'semaphore',
          name: 'default/ConfigMap/limits/two',
          limit: { kind: 'configMap', name: 'limits', key: 'two', limit: 2 },
        },
        { kind: 'semaphore', name: 'default/Database/k', limit: { kind: 'database', key: 'default/k' } },
        { kind: 'mutex', name: 'default/Mutex/m-demo' },
        { kind: 'mutex', name: 'n/Database/d' },
      ],
    });
  });

  it.each<[string, Synchronization, string]>([
    [
      'a limit of zero',
      { semaphores: [{ configMapKeyRef: { name: 'limits', key: 'none' } }] },
      'failed to initialize semaphore default/ConfigMap/limits/none with limit',
    ],
    [
      'no ConfigMap',
      { semaphores: [{ configMapKeyRef: { name: 'nowhere', key: 'x' } }] },
      'failed to initialize semaphore default/ConfigMap/nowhere/x with limit',
    ],
    [
      'the same lock twice',
      { mutexes: [{ name: 'm' }, { name: 'm' }] },
      'requested configuration is invalid: duplicate synchronization item found',
    ],
    [
      'no source',
      { semaphores: [{}] },
      'requested configuration is invalid: ' +
        'cannot get LockName for a Semaphore without a ConfigMapRef or Database',
    ],
  ])('are refused with %s', (_what, synchronization, error) => {
    expect(locks(synchronization)).toEqual({ ok: false, error });
  });

  it('of a run read only its own variables', () => {
    const synchronization = { mutexes: [{ name: '{{workflow.name}}-{{pod.name}}' }] };
    expect(runLocks(bundleOf({}, { synchronization }), stage())).toMatchObject({
      value: [{ name: 'default/Mutex/demo-{{pod.name}}' }],
    });
  });
});

describe('templates that need a cluster', () => {
  it.each([
    [{ resource: { action: 'get' } }, 'kubectl'],
    [{ plugin: { x: {} } }, 'http template'],
  ])('are refused with what to do: %j', (template, remedy) => {
    const leaf = renderLeaf(bundleOf(template), stage());
    expect(leaf).toMatchObject({
      kind: 'done',
      outcome: { phase: 'Error', message: expect.stringContaining(remedy) },
    });
  });
});
