import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Row } from '../../lib/aws/table.ts';
import { LISTED_RUNS, RUN_INDEX } from '../../lib/aws/table-schema.ts';
import { openTable, type TestTable } from './dynamo.ts';

let opened: TestTable;
beforeAll(async () => {
  opened = await openTable();
});
afterAll(() => opened.close());

async function all(rows: AsyncIterable<Row>): Promise<readonly Row[]> {
  const found: Row[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

it('puts once, and tells whether it did', async () => {
  const { table } = opened;
  expect(await table.put({ pk: 'once', sk: 'a', value: 1 }, { ifAbsent: true })).toBe(true);
  expect(await table.put({ pk: 'once', sk: 'a', value: 2 }, { ifAbsent: true })).toBe(false);
  expect(await table.get({ pk: 'once', sk: 'a' })).toMatchObject({ value: 1 });
});

it('updates only where the conditions hold, and answers the row either way', async () => {
  const { table } = opened;
  const key = { pk: 'update', sk: 'a' };
  const first = await table.update({ ...key, set: { a: 1 }, when: { a: { is: undefined } } });
  expect(first).toMatchObject({ ok: true, row: { a: 1 } });
  const second = await table.update({ ...key, set: { a: 2 }, when: { a: { is: 7 } } });
  expect(second).toMatchObject({ ok: false, row: { a: 1 } });
  const third = await table.update({
    ...key,
    add: { names: new Set(['x']) },
    setOnce: { a: 9, b: 3 },
    remove: ['c'],
  });
  expect(third).toMatchObject({ ok: true, row: { a: 1, b: 3, names: new Set(['x']) } });
});

it('deletes, and tells whether there was something', async () => {
  const { table } = opened;
  await table.put({ pk: 'delete', sk: 'a' });
  expect(await table.delete({ pk: 'delete', sk: 'a' })).toBe(true);
  expect(await table.delete({ pk: 'delete', sk: 'a' })).toBe(false);
});

it('reads a partition page by page, in order', async () => {
  const { table } = opened;
  for (const sk of ['b#2', 'a#1', 'b#1', 'c']) await table.put({ pk: 'query', sk });
  const found = await all(table.query({ pk: 'query', prefix: 'b#', pageSize: 1 }));
  expect(found.map(({ sk }) => sk)).toEqual(['b#1', 'b#2']);
});

it('lists rows of the index, newest first, from a given time on', async () => {
  const { table } = opened;
  for (const at of ['2026-01-01', '2026-01-03', '2026-01-02'])
    await table.put({ pk: `run#${at}`, sk: 'run', listed: LISTED_RUNS, at });
  const query = { pk: LISTED_RUNS, index: RUN_INDEX, descending: true } as const;
  expect((await all(table.query(query))).map((row) => row['at'])).toEqual([
    '2026-01-03',
    '2026-01-02',
    '2026-01-01',
  ]);
  const before = await all(table.query({ ...query, before: '2026-01-03' }));
  expect(before.map((row) => row['at'])).toEqual(['2026-01-02', '2026-01-01']);
});
