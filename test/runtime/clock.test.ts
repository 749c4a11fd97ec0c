import { setMaxListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { realClock, virtualClock } from '../../lib/runtime/index.ts';

describe('virtual clock', () => {
  it('wakes sleepers by time, then in their order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(20), { maxLength: 200 }), async (delays) => {
        const clock = virtualClock(0);
        const woken: [number, number][] = [];
        await Promise.all(
          delays.map(async (ms, i) => {
            await clock.sleep(ms);
            expect(clock.now()).toBe(ms);
            woken.push([ms, i]);
          }),
        );
        expect(woken).toEqual([...woken].sort(([a, i], [b, j]) => a - b || i - j));
      }),
      { numRuns: 50 },
    );
  });

  it('lets a woken sleeper lie down again before the next one wakes', async () => {
    const clock = virtualClock(0);
    const order: string[] = [];
    const first = async () => {
      await clock.sleep(1);
      await clock.sleep(1);
      order.push(`first ${clock.now()}`);
    };
    const second = clock.sleep(3).then(() => order.push(`second ${clock.now()}`));
    await Promise.all([first(), second]);
    expect(order).toEqual(['first 2', 'second 3']);
  });

  it('stands still while somebody is busy', async () => {
    const clock = virtualClock(0);
    const sleeping = clock.sleep(5);
    const seen = await clock.busy(async () => {
      for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
      return clock.now();
    });
    expect(seen).toBe(0);
    await sleeping;
    expect(clock.now()).toBe(5);
  });

  it('forgets sleepers that are aborted', async () => {
    const clock = virtualClock(0);
    const controller = new AbortController();
    setMaxListeners(0, controller.signal);
    const many = Array.from({ length: 500 }, (_, i) =>
      clock.sleep(1000 + i, controller.signal).catch(() => 'gone'),
    );
    const kept = clock.sleep(7);
    controller.abort(new Error('enough'));
    expect(new Set(await Promise.all(many))).toEqual(new Set(['gone']));
    await kept;
    expect(clock.now()).toBe(7);
    await expect(clock.sleep(1, controller.signal)).rejects.toThrow('enough');
  });
});

describe('real clock', () => {
  it('sleeps and can be woken by abort', async () => {
    const clock = realClock();
    const before = clock.now();
    await clock.sleep(5);
    expect(clock.now() - before).toBeGreaterThanOrEqual(4);
    const controller = new AbortController();
    const long = clock.sleep(10 ** 12, controller.signal);
    controller.abort(new Error('stop'));
    await expect(long).rejects.toThrow('stop');
  });
});
