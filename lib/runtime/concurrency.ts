/** Runs many branches or iterations, some at a time; the first that fails ends the others. */

import type { CancelScope } from './cancel-scope.ts';
import { Cancelled } from './state-failure.ts';

/**
 * Each of `limit` workers takes the next index until none is left. Waits for all of them to come to rest, so
 * that what they still write into the history stands before what follows, then throws the first failure.
 */
export async function runWorkers(
  count: number,
  limit: number,
  cancel: CancelScope,
  work: (index: number, worker: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failure: { readonly thrown: unknown } | undefined;
  const runWorker = async (worker: number): Promise<void> => {
    while (next < count && !cancel.isCancelled) {
      const index = next;
      next += 1;
      try {
        await work(index, worker);
      } catch (thrown) {
        // A cancelled sibling is a consequence; the failure that cancelled it came first.
        failure ??= { thrown };
        cancel.cancel();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(count, limit) }, (_, worker) => runWorker(worker)));
  if (failure !== undefined) throw failure.thrown;
  if (cancel.isCancelled) throw new Cancelled();
}
