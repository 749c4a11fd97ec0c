/** The suspend handler: parks the token of a suspended node, or of whatever a suspended run holds back. */

import type { JsonObject, JsonValue } from '../protocol/json.ts';
import { heldNode } from '../store/suspensions.ts';
import { isHeld } from './heed-orders.ts';
import type { Handler, HandlerWorld } from './world.ts';

export const suspend: Handler = async (payload, world) => {
  if (payload['op'] === 'hold') return await hold(payload, world);
  const { kind, outcome } = (payload['task'] ?? {}) as JsonObject;
  if (kind === 'done') {
    await world.answer(String(payload['token']), { output: outcome ?? {} });
    return {};
  }
  await world.suspensions.park({
    run: String(payload['run']),
    node: String(payload['node']),
    token: String(payload['token']),
    template: String(payload['template'] ?? ''),
    task: payload['task'] ?? {},
  });
  return {};
};

/** Whoever resumes the run says so before looking for what is held, so one of the two sees the other. */
async function hold(payload: JsonObject, world: HandlerWorld): Promise<JsonValue> {
  const { name: run } = payload['run'] as { readonly name: string };
  const token = String(payload['token']);
  const node = heldNode(token);
  await world.suspensions.park({ run, node, token, template: '', task: {} });
  if (isHeld(await world.orders(run))) return {};
  if (await world.suspensions.take(run, node)) await world.answer(token, { output: {} });
  return {};
}
