/** The Map state in its inline mode. */

import type { HistoryEventType, MapIterationEventDetails } from '../asl/history-event.ts';
import type { JsonObject, JsonValue } from '../asl/json.ts';
import { QUOTAS } from '../asl/quotas.ts';
import { runWorkers } from './concurrency.ts';
import { runDistributed } from './distributed-map.ts';
import { countField, itemsOf } from './map-items.ts';
import type { PreparedMap } from './prepared.ts';
import { type Attempts, recover, reportEvaluation } from './recovery.ts';
import { Cancelled, StateFailure } from './state-failure.ts';
import { evaluateTemplate } from './template.ts';
import { type Frame, innerVariables, type Leaving, scopeOf, type Visit } from './visit.ts';

const ATTEMPTS: Attempts<PreparedMap> = {
  attempt: (visit) => (visit.state.distributed === undefined ? runInline(visit) : runDistributed(visit)),
  succeeded: ({ frame: { run, trail }, state }) => {
    const runSucceeded = state.distributed && run.history.add('MapRunSucceeded', trail.last);
    run.history.add('MapStateSucceeded', runSucceeded ?? trail.last);
  },
  failed: ({ frame }) => void frame.run.history.follow(frame.trail, 'MapStateFailed'),
  aborted: ({ frame }) => void frame.run.history.follow(frame.trail, 'MapStateAborted'),
};

export function runMap(visit: Visit<PreparedMap>): Promise<Leaving> {
  return recover(visit, ATTEMPTS);
}

async function runInline(visit: Visit<PreparedMap>): Promise<JsonValue> {
  const { frame, state } = visit;
  const { run, trail } = frame;
  const items = await itemsOf(visit);
  const given = await countField(visit, state.concurrency);
  const most = QUOTAS.inlineMapConcurrency;
  const limit = given === undefined || given === 0 ? most : Math.min(given, most);
  await countField(visit, state.toleratedCount);
  await countField(visit, state.toleratedPercentage);
  const start = run.history.follow(trail, 'MapStateStarted', {
    mapStateStartedEventDetails: { length: items.length },
  });
  const outputs: JsonValue[] = items.map(() => null);
  const cancel = frame.cancel.child();
  // Each worker follows on from its last iteration: the start of the next points at the end of that one
  // (recorded).
  const ends = Array.from({ length: Math.min(limit, items.length) }, () => start);
  // AWS starts all that may run before the first of them goes on.
  const started = ends.map((_, index) => writeIteration(visit, 'Started', index, start));
  let failed: number | undefined;
  try {
    await runWorkers(items.length, limit, cancel, async (index, worker) => {
      const first = started[index] ?? writeIteration(visit, 'Started', index, ends[worker] ?? start);
      const inner: Frame = {
        run,
        variables: innerVariables(frame.variables),
        trail: { last: first },
        cancel,
        mapItem: { Index: index, Value: items[index] ?? null },
      };
      try {
        const input = await selectItem(visit, inner, items[index] ?? null);
        outputs[index] = await run.runBlock(state.processor, input, inner);
      } catch (thrown) {
        failed ??= inner.trail.last;
        writeIteration(visit, thrown instanceof Cancelled ? 'Aborted' : 'Failed', index, inner.trail.last);
        throw thrown;
      }
      ends[worker] = inner.trail.last;
      trail.last = writeIteration(visit, 'Succeeded', index, inner.trail.last);
    });
  } finally {
    if (failed !== undefined) trail.last = failed;
    cancel.close();
  }
  return outputs;
}

type IterationEnd = 'Started' | 'Succeeded' | 'Failed' | 'Aborted';

function writeIteration(
  visit: Visit<PreparedMap>,
  what: IterationEnd,
  index: number,
  previous: number,
): number {
  const details: MapIterationEventDetails = { name: visit.stateName, index };
  const type: HistoryEventType = `MapIteration${what}`;
  return visit.frame.run.history.add(type, previous, { [`mapIteration${what}EventDetails`]: details });
}

/**
 * The input of an iteration. What the selector gets wrong is told in the iteration's own part of the history.
 */
async function selectItem(visit: Visit<PreparedMap>, inner: Frame, item: JsonValue): Promise<JsonValue> {
  const { selector } = visit.state;
  if (selector === undefined) return item;
  const mapItem = inner.mapItem as JsonObject;
  try {
    return await evaluateTemplate(selector, scopeOf(visit, { mapItem }), visit);
  } catch (thrown) {
    if (thrown instanceof StateFailure) reportEvaluation({ ...visit, frame: inner }, thrown);
    throw thrown;
  }
}
