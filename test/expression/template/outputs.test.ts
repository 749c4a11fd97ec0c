/** Outputs of templates and loops, artifacts, retry variables, data transformations, http conditions. */
import { expect, test } from 'vitest';
import { httpOutcome } from '../../../lib/expression/http-condition.ts';
import { aggregateOutputs } from '../../../lib/expression/outputs-aggregate.ts';
import { resolveArtifact } from '../../../lib/expression/outputs-artifact.ts';
import { transformData } from '../../../lib/expression/outputs-data.ts';
import { retryScope } from '../../../lib/expression/outputs-retry.ts';
import { outputValue } from '../../../lib/expression/outputs-value.ts';
import { expandScope, type Scope } from '../../../lib/expression/scope.ts';

const scope: Scope = new Map([
  ['steps.a.outputs.result', '7'],
  ['steps.off.outputs.parameters.p', null],
]);

test('valueFrom takes expressions and parameters, and the default where there is nothing', () => {
  expect(outputValue({ expression: 'asInt(steps.a.outputs.result) * 1.5' }, scope, 'o')).toMatchObject({
    text: '10.5',
  });
  expect(outputValue({ expression: '[1, nil, {a: "x"}]' }, scope, 'o')).toMatchObject({
    text: '[1 <nil> map[a:x]]',
  });
  expect(outputValue({ parameter: '{{steps.a.outputs.result}}' }, scope, 'o')).toMatchObject({ text: '7' });
  expect(outputValue({ parameter: '{{steps.off.outputs.parameters.p}}' }, scope, 'o')).toMatchObject({
    ok: false,
  });
  expect(outputValue({ parameter: '{{steps.no.outputs.result}}', default: 'd' }, scope, 'o')).toMatchObject({
    text: 'd',
  });
  expect(outputValue({ parameter: '{{=len("a")}}' }, new Map(), 'o')).toMatchObject({ ok: true, text: '1' });
  expect(outputValue({ parameter: '{{=asInt("1")}}' }, new Map(), 'o')).toMatchObject({ ok: false });
});

test('a loop gives lists in the order of its items, of what succeeded', () => {
  const result = aggregateOutputs([
    { name: 's(10:x)', phase: 'Succeeded', result: '{"a": 1.0}', parameters: { p: '[1, 2.0]' } },
    { name: 's(2:y)', phase: 'Succeeded', result: '2', parameters: { p: '{}' } },
    { name: 's(3:z)', phase: 'Failed', result: '3', parameters: { p: '{}' } },
  ]);
  expect(result.ok && Object.fromEntries(result.values)).toEqual({
    'outputs.result': '[2,{"a":1.0}]',
    'outputs.parameters': '[{"p":"{}"},{"p":"[1, 2.0]"}]',
    'outputs.parameters.p': '[{},[1,2]]',
  });
  expect(aggregateOutputs([{ name: 's(0:x)', phase: 'Succeeded', result: 'no json' }])).toMatchObject({
    ok: false,
  });
});

test('artifacts are found by name and by expression, with a path below their key', () => {
  const from = (reference: object) =>
    resolveArtifact(reference, {
      variables: new Map([['inputs.parameters.dir', 'd/{{x}}']]),
      artifacts: new Map([['steps.a.outputs.artifacts.f', 'key']]),
      appendToKey: (artifact, subPath) => ({ ok: true, artifact: `${artifact}/${subPath}` }),
    });
  expect(from({ from: '{{steps.a.outputs.artifacts.f}}' })).toEqual({ ok: true, artifact: 'key' });
  expect(from({ fromExpression: 'steps.b?.outputs ?? steps.a.outputs.artifacts.f' })).toMatchObject({
    artifact: 'key',
  });
  expect(
    from({
      fromExpression: 'true ? steps.a.outputs.artifacts.f : nil',
      subPath: '{{inputs.parameters.dir}}',
    }),
  ).toEqual({ ok: true, artifact: 'key/d/{{x}}' });
  expect(from({ fromExpression: 'inputs.parameters.dir' })).toMatchObject({ ok: false });
});

test('retry variables tell of the last attempt', () => {
  expect(Object.fromEntries(retryScope([{ phase: 'Failed', exitCode: '2', seconds: 0.5 }]))).toEqual({
    retries: '0',
    'lastRetry.exitCode': '2',
    'lastRetry.status': 'Failed',
    'lastRetry.duration': '0.5',
    'lastRetry.message': '',
  });
  expect(retryScope([]).size).toBe(0);
});

test('data is transformed step by step', () => {
  const steps = ['filter(data, # endsWith ".txt")', 'map(data, trimSuffix(#, ".txt"))'];
  expect(transformData(['a.txt', 'b.pdf'], steps)).toMatchObject({ ok: true, json: '["a"]' });
  expect(transformData(['a'], ['data', 'asInt("1")'])).toMatchObject({ ok: false });
});

test('an http template succeeds by its condition, or by a 2xx status', () => {
  const exchange = {
    request: { method: 'GET', url: 'http://h/', body: '', headers: new Map() },
    response: { statusCode: 404, body: '{"ok": true}', headers: new Map([['x-id', ['1']]]) },
  };
  expect(httpOutcome('', exchange)).toMatchObject({ phase: 'Failed' });
  expect(httpOutcome('fromJSON(response.body).ok', exchange)).toMatchObject({ phase: 'Succeeded' });
  expect(httpOutcome('response.headers["X-Id"][0] == "1"', exchange)).toMatchObject({ phase: 'Succeeded' });
  expect(httpOutcome('response.nothing', exchange)).toMatchObject({ ok: false });
});

test('dotted names become maps, and a name gives way to those below it', () => {
  const env = expandScope(
    new Map([
      ['a', 'lost'],
      ['a-b', 'kept'],
      ['a.b', '1'],
      ['a.c.d', '2'],
    ]),
  );
  expect([...env.keys()]).toEqual(['a', 'a-b']);
  expect(env.get('a')).toMatchObject({ kind: 'map' });
});
