/** A pause that ends early, by throwing, when its scope is cancelled. */

import type { CancelScope } from './cancel-scope.ts';
import type { Clock } from './clock.ts';
import { Cancelled } from './state-failure.ts';

export async function cancellableSleep(clock: Clock, ms: number, cancel: CancelScope): Promise<void> {
  const controller = new AbortController();
  const stopListening = cancel.onCancel(() => controller.abort(new Cancelled()));
  try {
    await clock.sleep(ms, controller.signal);
  } finally {
    stopListening();
  }
}
