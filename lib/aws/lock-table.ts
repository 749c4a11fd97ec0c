/**
 * Locks in the table: claims are rows of their run, lines and what is held stand in a space that a run's
 * slots have to themselves.
 */
import type { Claim, Locks, Wanted } from '../store/locks.ts';
import { failFastNames, isFull, isLimited, orderOf, type Space, shortName } from './lock-line.ts';
import { type LockSpace, type LockTable, plainWanted, spaceIn, stateKey, wantedOf } from './lock-rows.ts';
import { settleSpace } from './lock-space.ts';
import { expiresAfterRun, keyHash } from './row-time.ts';
import type { Row, RowKey, Table } from './table.ts';

const CLAIM = 'holds#';
const SHARED = 'shared';

/*
 * A claim is written, then enters the line, then the space is settled. A release marks its claim as free in
 * the space,
 * then settles. Any of these may be repeated after a loss: each finds what it did before and goes on from
 * there.
 */
export function tableLocks(world: LockTable): Locks {
  const { table } = world;
  const spaceOf = (name: string): LockSpace => ({ ...world, name });
  return {
    async acquire(claim) {
      const known = await writeClaim(world, claim);
      const space = spaceOf(String(known['space']));
      if (await isEnded(table, claim.run)) {
        await releaseRows(world, [known]);
        return;
      }
      if (!claim.wanted.some(isLimited)) return answerAtOnce(space, known, claim);
      const id = String(known['id']);
      if (isHolder(await spaceState(space), id)) return world.answer(claim.token, { output: {} });
      await enter(space, known, claim.wanted);
      await settleUnlessFull(space, id, claim.wanted);
      // The run may have ended while it entered; whoever ends a run says so before looking at its claims.
      if (await isEnded(table, claim.run)) await releaseRows(world, [known]);
    },
    async release(run, holder, failed = false) {
      const claim = await table.get(claimKey(run, holder));
      if (claim === undefined) return;
      await releaseRows(world, [claim], failed);
    },
    async hasFailed(name) {
      const run = /^slot:([^:]*):/.exec(name)?.[1];
      const { failed } = await spaceState(spaceOf(run === undefined ? SHARED : `run#${run}`));
      return failed.includes(shortName(name));
    },
    async releaseRun(run) {
      const claims: Row[] = [];
      for await (const row of table.query({ pk: `run#${run}`, prefix: CLAIM })) claims.push(row);
      await releaseRows(world, claims);
    },
    async forgetRun(run) {
      await table.delete(stateKey(`run#${run}`));
    },
  };
}

function claimKey(run: string, holder: string): RowKey {
  return { pk: `run#${run}`, sk: `${CLAIM}${keyHash(holder)}` };
}

/**
 * Slots of one run cannot meet those of another; mutexes and semaphores can, and several may be wanted at
 * once.
 */
function spaceName(claim: Claim): string {
  const own = `slot:${claim.run}:`;
  return claim.wanted.every(({ name }) => name.startsWith(own)) ? `run#${claim.run}` : SHARED;
}

/**
 * A claim that is made again, since the first call was lost, keeps its place in the line and gets the new
 * token.
 */
async function writeClaim({ table, now }: LockTable, claim: Claim): Promise<Row> {
  const key = claimKey(claim.run, claim.holder);
  const { token, priority, at } = claim;
  const id = keyHash(JSON.stringify([claim.run, claim.holder, token]));
  const wanted = claim.wanted.map(plainWanted);
  const written = await table.update({
    ...key,
    set: { token, expires: expiresAfterRun(now()) },
    setOnce: { id, wanted, order: orderOf({ priority, at }), space: spaceName(claim) },
  });
  if (!written.ok) throw new Error('an update without a condition was refused');
  return written.row;
}

async function isEnded(table: Table, run: string): Promise<boolean> {
  return (await table.get({ pk: `run#${run}`, sk: 'run' }))?.['ended'] === true;
}

/** What has no limit need not stand in a line; it may be refused. */
async function answerAtOnce(space: LockSpace, claim: Row, { token, wanted }: Claim): Promise<void> {
  const { failed } = await spaceState(space);
  const isRefused = failFastNames(wanted).some((name) => failed.includes(name));
  if (isRefused) await space.table.delete(claim);
  await space.answer(token, { output: isRefused ? { refused: true } : {} });
}

async function enter({ table, name, now }: LockSpace, claim: Row, wanted: readonly Wanted[]): Promise<void> {
  await table.put({
    pk: `locks#${name}`,
    sk: `wait#${String(claim['order'])}#${String(claim['id'])}`,
    id: claim['id'],
    wanted: wanted.map(plainWanted),
    claimPk: claim.pk,
    claimSk: claim.sk,
    expires: expiresAfterRun(now()),
  });
}

async function spaceState({ table, name }: LockSpace): Promise<Space> {
  return spaceIn(await table.get(stateKey(name)));
}

function isHolder({ held }: Space, id: string): boolean {
  return Object.values(held).some((ids) => ids.includes(id));
}

/**
 * Where a lock is taken nobody can be admitted now: its release looks at the line again, after this claim
 * entered it. A claim that another call has admitted since then may be one that was never told.
 */
async function settleUnlessFull(space: LockSpace, id: string, wanted: readonly Wanted[]): Promise<void> {
  const state = await spaceState(space);
  const isRefused = failFastNames(wanted).some((name) => state.failed.includes(name));
  const isTaken = !isHolder(state, id) && wanted.some((one) => isFull(state, one));
  if (!isRefused && isTaken) return;
  await settleSpace(space);
}

/**
 * Marks claims as free, settles their spaces, and only then forgets them, so that a repetition finds them.
 */
async function releaseRows(world: LockTable, claims: readonly Row[], failed = false): Promise<void> {
  const spaces = new Set<string>();
  for (const claim of claims) {
    const wanted = wantedOf(claim);
    const names = failed ? failFastNames(wanted) : [];
    if (names.length === 0 && !wanted.some(isLimited)) continue;
    const space = String(claim['space']);
    const id = String(claim['id']);
    const expires = expiresAfterRun(world.now());
    await world.table.put({ pk: `locks#${space}`, sk: `free#${id}`, id, failed: names, expires });
    spaces.add(space);
  }
  for (const space of spaces) await settleSpace({ ...world, name: space });
  await Promise.all(claims.map(({ pk, sk }) => world.table.delete({ pk, sk })));
}
