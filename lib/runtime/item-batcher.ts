/** ItemBatcher: several items for each child of a Distributed Map. */

import type { JsonValue } from '../asl/json.ts';
import { QUOTAS } from '../asl/quotas.ts';
import { countField } from './map-items.ts';
import type { PreparedBatcher, PreparedMap } from './prepared.ts';
import { dataLimitExceeded } from './state-failure.ts';
import { evaluateTemplate } from './template.ts';
import { scopeOf, type Visit } from './visit.ts';

export interface Batch {
  readonly input: JsonValue;
  /** Items within, for the tolerated share of failures. */
  readonly items: number;
}

export async function batchItems(
  visit: Visit<PreparedMap>,
  batcher: PreparedBatcher,
  items: readonly JsonValue[],
): Promise<readonly Batch[]> {
  const { payloads } = visit.frame.run;
  const mostItems = (await countField(visit, batcher.items)) || Number.POSITIVE_INFINITY;
  const mostBytes = (await countField(visit, batcher.bytes)) || QUOTAS.payloadBytes;
  const shared = batcher.input && (await evaluateTemplate(batcher.input, scopeOf(visit), visit));
  const around = shared === undefined ? {} : { BatchInput: shared };
  const bytesOf = (value: JsonValue) => Buffer.byteLength(payloads.text(value));
  const empty = bytesOf({ ...around, Items: [] });

  const batches: Batch[] = [];
  let open: JsonValue[] = [];
  let bytes = empty;
  const close = () => {
    if (open.length > 0) batches.push({ input: { ...around, Items: open }, items: open.length });
    open = [];
    bytes = empty;
  };
  for (const item of items) {
    const more = bytesOf(item) + 1;
    if (open.length >= mostItems || bytes + more > mostBytes) close();
    if (bytes + more > QUOTAS.payloadBytes) throw dataLimitExceeded(visit.stateName);
    open.push(item);
    bytes += more;
  }
  close();
  return batches;
}
