import { describe, expect, it } from 'vitest';
import type { Retrier } from '../../lib/asl/state-machine.ts';
import { taskError } from '../../lib/runtime/index.ts';
import { createRetryPlan, retryDelay } from '../../lib/runtime/retry.ts';
import { invoke, machine, runMachine, typesOf } from './run-machine.ts';

const rule = (more: Partial<Retrier>): Retrier => ({ ErrorEquals: ['States.ALL'], ...more });

describe('pauses', () => {
  const cases: readonly (readonly [Partial<Retrier>, readonly number[]])[] = [
    [{}, [1000, 2000, 4000]],
    [{ IntervalSeconds: 5, BackoffRate: 1 }, [5000, 5000, 5000]],
    [{ IntervalSeconds: 3, BackoffRate: 1.5 }, [3000, 4500, 6750]],
    [{ MaxDelaySeconds: 3 }, [1000, 2000, 3000]],
    [{ JitterStrategy: 'NONE' }, [1000, 2000, 4000]],
  ];
  it.each(cases)('%j', (fields, pauses) => {
    expect(pauses.map((_, i) => retryDelay(rule(fields), i, () => 0.5))).toEqual(pauses);
  });
  it('draws jitter between nothing and the whole pause', () => {
    const full = rule({ IntervalSeconds: 10, JitterStrategy: 'FULL' });
    expect([0, 0.25, 0.999].map((drawn) => retryDelay(full, 1, () => drawn))).toEqual([0, 5000, 19_980]);
  });
  it('stays finite', () => {
    expect(retryDelay(rule({ BackoffRate: 10 }), 5000, () => 1)).toBeLessThan(Number.POSITIVE_INFINITY);
  });
});

describe('counts', () => {
  it('are three by default, and none when MaxAttempts is 0', () => {
    const plan = createRetryPlan([rule({})], Math.random);
    expect([1, 2, 3, 4].map(() => plan.next('E') !== undefined)).toEqual([true, true, true, false]);
    expect(createRetryPlan([rule({ MaxAttempts: 0 })], Math.random).next('E')).toBeUndefined();
  });
  it('are kept for each rule, and the first rule that names the error decides', () => {
    const rules = [rule({ ErrorEquals: ['A'], MaxAttempts: 1 }), rule({ MaxAttempts: 2 })];
    const plan = createRetryPlan(rules, Math.random);
    const granted = ['A', 'B', 'B', 'A'].map((error) => plan.next(error) !== undefined);
    expect(granted).toEqual([true, true, true, false]);
    expect(plan.count).toBe(3);
  });

  it('show in the context and in the history', async () => {
    const Retry = [{ ErrorEquals: ['E'], MaxAttempts: 5, IntervalSeconds: 2, BackoffRate: 1 }];
    const state = invoke('{% $states.context.State.RetryCount %}', { Retry, Output: '{% $states.result %}' });
    const seen: unknown[] = [];
    const result = await runMachine(machine({ T: state }), {}, async (request) => {
      seen.push(request.arguments);
      if (seen.length < 3) throw taskError('E');
      return seen.length;
    });
    expect(seen).toMatchObject([{ Payload: 0 }, { Payload: 1 }, { Payload: 2 }]);
    expect(result).toMatchObject({ output: 3, elapsed: 4000 });
    expect(typesOf(result).filter((type) => type === 'TaskScheduled')).toHaveLength(3);
    expect(typesOf(result).filter((type) => type === 'TaskStateEntered')).toHaveLength(1);
    const [first, second] = result.events.filter((event) => event.type === 'TaskScheduled');
    expect(second?.previousEventId).toBe((first?.id ?? 0) + 2);
  });
});
