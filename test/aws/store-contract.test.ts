/**
 * One contract for the stores of waiting tokens, kept by the implementations in memory and in the table
 * alike.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tableGates } from '../../lib/aws/gate-table.ts';
import { tableLocks } from '../../lib/aws/lock-table.ts';
import { tableMemoCache } from '../../lib/aws/memo-table.ts';
import { tableSuspensions } from '../../lib/aws/suspension-table.ts';
import type { AnswerToken } from '../../lib/store/answer.ts';
import { type Gates, memoryGates } from '../../lib/store/gates.ts';
import { type Locks, memoryLocks } from '../../lib/store/locks.ts';
import { type MemoCache, memoryMemoCache } from '../../lib/store/memo-cache.ts';
import { memoryStore } from '../../lib/store/memory-store.ts';
import { memorySuspensions, type Suspensions } from '../../lib/store/suspensions.ts';
import { rememberAnswers } from './answers.ts';
import { openTable, type TestTable } from './dynamo.ts';

interface Implementation {
  readonly gates: (answer: AnswerToken) => Gates;
  readonly locks: (answer: AnswerToken) => Locks;
  readonly suspensions: () => Suspensions;
  readonly memo: () => MemoCache;
}

let opened: TestTable;
beforeAll(async () => {
  opened = await openTable();
});
afterAll(() => opened.close());

const now = () => 1_700_000_000_000;
const sleep = async () => undefined;

const implementations: Readonly<Record<string, Implementation>> = {
  memory: {
    gates: memoryGates,
    locks: memoryLocks,
    suspensions: memorySuspensions,
    memo: memoryMemoCache,
  },
  table: {
    gates: (answer) => tableGates(opened.table, answer, now),
    locks: (answer) => tableLocks({ table: opened.table, answer, now, sleep }),
    suspensions: () => tableSuspensions(opened.table, now),
    memo: () => tableMemoCache(opened.table, memoryStore(), now),
  },
};

let counter = 0;
const next = (): number => {
  counter += 1;
  return counter;
};
/** Names that no other test uses, since all share one table. */
const fresh = (name: string) => `${name}-${next()}`;

const claim = (run: string, holder: string, names: readonly string[], more: object = {}) => ({
  run,
  holder,
  token: `${run}/${holder}`,
  wanted: names.map((name) => ({ name, limit: 1 })),
  priority: 0,
  at: next(),
  ...more,
});

