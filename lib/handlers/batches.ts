/** Loops of many items: their calls are put away in batches, each for an execution of its own, and so is what comes out. */
import { createHash } from 'node:crypto';
import { exportedBy, latest } from '../evaluate/globals.ts';
import type { BatchedLoop, Call, Done, Loop, Member } from '../evaluate/requests.ts';
import { outcomeOf } from '../evaluate/told-outcome.ts';
import { type BlobStore, blobJson } from '../protocol/blob-store.ts';
import type { JsonObject, JsonValue } from '../protocol/json.ts';
import type { BatchOutcome, CaughtOutcome, NodePhase, Outcome } from '../protocol/outcome.ts';

/** Characters of calls that an execution may be handed; AWS limits what flows to 256 KiB (SFN-DG/service-quotas). */
const MOST_CHARACTERS = 150_000;
/** So many batches may be told of in one answer, and may answer themselves. */
const MOST_BATCHES = 1_000;
const AT_ONCE = 32;

/** `request.batches` names the loops that can be batched, with how many items an execution can take. */
export async function withBatches(
  members: Readonly<Record<string, Member>>,
  request: JsonObject,
  blobs: BlobStore,
): Promise<Readonly<Record<string, Member | BatchedLoop>>> {
  const sizes = (request['batches'] ?? {}) as Readonly<Record<string, number>>;
  const kept: Record<string, Member | BatchedLoop> = {};
  for (const [name, member] of Object.entries(members)) {
    const size = sizes[name];
    kept[name] = size === undefined || member.kind !== 'loop' ? member : await batched(member, size, blobs);
  }
  return kept;
}

async function batched(loop: Loop, size: number, blobs: BlobStore): Promise<Loop | BatchedLoop> {
  const characters = JSON.stringify(loop.items).length;
  if (loop.items.length <= size && characters <= MOST_CHARACTERS) return loop;
  const most = Math.max(size, Math.ceil(loop.items.length / MOST_BATCHES));
  const { items, ...rest } = loop;
  const batches = await inTurn(cut(items, most), (batch) => putAway(batch, blobs));
  return { ...rest, batches };
}

/** Cuts where a batch has enough items, or enough text. */
function cut(items: Loop['items'], most: number): readonly (readonly (Call | Done)[])[] {
  const batches: (Call | Done)[][] = [];
  let room = 0;
  for (const item of items) {
    const length = JSON.stringify(item).length;
    const last = batches.at(-1);
    if (last === undefined || last.length >= most || length > room) {
      batches.push([item]);
      room = MOST_CHARACTERS - length;
    } else {
      last.push(item);
      room -= length;
    }
  }
  return batches;
}

export async function putAway(value: unknown, blobs: BlobStore): Promise<string> {
  const text = JSON.stringify(value);
  const key = `outputs/${createHash('sha256').update(text).digest('hex')}.json`;
  await blobs.put(key, text);
  return key;
}

/** The calls of a batch. */
export async function takeBatch(key: string, blobs: BlobStore): Promise<JsonValue> {
  return { items: await readList<JsonValue>(key, blobs) };
}

/** What is left of a batch that has run: no more than what the machine asks about, and where the rest lies. */
export async function closeBatch(items: readonly Outcome[], blobs: BlobStore): Promise<JsonValue> {
  const outcomes = items.map(outcomeOf);
  const failed = outcomes.filter(({ phase }) => phase === 'Failed' || phase === 'Error');
  const globals = exportedBy(outcomes);
  const last = latest(outcomes.flatMap(({ finishedAt }) => finishedAt ?? []));
  const closed: BatchOutcome = {
    phase: failed.at(-1)?.phase ?? 'Succeeded',
    phases: [...new Set(outcomes.map(({ phase }): NodePhase => phase))],
    ...(last !== undefined && { finishedAt: last }),
    ...(Object.keys(globals).length > 0 && { globals }),
    items: await putAway(outcomes, blobs),
  };
  return closed as unknown as JsonValue;
}

/** The items of all batches, in their order. */
export async function itemsOf(
  batches: readonly (BatchOutcome | CaughtOutcome)[],
  blobs: BlobStore,
): Promise<readonly Outcome[]> {
  const read = async (batch: BatchOutcome | CaughtOutcome) =>
    'caught' in batch ? [outcomeOf(batch)] : await readList<Outcome>(batch.items, blobs);
  return (await inTurn(batches, read)).flat();
}

async function readList<T>(key: string, blobs: BlobStore): Promise<readonly T[]> {
  const list = await blobJson<readonly T[]>(blobs, key);
  if (list === undefined) throw new Error(`a batch of items is gone: ${key}`);
  return list;
}

export async function inTurn<T, R>(all: readonly T[], act: (one: T) => Promise<R>): Promise<readonly R[]> {
  const done: R[] = [];
  for (let at = 0; at < all.length; at += AT_ONCE)
    done.push(...(await Promise.all(all.slice(at, at + AT_ONCE).map(act))));
  return done;
}
