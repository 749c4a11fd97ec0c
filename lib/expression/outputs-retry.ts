/** The variables of a retry expression (buildRetryStrategyLocalScope in workflow/controller/operator.go). */
import { goFloatText } from './go/float-text.ts';
import type { Scope } from './scope.ts';
import type { GoValue } from './values.ts';

export interface RetryAttempt {
  readonly phase: string;
  readonly message?: string;
  readonly exitCode?: string;
  /** From start to end, 0 while it runs. */
  readonly seconds: number;
}

/** What the attempts so far say: `retries` and `lastRetry.*`; nothing before the first. */
export function retryScope(attempts: readonly RetryAttempt[]): Scope {
  const last = attempts.at(-1);
  if (!last) return new Map();
  return new Map<string, GoValue>([
    ['retries', String(attempts.length - 1)],
    ['lastRetry.exitCode', last.exitCode ?? '-1'],
    ['lastRetry.status', last.phase],
    ['lastRetry.duration', goFloatText(last.seconds)],
    ['lastRetry.message', last.message ?? ''],
  ]);
}
