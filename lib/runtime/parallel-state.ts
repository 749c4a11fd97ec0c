/** The Parallel state. */

import type { JsonValue } from '../asl/json.ts';
import { runWorkers } from './concurrency.ts';
import type { PreparedParallel } from './prepared.ts';
import { recover } from './recovery.ts';
import { dataLimitExceeded } from './state-failure.ts';
import { evaluateField, type Frame, innerVariables, type Leaving, scopeOf, type Visit } from './visit.ts';

export async function runParallel(visit: Visit<PreparedParallel>): Promise<Leaving> {
  const { run, trail } = visit.frame;
  return recover(visit, () => attempt(visit), {
    // Succeeded and Exited both point at the last event inside (recorded for Map).
    succeeded: () => void run.history.add('ParallelStateSucceeded', trail.last),
    failed: () => void run.history.follow(trail, 'ParallelStateFailed'),
    aborted: () => void run.history.follow(trail, 'ParallelStateAborted'),
  });
}

async function attempt(visit: Visit<PreparedParallel>): Promise<JsonValue> {
  const { frame, state } = visit;
  const { run, trail } = frame;
  const input = run.payloads.keep(await evaluateField(visit, state.arguments, visit.input, scopeOf(visit)));
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
  return run.payloads.keep(outputs);
}
