/**
 * Waiting for what another process does: an assertion is asked again until it holds, for a minute at most: a busy machine is slow, not wrong.
 *
 * `expect.poll` will not do: it asks which test runs, and a concurrent test that ends clears that for its siblings.
 * Source: `setCurrentTest(undefined)` in @vitest/runner, `createExpectPoll` in vitest.
 */
import { vi } from 'vitest';

export async function eventually(holds: () => unknown): Promise<void> {
  await vi.waitFor(holds, { timeout: 60_000 });
}
