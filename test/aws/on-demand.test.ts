import { expect, it } from 'vitest';
import { onDemand } from '../../lib/aws/on-demand.ts';

it('loads a client once, when it is first asked, and hands on what it is asked', async () => {
  let loads = 0;
  const client = onDemand(async () => {
    loads += 1;
    return {
      add: async (one: number, other: number) => one + other,
      fail: async (): Promise<void> => {
        throw new Error('refused');
      },
    };
  });
  expect(loads).toBe(0);
  expect(await Promise.all([client.add(1, 2), client.add(3, 4)])).toEqual([3, 7]);
  await expect(client.fail()).rejects.toThrow('refused');
  expect(loads).toBe(1);
});

it('is not taken for a promise by whoever awaits it', async () => {
  const client = onDemand(async () => ({ answer: async () => 42 }));
  expect(await (await Promise.resolve(client)).answer()).toBe(42);
});