describe.each(Object.entries(implementations))('stores: %s', (_name, make) => {
  describe('gates', () => {
    it('answers once all keys are released, with their values in order', async () => {
      const answers = rememberAnswers();
      const gates = make.gates(answers.answer);
      const run = fresh('run');
      await gates.release(`${run}/a`, { phase: 'Succeeded' });
      await gates.wait([`${run}/b`, `${run}/a`], 'token');
      expect(answers.of('token')).toBeUndefined();
      await gates.release(`${run}/b`, null);
      expect(answers.of('token')).toEqual({ output: { outcomes: [null, { phase: 'Succeeded' }] } });
    });

    it('keeps the first value of a key', async () => {
      const answers = rememberAnswers();
      const gates = make.gates(answers.answer);
      const key = `${fresh('run')}/a`;
      await gates.release(key, 1);
      await gates.release(key, 2);
      await gates.wait([key], 'token');
      expect(answers.of('token')).toEqual({ output: { outcomes: [1] } });
    });

    it('loses no waiter, in whatever order waits and releases meet', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.uniqueArray(fc.nat(4), { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 }),
          fc.infiniteStream(fc.nat(1000)),
          async (waits, order) => {
            const answers = rememberAnswers();
            const gates = make.gates(answers.answer);
            const run = fresh('run');
            const acts = [
              ...waits.map(
                (keys, at) => () =>
                  gates.wait(
                    keys.map((key) => `${run}/${key}`),
                    `token-${at}`,
                  ),
              ),
              ...[0, 1, 2, 3, 4].map((key) => () => gates.release(`${run}/${key}`, key)),
            ];
            const shuffled = acts.map((act) => [order.next().value, act] as const).sort(([a], [b]) => a - b);
            await Promise.all(shuffled.map(([, act]) => act()));
            waits.forEach((keys, at) => {
              expect(answers.of(`token-${at}`)).toEqual({ output: { outcomes: keys } });
            });
          },
        ),
        { numRuns: 25 },
      );
    });
  });

  describe('locks', () => {
    it('hands a mutex on in order of priority, then of time', async () => {
      const answers = rememberAnswers();
      const locks = make.locks(answers.answer);
      const [run, name] = [fresh('run'), fresh('mutex')];
      await locks.acquire(claim(run, 'first', [name]));
      await locks.acquire(claim(run, 'early', [name]));
      await locks.acquire(claim(run, 'late', [name]));
      await locks.acquire(claim(run, 'urgent', [name], { priority: 5 }));
      expect(answers.tokens()).toEqual([`${run}/first`]);
      for (const holder of ['first', 'urgent', 'early', 'late']) await locks.release(run, holder);
      expect(answers.tokens()).toEqual(['first', 'urgent', 'early', 'late'].map((one) => `${run}/${one}`));
    });

    it('gives all locks or none, and whoever stands first holds back those behind', async () => {
      const answers = rememberAnswers();
      const locks = make.locks(answers.answer);
      const [run, a, b] = [fresh('run'), fresh('a'), fresh('b')];
      await locks.acquire(claim(run, 'holds a', [a]));
      await locks.acquire(claim(run, 'wants both', [a, b]));
      await locks.acquire(claim(run, 'wants b', [b]));
      expect(answers.tokens()).toEqual([`${run}/holds a`]);
      await locks.release(run, 'holds a');
      expect(answers.tokens()).toEqual([`${run}/holds a`, `${run}/wants both`]);
      await locks.release(run, 'wants both');
      expect(answers.of(`${run}/wants b`)).toEqual({ output: {} });
    });

    it('keeps the limit of a semaphore', async () => {
      const answers = rememberAnswers();
      const locks = make.locks(answers.answer);
      const [run, name] = [fresh('run'), fresh('semaphore')];
      const wanted = [{ name, limit: 2 }];
      for (const holder of ['a', 'b', 'c']) await locks.acquire(claim(run, holder, [], { wanted }));
      expect(answers.tokens()).toEqual([`${run}/a`, `${run}/b`]);
      await locks.release(run, 'b');
      expect(answers.tokens()).toHaveLength(3);
    });

    it('answers a holder that asks again, and keeps the place of one that waits', async () => {
      const answers = rememberAnswers();
      const locks = make.locks(answers.answer);
      const [run, name] = [fresh('run'), fresh('mutex')];
      await locks.acquire(claim(run, 'holds', [name]));
      await locks.acquire(claim(run, 'holds', [name], { token: 'again' }));
      expect(answers.of('again')).toEqual({ output: {} });
      await locks.acquire(claim(run, 'waits', [name]));
      await locks.acquire(claim(run, 'waits', [name], { token: 'waits again' }));
      await locks.release(run, 'holds');
      expect(answers.of('waits again')).toEqual({ output: {} });
    });

    it('frees all that a run holds or waits for', async () => {
      const answers = rememberAnswers();
      const locks = make.locks(answers.answer);
      const [run, other, a, b] = [fresh('run'), fresh('run'), fresh('a'), fresh('b')];
      await locks.acquire(claim(run, 'one', [a]));
      await locks.acquire(claim(run, 'two', [b]));
      await locks.acquire(claim(run, 'three', [a, b]));
      await locks.acquire(claim(other, 'waits', [a, b]));
      await locks.releaseRun(run);
      expect(answers.tokens()).toEqual([`${run}/one`, `${run}/two`, `${other}/waits`]);
    });

    it('refuses once a holder with failFast has failed', async () => {
      const answers = rememberAnswers();
      const locks = make.locks(answers.answer);
      const run = fresh('run');
      const name = `slot:${run}:body`;
      for (const limit of [1, Number.POSITIVE_INFINITY]) {
        const wanted = [{ name: `${name}${limit}`, limit, failFast: true }];
        await locks.acquire(claim(run, `fails ${limit}`, [], { wanted }));
        await locks.acquire(claim(run, `waits ${limit}`, [], { wanted }));
        expect(await locks.hasFailed(`${name}${limit}`)).toBe(false);
        await locks.release(run, `fails ${limit}`, true);
        expect(await locks.hasFailed(`${name}${limit}`)).toBe(true);
        await locks.acquire(claim(run, `late ${limit}`, [], { wanted }));
        expect(answers.of(`${run}/late ${limit}`)).toEqual({ output: { refused: true } });
      }
      expect(answers.of(`${run}/waits 1`)).toEqual({ output: { refused: true } });
    });

    it('never gives more than there is, and leaves nobody waiting for what is free', async () => {
      const wantedOf = fc.uniqueArray(fc.nat(2), { minLength: 1, maxLength: 3 });
      const arrivals = fc.array(fc.record({ wanted: wantedOf, priority: fc.nat(1) }), {
        minLength: 1,
        maxLength: 7,
      });
      await fc.assert(
        fc.asyncProperty(arrivals, fc.infiniteStream(fc.nat(6)), async (claims, chance) => {
          const answers = rememberAnswers();
          const locks = make.locks(answers.answer);
          const run = fresh('run');
          const limits = [1, 2, 3];
          const names = limits.map((_, at) => `${run}-lock-${at}`);
          await Promise.all(
            claims.map(({ wanted, priority }, at) =>
              locks.acquire(
                claim(run, String(at), [], {
                  wanted: wanted.map((one) => ({ name: names[one] ?? '', limit: limits[one] ?? 0 })),
                  priority,
                }),
              ),
            ),
          );
          const holding = new Set<number>();
          const done = new Set<number>();
          while (done.size < claims.length) {
            claims.forEach((_, at) => {
              if (!done.has(at) && answers.of(`${run}/${at}`) !== undefined) holding.add(at);
            });
            expect(holding.size).toBeGreaterThan(0);
            limits.forEach((limit, lock) => {
              const count = [...holding].filter((at) => claims[at]?.wanted.includes(lock)).length;
              expect(count).toBeLessThanOrEqual(limit);
            });
            const leaving = [...holding].filter(() => chance.next().value < 4);
            if (leaving.length === 0) leaving.push([...holding][0] ?? 0);
            for (const at of leaving) {
              holding.delete(at);
              done.add(at);
            }
            await Promise.all(leaving.map((at) => locks.release(run, String(at))));
          }
        }),
        { numRuns: 20 },
      );
    });
  });

  it('keeps suspended nodes of a run until somebody takes them', async () => {
    const suspensions = make.suspensions();
    const run = fresh('run');
    const one = { run, node: 'wf.approve', token: 't', template: 'approve', task: { kind: 'wait' } };
    await suspensions.park(one);
    await suspensions.park({ ...one, run: fresh('run') });
    expect(await suspensions.list(run)).toEqual([one]);
    expect(await suspensions.take(run, 'wf.approve')).toBe(true);
    expect(await suspensions.take(run, 'wf.approve')).toBe(false);
    expect(await suspensions.list(run)).toEqual([]);
  });

  it('keeps memoized outputs of any size', async () => {
    const memo = make.memo();
    const cache = fresh('cache');
    expect(await memo.load(cache, 'key')).toBeUndefined();
    await memo.save(cache, 'key', { outputs: undefined, savedAt: 1 });
    expect(await memo.load(cache, 'key')).toEqual({ outputs: undefined, savedAt: 1 });
    const outputs = { parameters: { big: 'x'.repeat(500_000) } };
    await memo.save(cache, 'key', { outputs, savedAt: 2 });
    expect(await memo.load(cache, 'key')).toEqual({ outputs, savedAt: 2 });
  });
});
