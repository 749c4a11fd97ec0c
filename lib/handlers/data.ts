/** The data handler: lists keys of an artifact store and passes them through the template's expressions. */
import { dataOutcome, renderData, transformData } from '../evaluate/leaf/data.ts';
import { artifactKey } from '../protocol/blob-store.ts';
import type { JsonValue } from '../protocol/json.ts';
import { heedSuspension, refuseWhenStopped } from './heed-orders.ts';
import { stageRequestFrom } from './make-ready.ts';
import { doneBefore, spill } from './outputs.ts';
import { type Handler, outcomeError } from './world.ts';

export const data: Handler = async (payload, world) => {
  const request = stageRequestFrom(payload);
  const orders = await heedSuspension(request.run.name, world);
  const earlier = await doneBefore(request, world);
  if (earlier !== undefined) return earlier;
  const bundle = await world.bundle(String(payload['machine']));
  const rendered = renderData(bundle, request);
  if (rendered.kind === 'done') throw outcomeError(rendered.outcome);
  refuseWhenStopped(request, orders, bundle.spec.shutdown);
  const store = (rendered.source['s3'] ?? {}) as { readonly key?: string };
  const prefix = artifactKey(store.key ?? '');
  const listed = await world.blobs.list(prefix);
  const keys = listed.map((one) => one.key.slice(artifactKey('').length));
  const now = new Date(world.now()).toISOString();
  const outcome = dataOutcome(request, transformData(rendered.transformation, keys), now);
  if (outcome.phase !== 'Succeeded') throw outcomeError(outcome);
  return (await spill(outcome, world.blobs)) as unknown as JsonValue;
};
