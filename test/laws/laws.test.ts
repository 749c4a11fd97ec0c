/** Laws that every workflow keeps, tried on random ones; see oracle.ts for what is expected of them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTaskError, taskError } from '../../lib/runtime/index.ts';
import { earlierOutcome, standing } from '../../lib/status/earlier.ts';
import { statusOf } from '../../lib/status/status.ts';
import { modelArb } from './draw.ts';
import { live } from './live.ts';
import { type Model, yamlOf } from './model.ts';
import { foretell } from './oracle.ts';
import { compileText, findingsOf, leftOf, type Simulated } from './simulated-run.ts';

const RUNS = Number(process.env['ARGOSY_LAW_RUNS'] ?? 50);
const options = (runs: number) => ({
  numRuns: Math.ceil(runs),
  ...(process.env['ARGOSY_LAW_SEED'] && { seed: Number(process.env['ARGOSY_LAW_SEED']) }),
});

async function holds(law: (model: Model) => Promise<void> | void, runs = RUNS): Promise<void> {
  const property = fc.asyncProperty(modelArb, async (model) => {
    try {
      await orHang(law(model));
    } catch (thrown) {
      throw new Error(`${thrown instanceof Error ? thrown.message : String(thrown)}\n${yamlOf(model)}`);
    }
  });
  await fc.assert(property, options(runs));
}

/** A run that hangs is told with its workflow, not by the time limit of the whole test. */
async function orHang(work: Promise<void> | void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const hang = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('it does not end')), 15_000);
  });
  await Promise.race([work, hang]).finally(() => clearTimeout(timer));
}

function phasesOf({ status }: Simulated): Record<string, string> {
  return Object.fromEntries([...status.nodes].map(([name, { phase }]) => [name, phase]).sort());
}

