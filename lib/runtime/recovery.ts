/** Retry and Catch, alike for Task, Parallel and Map. */

import type { JsonValue } from '../asl/json.ts';
import { cancellableSleep } from './cancellable-sleep.ts';
import type { RecoverableState } from './prepared.ts';
import { createRetryPlan, type RetryPlan } from './retry.ts';
import { Cancelled, matchesError, StateFailure } from './state-failure.ts';
import { type Leaving, leaveState, prepareLeaving, type Visit } from './visit.ts';

/** What a kind of state does in an attempt, and adds to the history around it. */
export interface Attempts<S extends RecoverableState> {
  readonly attempt: (visit: Visit<S>) => Promise<JsonValue>;
  /** The attempt's result is in, and its Output and Assign could be evaluated. */
  readonly succeeded: (visit: Visit<S>) => void;
  /** No retry is left. */
  readonly failed: (visit: Visit<S>) => void;
  readonly aborted: (visit: Visit<S>) => void;
}

/** Runs attempts until one succeeds, a catcher takes the error, or it goes out to the states around. */
export async function recover<S extends RecoverableState>(
  visit: Visit<S>,
  attempts: Attempts<S>,
): Promise<Leaving> {
  const { state, frame } = visit;
  let plan: RetryPlan | undefined;
  for (;;) {
    try {
      const result = await attempts.attempt(visit);
      const prepared = prepareLeaving(visit, state, result, state.next, { result });
      const leaving = prepared instanceof Promise ? await prepared : prepared;
      attempts.succeeded(visit);
      return leaveState(visit, leaving);
    } catch (thrown) {
      if (thrown instanceof Cancelled) attempts.aborted(visit);
      if (!(thrown instanceof StateFailure)) throw thrown;
      reportEvaluation(visit, thrown);
      plan ??= createRetryPlan(state.retry, frame.run.random);
      const delay = plan.next(thrown.error);
      if (delay === undefined) return await giveUp(visit, thrown, attempts);
      visit.retryCount = plan.count;
      await pause(visit, delay, attempts);
    }
  }
}

async function pause<S extends RecoverableState>(
  visit: Visit<S>,
  delay: number,
  attempts: Attempts<S>,
): Promise<void> {
  const { run, cancel } = visit.frame;
  try {
    await cancellableSleep(run.clock, delay, cancel);
  } catch (thrown) {
    attempts.aborted(visit);
    throw thrown;
  }
}

async function giveUp<S extends RecoverableState>(
  visit: Visit<S>,
  failure: StateFailure,
  attempts: Attempts<S>,
): Promise<Leaving> {
  attempts.failed(visit);
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
