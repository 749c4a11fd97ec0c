/**
 * Calls to the table fail at any moment, and whoever made them is called again: nothing is lost, nothing
 * given twice.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tableGates } from '../../lib/aws/gate-table.ts';
import { tableLocks } from '../../lib/aws/lock-table.ts';
import type { Table } from '../../lib/aws/table.ts';
import { rememberAnswers } from './answers.ts';
import { openTable, type TestTable } from './dynamo.ts';

let opened: TestTable;
let counter = 0;
beforeAll(async () => {
  opened = await openTable();
});
afterAll(() => opened.close());

const now = () => 1_700_000_000_000;
const sleep = async () => undefined;

/** Fails before or after the call that it makes, by chance. */
function faulty(table: Table, chance: Iterator<number>): Table {
  const maybe = async <T>(act: () => Promise<T>): Promise<T> => {
    const fate = chance.next().value as number;
    if (fate === 0) throw new Error('lost before');
    const result = await act();
    if (fate === 1) throw new Error('lost after');
    return result;
  };
  return {
    get: (key) => maybe(() => table.get(key)),
    put: (row, options) => maybe(() => table.put(row, options)),
    update: (update) => maybe(() => table.update(update)),
    delete: (key) => maybe(() => table.delete(key)),
    query: (query) => table.query(query),
  };
}

/** As Step Functions retries a function that failed. */
async function insist(act: () => Promise<void>): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    try {
      return await act();
    } catch {
      // It is called again.
    }
  }
  throw new Error('nothing helps');
}

const chances = fc.infiniteStream(fc.nat(25));

it('gates open although calls are lost', async () => {
  await fc.assert(
    fc.asyncProperty(chances, async (chance) => {
      const answers = rememberAnswers();
      const gates = tableGates(faulty(opened.table, chance), answers.answer, now);
      counter += 1;
      const key = (name: string) => `faulty-${counter}/${name}`;
      await Promise.all([
        insist(() => gates.wait([key('a'), key('b')], 'first')),
        insist(() => gates.release(key('a'), 1)),
        insist(() => gates.release(key('b'), 2)),
        insist(() => gates.wait([key('b')], 'second')),
      ]);
      expect(answers.of('first')).toEqual({ output: { outcomes: [1, 2] } });
      expect(answers.of('second')).toEqual({ output: { outcomes: [2] } });
    }),
    { numRuns: 25 },
  );
});

it('locks are kept and handed on although calls are lost', async () => {
  await fc.assert(
    fc.asyncProperty(chances, fc.integer({ min: 1, max: 2 }), async (chance, limit) => {
      const answers = rememberAnswers();
      const locks = tableLocks({ table: faulty(opened.table, chance), answer: answers.answer, now, sleep });
      counter += 1;
      const run = `faulty-run-${counter}`;
      const holders = ['a', 'b', 'c', 'd'];
      const wanted = [{ name: `faulty-lock-${counter}`, limit }];
      await Promise.all(
        holders.map((holder, at) =>
          insist(() => locks.acquire({ run, holder, token: holder, wanted, priority: 0, at })),
        ),
      );
      const done = new Set<string>();
      while (done.size < holders.length) {
        const holding = answers.tokens().filter((token) => !done.has(token));
        expect(holding.length).toBeGreaterThan(0);
        expect(holding.length).toBeLessThanOrEqual(limit);
        const [leaving = ''] = holding;
        done.add(leaving);
        await insist(() => locks.release(run, leaving));
      }
    }),
    { numRuns: 25 },
  );
});

it('a holder that another call admits is told, although that call is lost before it can tell', async () => {
  const { table } = opened;
  const answers = rememberAnswers();
  const world = { answer: answers.answer, now, sleep };
  const claim = (holder: string, at: number) => ({
    run: 'admitted-run',
    holder,
    token: holder,
    wanted: [{ name: 'admitted-lock', limit: 1 }],
    priority: 0,
    at,
  });
  const lossy: Table = {
    ...table,
    update: async (update) => {
      const updated = await table.update(update);
      if (update.sk === 'state') throw new Error('lost after');
      return updated;
    },
  };
  const overtaken: Table = {
    ...table,
    put: async (row, options) => {
      const put = await table.put(row, options);
      const other = tableLocks({ ...world, table: lossy });
      await expect(other.acquire(claim('second', 1))).rejects.toThrow('lost after');
      return put;
    },
  };
  await tableLocks({ ...world, table: overtaken }).acquire(claim('first', 0));
  expect(answers.tokens()).toEqual(['first']);
});
