/** Large outputs lie in the blob store; a state carries only where. */
import { createHash } from 'node:crypto';
import type { StageRequest } from '../evaluate/requests.ts';
import { outcomeOf } from '../evaluate/told-outcome.ts';
import { type BlobStore, blobJson } from '../protocol/blob-store.ts';
import type { JsonValue } from '../protocol/json.ts';
import type { Globals, Outcome, Outputs } from '../protocol/outcome.ts';
import { itemsOf } from './batches.ts';
import type { HandlerWorld } from './world.ts';

/** Bytes of outputs that an outcome made by a handler may carry. */
const INLINE_BYTES = 4096;

interface Spilled {
  readonly outputs?: Outputs;
  readonly globals?: Globals;
}

/** The outcome with its outputs, and those of its items and hooks, wherever they lie. */
export async function withOutputs(found: Outcome, blobs: BlobStore): Promise<Outcome> {
  const outcome = outcomeOf(found);
  const inner = outcome.batches === undefined ? outcome.items : await itemsOf(outcome.batches, blobs);
  const all = async (some: readonly Outcome[] | undefined) =>
    some === undefined ? undefined : await Promise.all(some.map((one) => withOutputs(one, blobs)));
  const [items, hooks] = await Promise.all([all(inner), all(outcome.hooks)]);
  const whole: Outcome = { ...outcome, ...(items && { items }), ...(hooks && { hooks }) };
  if (whole.outputsRef === undefined) return whole;
  const spilled = await blobJson<Spilled>(blobs, whole.outputsRef);
  if (spilled === undefined) throw new Error(`outputs of ${whole.node} are gone: ${whole.outputsRef}`);
  const { outputsRef: _ref, ...rest } = whole;
  return {
    ...rest,
    ...spilled,
    ...(spilled.outputs && { outputs: { ...rest.outputs, ...spilled.outputs } }),
  };
}

/** The outcome that a leaf had in an earlier attempt at the run, where it counts as done. */
export async function doneBefore(
  { run, node }: Pick<StageRequest, 'run' | 'node'>,
  world: Pick<HandlerWorld, 'earlier' | 'blobs'>,
): Promise<JsonValue | undefined> {
  const outcome = await world.earlier(run, node);
  return outcome && ((await spill(outcome, world.blobs)) as unknown as JsonValue);
}

/** The outcome with outputs past its budget put away. */
export async function spill(outcome: Outcome, blobs: BlobStore): Promise<Outcome> {
  const { outputs, globals, ...rest } = outcome;
  const content: Spilled = { ...(outputs && { outputs }), ...(globals && { globals }) };
  const text = JSON.stringify(content);
  if (Buffer.byteLength(text) <= INLINE_BYTES) return outcome;
  const key = `outputs/${createHash('sha256').update(outcome.node).update(text).digest('hex')}.json`;
  await blobs.put(key, text);
  return { ...rest, outputsRef: key };
}
