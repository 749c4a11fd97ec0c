/** Runs something that may fail only as Go does. */
import { GoError } from '../../lib/expression/go-error.ts';

/** Returns whatever comes out; any error but a GoError passes through and fails the test. */
export function survives(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
  }
}
