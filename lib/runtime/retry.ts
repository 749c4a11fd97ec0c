/** Retry: which rule takes an error, how often, and after which pause. */

import type { Retrier } from '../asl/state-machine.ts';
import { matchesError } from './state-failure.ts';

export interface RetryPlan {
  /** Retries so far, of all rules together: `$states.context.State.RetryCount`. */
  readonly count: number;
  /** Milliseconds to wait before the state runs again; undefined when it is not to. */
  next(error: string | undefined): number | undefined;
}

/** One visit of a state: each rule keeps its own count, and the first rule that names the error decides. */
export function createRetryPlan(rules: readonly Retrier[], random: () => number): RetryPlan {
  const used = rules.map(() => 0);
  let count = 0;
  return {
    get count() {
      return count;
    },
    next: (error) => {
      const index = rules.findIndex((rule) => matchesError(rule.ErrorEquals, error));
      const rule = rules[index];
      if (rule === undefined) return undefined;
      const before = used[index] ?? 0;
      if (before >= (rule.MaxAttempts ?? 3)) return undefined;
      used[index] = before + 1;
      count += 1;
      return retryDelay(rule, before, random);
    },
  };
}

/** `before` counts the retries that the rule has granted already. */
export function retryDelay(rule: Retrier, before: number, random: () => number): number {
  const { IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds = Number.MAX_SAFE_INTEGER } = rule;
  const seconds = Math.min(IntervalSeconds * BackoffRate ** before, MaxDelaySeconds);
  const jittered = rule.JitterStrategy === 'FULL' ? seconds * random() : seconds;
  return Math.round(jittered * 1000);
}
