/** The lock handler: mutexes and semaphores of a template or of the run, taken together and given back together. */
import { type Lock, locksOf, runLocks } from '../evaluate/leaf/locks.ts';
import type { JsonObject, JsonValue } from '../protocol/json.ts';
import { heedSuspension } from './heed-orders.ts';
import { stageRequestFrom } from './make-ready.ts';
import { type Handler, type HandlerWorld, outcomeError } from './world.ts';

/** A slot of a template's children, or of a run's pods. */
interface Slot {
  /** Node of the template's body; empty for the run. */
  readonly scope: string;
  /** 0: no limit of its own. */
  readonly limit: number;
  readonly failFast: boolean;
}

async function slot(payload: JsonObject, world: HandlerWorld): Promise<JsonValue> {
  const run = payload['run'] as { readonly name: string; readonly uid: string; readonly priority?: number };
  const holder = `slot:${String(payload['node'])}`;
  if (payload['op'] === 'give slot') {
    await world.locks.release(run.uid, holder, payload['phase'] === 'Failed' || payload['phase'] === 'Error');
    return {};
  }
  const slots = payload['slots'] as unknown as readonly Slot[];
  const names = slots.map((one) => `slot:${run.uid}:${one.scope}`);
  if (payload['op'] === 'ask') {
    const failed = await Promise.all(names.map((name) => world.locks.hasFailed(name)));
    return failed.includes(true) ? { refused: true } : {};
  }
  if (slots.some((one) => one.scope === '' && one.limit <= 0)) {
    const node = String(payload['node']);
    const message = 'the run allows no pods at all: its parallelism is 0, so nothing would ever start';
    throw outcomeError({ node, phase: 'Error', message, notStarted: true });
  }
  await world.locks.acquire({
    run: run.uid,
    holder,
    token: String(payload['token']),
    wanted: slots.map((one, at) => ({
      name: names[at] ?? '',
      limit: one.limit > 0 ? one.limit : Number.POSITIVE_INFINITY,
      failFast: one.failFast,
    })),
    priority: 0,
    at: world.now(),
  });
  return {};
}

export const lock: Handler = async (payload, world) => {
  if (payload['slots'] !== undefined) return await slot(payload, world);
  const request = stageRequestFrom(payload);
  const run = request.run.name;
  const holder = payload['level'] === 'run' ? run : request.node;
  if (payload['op'] === 'release') {
    await world.locks.release(run, `${String(payload['level'] ?? 'node')}:${holder}`);
    return {};
  }
  if (payload['level'] !== 'run') await heedSuspension(run, world);
  const bundle = await world.bundle(String(payload['machine']));
  const found =
    payload['level'] === 'run'
      ? runLocks(bundle, { run: request.run, globals: request.globals })
      : locksOf(bundle, request.template, request);
  if (!found.ok)
    throw outcomeError({ node: request.node, phase: 'Error', message: found.error, notStarted: true });
  await world.locks.acquire({
    run,
    holder: `${String(payload['level'] ?? 'node')}:${holder}`,
    token: String(payload['token']),
    wanted: found.value.map((one) => ({ name: one.name, limit: limitOf(one) })),
    priority: request.run.priority ?? 0,
    at: world.now(),
  });
  return {};
};

/** A limit in a database is not known here; one holder is the careful reading. */
function limitOf(wanted: Lock): number {
  if (wanted.kind === 'mutex') return 1;
  return wanted.limit.kind === 'configMap' ? wanted.limit.limit : 1;
}
