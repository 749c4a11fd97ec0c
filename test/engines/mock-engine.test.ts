import { expect, it } from 'vitest';

import { createMockEngine, type MockRule } from '../../lib/engines/mock-engine.ts';
import { createBench, sh, taskSpec } from './leaf-spec.ts';

function bench(rules: readonly MockRule[]) {
  let now = Date.parse('2030-01-01T00:00:00Z');
  const sleep = async (ms: number) => {
    now += ms;
  };
  const engine = createMockEngine({ rules, sleep });
  const made = createBench(() => engine);
  const run = (spec: ReturnType<typeof taskSpec>) => made.run(spec, { now: () => now });
  return { engine, run };
}

it('answers by node and template, each time the next answer', async () => {
  const { run } = bench([
    { node: 'wf[*].flaky*', answers: [{ exitCode: 1 }, { result: 'at last' }] },
    { template: 'build', answers: [{ phase: 'Error', message: 'no disk' }] },
  ]);
  const flaky = taskSpec(sh('never run'), { node: 'wf[0].flaky(0)', outputs: { result: true } });
  expect(await run(flaky)).toMatchObject({ phase: 'Failed', message: 'main: Error (exit code 1)' });
  expect((await run(flaky)).outputs?.result).toBe('at last');
  expect((await run(flaky)).outputs?.result).toBe('at last');
  expect(await run(taskSpec(sh(''), { template: 'build' }))).toMatchObject({
    phase: 'Error',
    message: 'no disk',
  });
  expect((await run(taskSpec(sh('')))).phase).toBe('Succeeded');
});

it('gives outputs as the template declares them', async () => {
  const { run } = bench([{ answers: [{ parameters: { a: '1' }, artifacts: { f: 'text' } }] }]);
  const artifact = { s3: { key: 'k' } };
  const outputs = {
    parameters: [
      { name: 'a', path: '/a', globalName: 'g' },
      { name: 'b', path: '/b', default: 'two' },
    ],
    artifacts: [
      { name: 'f', path: '/f', artifact, optional: false },
      { name: 'spare', path: '/s', artifact, optional: true },
    ],
  };
  const outcome = await run(taskSpec(sh(''), { outputs }));
  expect(outcome.outputs?.parameters).toEqual({ a: '1', b: 'two' });
  expect(outcome.outputs?.artifacts).toEqual({ f: { name: 'f', raw: { data: 'text' } } });
  expect(outcome.globals).toEqual({ parameters: { g: '1' } });
});

it('lets time pass on the clock, up to a deadline', async () => {
  const { run } = bench([{ answers: [{ seconds: 3600 }] }]);
  const outcome = await run(taskSpec(sh('')));
  expect(Date.parse(outcome.finishedAt ?? '') - Date.parse(outcome.startedAt ?? '')).toBe(3_600_000);
  const late = await run(taskSpec(sh(''), { activeDeadlineSeconds: 60 }));
  expect(late).toMatchObject({
    phase: 'Failed',
    message: 'Pod was active on the node longer than the specified deadline',
  });
});

it('keeps daemons until they are stopped', async () => {
  const { engine, run } = bench([]);
  expect(await run(taskSpec(sh(''), { daemon: true }))).toMatchObject({ phase: 'Running', ip: '127.0.0.1' });
  expect(await engine.stop('wf.leaf')).toMatchObject({ phase: 'Succeeded' });
  expect(await engine.stop('wf.leaf')).toBeUndefined();
});
