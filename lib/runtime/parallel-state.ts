/** The Parallel state. */

import type { JsonValue } from '../asl/json.ts';
import { runWorkers } from './concurrency.ts';
import type { PreparedParallel } from './prepared.ts';
import { type Attempts, recover } from './recovery.ts';
import { dataLimitExceeded } from './state-failure.ts';
import { evaluateField, type Frame, innerVariables, type Leaving, scopeOf, type Visit } from './visit.ts';

const ATTEMPTS: Attempts<PreparedParallel> = {
  attempt,
  // Succeeded and Exited both point at the last event inside (recorded for Map).
  succeeded: ({ frame }) => void frame.run.history.add('ParallelStateSucceeded', frame.trail.last),
  failed: ({ frame }) => void frame.run.history.follow(frame.trail, 'ParallelStateFailed'),
  aborted: ({ frame }) => void frame.run.history.follow(frame.trail, 'ParallelStateAborted'),
};

export function runParallel(visit: Visit<PreparedParallel>): Promise<Leaving> {
  return recover(visit, ATTEMPTS);
}

async function attempt(visit: Visit<PreparedParallel>): Promise<JsonValue> {
  const { frame, state } = visit;
  const { run, trail } = frame;
  const input = await evaluateField(visit, state.arguments, visit.input, scopeOf(visit));
  if (run.payloads.isTooLarge(input)) throw dataLimitExceeded(state.name);
  const start = run.history.follow(trail, 'ParallelStateStarted');
  const outputs: JsonValue[] = state.branches.map(() => null);
  const cancel = frame.cancel.child();
  let failed: number | undefined;
  try {
    await runWorkers(state.branches.length, state.branches.length, cancel, async (index) => {
      const branch: Frame = {
        ...frame,
        variables: innerVariables(frame.variables),
        trail: { last: start },
        cancel,
      };
      try {
        outputs[index] = await run.runBlock(state.branches[index]!, input, branch);
        trail.last = branch.trail.last;
      } catch (thrown) {
        failed ??= branch.trail.last;
        throw thrown;
      }
    });
  } finally {
    if (failed !== undefined) trail.last = failed;
    cancel.close();
  }
  return outputs;
}
