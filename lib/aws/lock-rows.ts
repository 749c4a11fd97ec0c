/** Rows of locks in the table, and what whoever reads or writes them is given. */
import type { AnswerToken } from '../store/answer.ts';
import type { Wanted } from '../store/locks.ts';
import type { Space } from './lock-line.ts';
import type { Row, RowKey, Table } from './table.ts';

export interface LockTable {
  readonly table: Table;
  readonly answer: AnswerToken;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

export interface LockSpace extends LockTable {
  readonly name: string;
}

export function stateKey(space: string): RowKey {
  return { pk: `locks#${space}`, sk: 'state' };
}

/** Infinity has no place in a row: without a limit there is none. */
export function plainWanted({ name, limit, failFast }: Wanted): Readonly<Record<string, unknown>> {
  return { name, ...(Number.isFinite(limit) && { limit }), ...(failFast && { failFast }) };
}

export function wantedOf(row: Row): readonly Wanted[] {
  const wanted = row['wanted'] as readonly (Omit<Wanted, 'limit'> & { readonly limit?: number })[];
  return wanted.map((one) => ({ ...one, limit: one.limit ?? Number.POSITIVE_INFINITY }));
}

/** What a space's state row says; nothing is held where there is none yet. */
export function spaceIn(state: Row | undefined): Space {
  return {
    held: (state?.['held'] ?? {}) as Space['held'],
    failed: (state?.['failed'] ?? []) as readonly string[],
  };
}
