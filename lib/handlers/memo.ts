/** The memo handler: looks up what a memoized template gave before, and saves what it gives now. */
import { memoOf } from '../evaluate/leaf/memo.ts';
import { outcomeOf } from '../evaluate/told-outcome.ts';
import type { JsonValue } from '../protocol/json.ts';
import type { Outcome } from '../protocol/outcome.ts';
import { stageRequestFrom } from './make-ready.ts';
import { withOutputs } from './outputs.ts';
import { type Handler, outcomeError } from './world.ts';

export const memo: Handler = async (payload, world) => {
  const request = stageRequestFrom(payload);
  if (payload['op'] === 'save') return await save(payload['memo'], payload['outcome'], world);
  const bundle = await world.bundle(String(payload['machine']));
  const found = memoOf(bundle, request.template, request);
  if (!found.ok)
    throw outcomeError({ node: request.node, phase: 'Error', message: found.error, notStarted: true });
  if (found.value === undefined) return {};
  const { key, cacheName, maxAgeMs } = found.value;
  const entry = await world.memo.load(cacheName, key);
  const hit = entry !== undefined && (maxAgeMs === undefined || world.now() - entry.savedAt <= maxAgeMs);
  const memoization = { hit, key, cacheName };
  if (!hit) return { memoization };
  const now = new Date(world.now()).toISOString();
  const outcome: Outcome = {
    node: request.node,
    phase: 'Succeeded',
    startedAt: now,
    finishedAt: now,
    memoization,
    ...(entry.outputs && { outputs: entry.outputs }),
  };
  return { memoization, outcome: outcome as unknown as JsonValue };
};

type SaveWorld = Parameters<Handler>[1];

/** Only what Succeeded is saved; the outcome learns that it was looked up in vain. */
async function save(
  looked: JsonValue | undefined,
  ended: JsonValue | undefined,
  world: SaveWorld,
): Promise<JsonValue> {
  const memoization = (looked as { readonly memoization?: Outcome['memoization'] } | undefined)?.memoization;
  if (memoization === undefined) return ended ?? {};
  const outcome = outcomeOf(ended as unknown as Outcome);
  if (outcome.phase === 'Succeeded') {
    const whole = await withOutputs(outcome, world.blobs);
    await world.memo.save(memoization.cacheName, memoization.key, {
      outputs: whole.outputs,
      savedAt: world.now(),
    });
  }
  return { ...outcome, memoization } as unknown as JsonValue;
}
