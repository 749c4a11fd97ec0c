/** Retry and Catch, alike for Task, Parallel and Map. */

import type { JsonValue } from '../asl/json.ts';
import { cancellableSleep } from './cancellable-sleep.ts';
import type { RecoverableState } from './prepared.ts';
import { createRetryPlan } from './retry.ts';
import { Cancelled, matchesError, StateFailure } from './state-failure.ts';
import { type Leaving, leaveState, prepareLeaving, type Visit } from './visit.ts';

/** What a kind of state adds to the history around its attempts. */
export interface AttemptEvents {
  /** The attempt's result is in, and its Output and Assign could be evaluated. */
  readonly succeeded: () => void;
  /** No retry is left. */
  readonly failed: () => void;
  readonly aborted: () => void;
}

/** Runs attempts until one succeeds, a catcher takes the error, or it goes out to the states around. */
export async function recover(
  visit: Visit<RecoverableState>,
  attempt: () => Promise<JsonValue>,
  events: AttemptEvents,
): Promise<Leaving> {
  const { state, frame } = visit;
  const plan = createRetryPlan(state.retry, frame.run.random);
  for (;;) {
    try {
      const result = await attempt();
      const leaving = await prepareLeaving(visit, state, result, state.next, { result });
      events.succeeded();
      return leaveState(visit, leaving);
    } catch (thrown) {
      if (thrown instanceof Cancelled) events.aborted();
      if (!(thrown instanceof StateFailure)) throw thrown;
      reportEvaluation(visit, thrown);
      const delay = plan.next(thrown.error);
      if (delay === undefined) return await giveUp(visit, thrown, events);
      visit.retryCount = plan.count;
      await pause(visit, delay, events);
    }
  }
}

async function pause(visit: Visit, delay: number, events: AttemptEvents): Promise<void> {
  const { run, cancel } = visit.frame;
  try {
    await cancellableSleep(run.clock, delay, cancel);
  } catch (thrown) {
    events.aborted();
    throw thrown;
  }
}

async function giveUp(
  visit: Visit<RecoverableState>,
  failure: StateFailure,
  events: AttemptEvents,
): Promise<Leaving> {
  events.failed();
  const catcher = visit.state.catches.find((rule) => matchesError(rule.errors, failure.error));
  if (catcher === undefined) throw failure;
  const errorOutput = { Error: failure.error ?? '', Cause: failure.reason ?? '' };
  return leaveState(visit, await prepareLeaving(visit, catcher, errorOutput, catcher.next, { errorOutput }));
}

/**
 * AWS lets EvaluationFailed point back at the event before StateEntered when nothing came in between
 * (recorded): both events are written by the decision which that earlier event set off.
 */
export function reportEvaluation(visit: Visit, failure: StateFailure): void {
  if (failure.location === undefined || failure.reported) return;
  failure.reported = true;
  const { run, trail } = visit.frame;
  const previous = trail.last === visit.enteredId ? visit.before : trail.last;
  trail.last = run.history.add('EvaluationFailed', previous, {
    evaluationFailedEventDetails: {
      error: failure.error ?? '',
      cause: failure.reason ?? '',
      location: failure.location,
      state: visit.stateName,
    },
  });
}
