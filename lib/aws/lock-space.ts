/** Settles a space of locks: takes what was freed, admits whoever can be admitted, and tells them. */
import { type Admission, admit, type Freed, type Space, type Waiting } from './lock-line.ts';
import { type LockSpace, spaceIn, stateKey, wantedOf } from './lock-rows.ts';
import { expiresAfterRun } from './row-time.ts';
import type { Row } from './table.ts';

/** Far more than any crowd needs, since each write serves everybody who stands in line. */
const MOST_ROUNDS = 500;
const LONGEST_PAUSE_MS = 200;

interface Seen {
  readonly version: number | undefined;
  readonly space: Space;
  readonly freed: readonly (Freed & { readonly row: Row })[];
  readonly line: readonly (Waiting & { readonly row: Row })[];
}

/*
 * Who holds what stands in one row, and is written only if nobody wrote it since it was read; so no two
 * writers can give
 * away the same place. The rows are read in this order: state, freed, line. A claim that is freed leaves
 * the line before
 * its mark is taken away, and its mark moves the version; so it cannot be seen waiting by anybody who does
 * not see the
 * mark as well, and nothing can be given to it any more. The last round finds nothing to do: whoever
 * entered the line
 * before what was freed could be seen, is seen by it.
 */
export async function settleSpace(space: LockSpace): Promise<void> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const seen = await look(space);
    const admission = admit(seen.space, seen.freed, seen.line);
    const changes = seen.freed.length > 0 || admission.granted.length > 0;
    if (changes && !(await write(space, seen, admission.space))) {
      await space.sleep(Math.random() * Math.min(LONGEST_PAUSE_MS, 5 * 2 ** round));
      continue;
    }
    await tell(space, seen, admission);
    if (!changes) return;
  }
  throw new Error(`too much is going on at the locks of ${space.name}`);
}

async function look({ table, name }: LockSpace): Promise<Seen> {
  const state = await table.get(stateKey(name));
  const freed: (Freed & { readonly row: Row })[] = [];
  for await (const row of table.query({ pk: `locks#${name}`, prefix: 'free#' }))
    freed.push({ id: String(row['id']), failed: (row['failed'] ?? []) as readonly string[], row });
  const line: (Waiting & { readonly row: Row })[] = [];
  for await (const row of table.query({ pk: `locks#${name}`, prefix: 'wait#' }))
    line.push({ id: String(row['id']), wanted: wantedOf(row), row });
  return {
    version: state?.['version'] as number | undefined,
    space: spaceIn(state),
    freed,
    line,
  };
}

async function write({ table, name, now }: LockSpace, seen: Seen, space: Space): Promise<boolean> {
  const version = (seen.version ?? 0) + 1;
  const { held, failed } = space;
  const written = await table.update({
    ...stateKey(name),
    set: { version, held, failed, expires: expiresAfterRun(now()) },
    when: { version: { is: seen.version } },
  });
  return written.ok;
}

/** Told first, then taken out of the line: who was not told is found there again. */
async function tell(space: LockSpace, seen: Seen, admission: Admission): Promise<void> {
  const { table, answer } = space;
  const rows = new Map(seen.line.map(({ id, row }) => [id, row]));
  const finish = async (id: string, isRefused: boolean) => {
    const row = rows.get(id);
    if (row === undefined) return;
    const key = { pk: String(row['claimPk']), sk: String(row['claimSk']) };
    const claim = await table.get(key);
    if (claim !== undefined && claim['id'] === id)
      await answer(String(claim['token']), { output: isRefused ? { refused: true } : {} });
    if (isRefused && claim?.['id'] === id) await table.delete(key);
    await table.delete(row);
  };
  await Promise.all([
    ...[...admission.granted, ...admission.untold].map((id) => finish(id, false)),
    ...admission.refused.map((id) => finish(id, true)),
  ]);
  const gone = new Set(seen.freed.map(({ id }) => id));
  await Promise.all(seen.line.filter(({ id }) => gone.has(id)).map(({ row }) => table.delete(row)));
  await Promise.all(seen.freed.map(({ row }) => table.delete(row)));
}