function sorted<T>(map: ReadonlyMap<string, T>): Record<string, T> {
  return Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe('laws', { timeout: 300_000 }, () => {
  test('a run ends as Argo would end it: the same nodes with the same phases', async () => {
    await holds(async (model) => {
      const expected = foretell(model);
      const { run } = await live(model);
      expect(phasesOf(run)).toEqual(sorted(expected.nodes));
      expect(run.status.phase).toBe(expected.phase);
    });
  });

  test('nothing waits for anything that the YAML does not make it wait for', async () => {
    await holds(async (model) => {
      const expected = foretell(model);
      const { run, ran } = await live(model);
      const spans = ran.map(({ node, ...span }) => [node, span] as const);
      expect(sorted(new Map(spans))).toEqual(sorted(expected.leaves));
      expect(spans).toHaveLength(expected.leaves.size);
      expect(run.milliseconds / 1000).toBe(expected.end);
    });
  });

  test('while a run goes on, whatever is shown hangs on the tree, as it does at the end', async () => {
    await holds(async (model) => {
      const { run } = await live(model);
      const { bundle } = run.compiled;
      const step = Math.ceil(run.events.length / 8);
      for (let length = step; length < run.events.length; length += step) {
        const childHistory = (arn: string) => run.childEvents.get(arn);
        const { nodes } = statusOf(run.events.slice(0, length), { bundle, workflow: 'wf', childHistory });
        const children = new Set([...nodes.values()].flatMap((node) => node.children));
        for (const [name, { type, boundary }] of nodes) {
          expect(run.status.nodes.get(name)).toMatchObject({ type, ...(boundary && { boundary }) });
          if (boundary !== undefined) expect(children).toContain(name);
        }
        if (nodes.size > 0) expect([...nodes.keys()]).toContain('wf');
      }
    });
  });

  test('machines are the same each time, and AWS has nothing to object', async () => {
    await holds((model) => {
      const text = yamlOf(model);
      const { compiled } = compileText(text);
      expect(JSON.stringify(compileText(text).compiled.machine)).toBe(JSON.stringify(compiled.machine));
      expect(findingsOf(compiled)).toEqual([]);
      for (const name of Object.keys(compiled.origins)) expect(name.length).toBeLessThanOrEqual(80);
    });
  });

  test('in several machines the same happens at the same times', async () => {
    let divided = 0;
    await holds(async (model) => {
      const whole = JSON.stringify(compileText(yamlOf(model)).compiled.machine).length;
      const definitionSize = Math.floor(whole * (0.4 + (model.seed % 10) / 10));
      const expected = foretell(model);
      const { run, ran } = await live(model, { definitionSize });
      divided += Object.keys(run.compiled.parts).length > 0 ? 1 : 0;
      for (const machine of Object.values(run.compiled.parts))
        expect(findingsOf({ ...run.compiled, machine })).toEqual([]);
      expect(phasesOf(run)).toEqual(sorted(expected.nodes));
      expect(run.status.phase).toBe(expected.phase);
      const spans = ran.map(({ node, ...span }) => [node, span] as const);
      expect(sorted(new Map(spans))).toEqual(sorted(expected.leaves));
      expect(run.milliseconds / 1000).toBe(expected.end);
    });
    expect(divided).toBeGreaterThan(0);
  });

  test('a run that is tried again does what is left, once, and ends as Argo would end it', async () => {
    await holds(async (model) => {
      const { run: first } = await live(model);
      if (first.status.phase === 'Succeeded') return;
      const earlier = leftOf(first);
      const facts = new Map(earlier.facts.map((fact) => [fact.name, fact]));
      // Attempts that are done are there as they were; others are counted anew.
      const had = (node: string) =>
        standing(node, earlier.retries) === 'done'
          ? facts.get(node)?.outcome
          : earlierOutcome(node, earlier.retries, (name) => facts.get(name));
      const again: Model = {
        ...model,
        settled: (node) => (had(node)?.phase ?? 'Succeeded') === 'Succeeded',
      };
      const { run: second, ran } = await live(again, { earlier });
      const expected = foretell(again);
      expect(phasesOf(second)).toEqual(sorted(expected.nodes));
      expect(second.status.phase).toBe(expected.phase);
      const left = [...expected.leaves.keys()].filter((node) => had(node) === undefined);
      expect(ran.map(({ node }) => node).sort()).toEqual(left.sort());
      for (const node of expected.leaves.keys()) {
        const { startedAt } = had(node) ?? {};
        if (startedAt !== undefined) expect(second.status.nodes.get(node)?.startedAt).toBe(startedAt);
      }
    }, RUNS / 2);
  });

  test('a run with parallelism has the same tree, and never more leaves at once', async () => {
    await holds(async (model) => {
      const limit = 1 + (model.seed % 3);
      const { run, most } = await live({ ...model, parallelism: limit });
      expect(phasesOf(run)).toEqual(sorted(foretell(model).nodes));
      expect(most).toBeLessThanOrEqual(limit);
    }, RUNS / 2);
  });
});

function throttleOf(resource: string): string {
  if (resource.includes('lambda')) return 'Lambda.TooManyRequestsException';
  return resource.includes('startExecution')
    ? 'StepFunctions.ThrottlingException'
    : 'ECS.ThrottlingException';
}

describe('faults', () => {
  test('throttles are repeated, and change nothing', async () => {
    await holds(async (model) => {
      const calls = new Map<string, number>();
      const { run, ran } = await live(model, {
        around: (tasks) => ({
          run: async (request) => {
            const key = JSON.stringify(request.arguments).replace(/"(now|token|Value)":"[^"]*"/g, '');
            const times = calls.get(key) ?? 0;
            calls.set(key, times + 1);
            if (times < (key.length + model.seed) % 3)
              throw taskError(throttleOf(request.resource), 'slow down');
            return await tasks.run(request);
          },
        }),
      });
      expect(phasesOf(run)).toEqual(sorted(foretell(model).nodes));
      expect(new Set(ran.map(({ node }) => node)).size).toBe(ran.length);
    }, RUNS / 2);
  });

  test('an answer of a function that is lost is asked for again, and nothing is done twice', async () => {
    await holds(async (model) => {
      let calls = model.seed % 5;
      const { run, ran } = await live(model, {
        around: (tasks) => ({
          run: async (request) => {
            const answer = await tasks.run(request);
            calls += 1;
            if (calls % 5 === 0 && request.resource === 'arn:aws:states:::lambda:invoke')
              throw taskError('Lambda.SdkClientException', 'the connection was lost');
            return answer;
          },
        }),
      });
      expect(phasesOf(run)).toEqual(sorted(foretell(model).nodes));
      expect(new Set(ran.map(({ node }) => node)).size).toBe(ran.length);
    }, RUNS / 2);
  });

  test('a killed task is an Error of its node alone: the run ends, and every node with it', async () => {
    await holds(async (model) => {
      const { run, ran } = await live(model, {
        accident: (node) =>
          (node.length + model.seed) % 4 === 0
            ? taskError('States.TaskFailed', '{"StopCode":"SpotInterruption"}')
            : undefined,
      });
      expect(isTaskError(run.execution.error)).toBe(false);
      const ended = [...run.status.nodes].filter(
        ([, { phase }]) => phase === 'Running' || phase === 'Pending',
      );
      expect(ended).toEqual([]);
      expect(new Set(ran.map(({ node }) => node)).size).toBe(ran.length);
      expect(run.execution.error ?? 'Argo.').toMatch(/^Argo\./);
    }, RUNS / 2);
  });

  test('a run that is aborted ends at once, whatever it was doing', async () => {
    await holds(async (model) => {
      const controller = new AbortController();
      let calls = 0;
      const { run } = await live(model, {
        signal: controller.signal,
        around: (tasks) => ({
          run: async (request) => {
            calls += 1;
            if (calls === 3 + (model.seed % 20)) controller.abort();
            return await tasks.run(request);
          },
        }),
      });
      if (controller.signal.aborted)
        expect(['ABORTED', 'FAILED', 'SUCCEEDED']).toContain(run.execution.status);
      expect(run.status.phase).not.toBe('Running');
    }, RUNS / 4);
  });
});
