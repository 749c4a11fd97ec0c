/** The Map state in its distributed mode: a Map Run, whose children are executions of their own. */

import type { JsonObject, JsonValue } from '../asl/json.ts';
import { QUOTAS } from '../asl/quotas.ts';
import { runWorkers } from './concurrency.ts';
import type { ChildRequest } from './interface.ts';
import { type Batch, batchItems } from './item-batcher.ts';
import { readItems } from './item-reader.ts';
import { countField, distributedItemsOf } from './map-items.ts';
import type { PreparedDistribution, PreparedMap } from './prepared.ts';
import { type ChildRecord, writeResults } from './result-writer.ts';
import { Cancelled, ERRORS, StateFailure } from './state-failure.ts';
import { evaluateTemplate } from './template.ts';
import { scopeOf, statesArn, type Visit } from './visit.ts';

/** On success the history ends with MapRunStarted: what follows all points back at it (recorded). */
export async function runDistributed(visit: Visit<PreparedMap>): Promise<JsonValue> {
  const { frame, state } = visit;
  const { run, trail } = frame;
  const distribution = state.distributed!;
  const { reader } = distribution;
  const limit = (await countField(visit, state.concurrency)) || QUOTAS.mapRunChildren;
  const given = reader === undefined ? await distributedItemsOf(visit) : undefined;
  const length = given?.length ?? 0;
  run.history.follow(trail, 'MapStateStarted', { mapStateStartedEventDetails: { length } });
  const mapRunArn = statesArn('mapRun', `${run.machineName}/${distribution.label}:${run.uuid()}`);
  run.history.follow(trail, 'MapRunStarted', { mapRunStartedEventDetails: { mapRunArn } });
  try {
    const items = given ?? (await readItems(visit, reader!));
    const inputs = await inputsOf(visit, distribution, items);
    const children = await runChildren(visit, inputs, Math.min(limit, QUOTAS.mapRunChildren), mapRunArn);
    return await writeResults(visit, distribution.writer, children, mapRunArn);
  } catch (thrown) {
    writeFailure(visit, thrown);
    throw thrown;
  }
}

function writeFailure(visit: Visit<PreparedMap>, thrown: unknown): void {
  const { run, trail } = visit.frame;
  if (thrown instanceof Cancelled) run.history.follow(trail, 'MapRunAborted');
  if (!(thrown instanceof StateFailure) || thrown.location !== undefined) return;
  const { error, reason } = thrown;
  const details = {
    ...(error === undefined ? {} : { error }),
    ...(reason === undefined ? {} : { cause: reason }),
  };
  run.history.follow(trail, 'MapRunFailed', { mapRunFailedEventDetails: details });
}

/** What each child gets: an item, what the selector makes of it, or a batch of those. */
async function inputsOf(
  visit: Visit<PreparedMap>,
  distribution: PreparedDistribution,
  items: readonly JsonObject[],
): Promise<readonly Batch[]> {
  const { selector } = visit.state;
  const inputs: JsonValue[] = [];
  for (const mapItem of items) {
    const selected =
      selector === undefined
        ? mapItem['Value']
        : await evaluateTemplate(selector, scopeOf(visit, { mapItem }), visit);
    inputs.push(selected ?? null);
  }
  if (distribution.batcher !== undefined) return batchItems(visit, distribution.batcher, inputs);
  return inputs.map((input) => ({ input, items: 1 }));
}

async function runChildren(
  visit: Visit<PreparedMap>,
  inputs: readonly Batch[],
  limit: number,
  mapRunArn: string,
): Promise<readonly ChildRecord[]> {
  const { frame } = visit;
  const cancel = frame.cancel.child();
  const records: ChildRecord[] = [];
  const tolerance = await toleranceOf(visit, inputs);
  let failed = 0;
  try {
    await runWorkers(inputs.length, limit, cancel, async (index) => {
      const { input, items } = inputs[index]!;
      const record = await runOne(visit, index, input, mapRunArn, cancel.onCancel);
      if (cancel.isCancelled) throw new Cancelled();
      records[index] = record;
      if (record.result.status === 'SUCCEEDED') return;
      failed += items;
      if (failed > tolerance) {
        throw new StateFailure(
          ERRORS.toleratedFailures,
          'The specified tolerated failure threshold was exceeded',
        );
      }
    });
  } finally {
    cancel.close();
  }
  return records;
}

async function runOne(
  visit: Visit<PreparedMap>,
  index: number,
  input: JsonValue,
  mapRunArn: string,
  onCancel: ChildRequest['onCancel'],
): Promise<ChildRecord> {
  const { run } = visit.frame;
  const name = run.uuid();
  const machineName = `${run.machineName}/${visit.state.distributed!.label}`;
  const executionArn = statesArn('execution', `${machineName}:${name}`);
  const startedAt = run.clock.now();
  const child = { executionArn, name, mapRunArn, parentArn: run.arn, index };
  const { events: _, ...result } = await run.runChild({
    child,
    block: visit.state.processor,
    machineName,
    input,
    options: run.options,
    payloads: run.payloads,
    onCancel,
  });
  return { input, name, startedAt, stoppedAt: run.clock.now(), result };
}

/**
 * How many items may fail. A share and a number may both be given; then the lesser holds. Neither means none.
 */
async function toleranceOf(visit: Visit<PreparedMap>, inputs: readonly Batch[]): Promise<number> {
  const total = inputs.reduce((sum, batch) => sum + batch.items, 0);
  const count = await countField(visit, visit.state.toleratedCount);
  const percentage = await countField(visit, visit.state.toleratedPercentage);
  if (count === undefined && percentage === undefined) return 0;
  const share = percentage === undefined ? Number.POSITIVE_INFINITY : (total * percentage) / 100;
  return Math.min(count ?? Number.POSITIVE_INFINITY, share);
}
