/** A retryStrategy as the Retry field of Amazon States Language, where that says exactly the same. */
import type { Backoff, RetryStrategy } from '../../argo/policy.ts';
import { ARGO_FAILED } from '../../protocol/outcome.ts';
import { parseIntOrString, parseSecondsOrDuration } from './duration.ts';
import { retryPolicyOf } from './retry-policy.ts';

export interface NativeRetrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly MaxAttempts: number;
  readonly BackoffRate: number;
  readonly MaxDelaySeconds?: number;
}

export interface NativeRetry {
  readonly retriers: readonly NativeRetrier[];
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
const largestNumber = 99_999_999;
const longestDelay = 31_622_400;

/** What a main container that failed or ran out of time is reported as. */
const failures: readonly string[] = [ARGO_FAILED, 'States.Timeout'];

type Delay = Pick<NativeRetrier, 'IntervalSeconds' | 'BackoffRate' | 'MaxDelaySeconds'>;

/** Step Functions cannot retry sooner than after a second. */
const atOnce: Delay = { IntervalSeconds: 1, BackoffRate: 1 };

/**
 * Undefined where attempts depend on values or on an expression, on the time since the first attempt, or on
 * waits that are no whole seconds: then a loop with Wait asks before each attempt.
 */
export function nativeRetry(strategy: RetryStrategy): NativeRetry | undefined {
  if (strategy.expression || strategy.backoff?.maxDuration) return undefined;
  if (JSON.stringify(strategy).includes('{{')) return undefined;
  const limit = strategy.limit === undefined ? undefined : parseIntOrString(strategy.limit);
  if (limit && !limit.ok) return undefined;
  const delay = delayOf(strategy.backoff, limit !== undefined);
  if (!delay) return undefined;
  const attempts = {
    ...delay,
    MaxAttempts: Math.max(0, Math.min(limit?.value ?? largestNumber, largestNumber)),
  };
  switch (retryPolicyOf(strategy)) {
    case 'Always':
      return { retriers: [{ ErrorEquals: ['States.ALL'], ...attempts }] };
    case 'OnFailure':
      return { retriers: [{ ErrorEquals: failures, ...attempts }] };
    case 'OnError': {
      const never: NativeRetrier = { ErrorEquals: failures, ...atOnce, MaxAttempts: 0 };
      return { retriers: [never, { ErrorEquals: ['States.ALL'], ...attempts }] };
    }
    default:
      return undefined;
  }
}

/** Argo waits only where there is a limit (`workflow/controller/operator.go` processNodeRetries). */
function delayOf(backoff: Backoff | undefined, isLimited: boolean): Delay | undefined {
  if (!backoff) return atOnce;
  if (!backoff.duration) return undefined;
  const first = wholeSeconds(backoff.duration);
  const factor = parseIntOrString(backoff.factor ?? 0);
  const cap = backoff.cap ? wholeSeconds(backoff.cap) : undefined;
  if (first === undefined || !factor.ok || (backoff.cap && cap === undefined)) return undefined;
  if (!isLimited) return atOnce;
  const rate = Math.max(1, factor.value);
  if (cap !== undefined && cap <= first) return constant(cap);
  if (rate === 1) return constant(first);
  // Growing from nothing, Argo never waits; what Step Functions waits at least would grow.
  if (first < 1) return atOnce;
  if (first > largestNumber || (cap ?? 1) > longestDelay) return undefined;
  return { IntervalSeconds: first, BackoffRate: rate, ...(cap !== undefined && { MaxDelaySeconds: cap }) };
}

function constant(seconds: number): Delay | undefined {
  return seconds > largestNumber ? undefined : { IntervalSeconds: Math.max(1, seconds), BackoffRate: 1 };
}

function wholeSeconds(text: string): number | undefined {
  const length = parseSecondsOrDuration(text);
  return length.ok && length.value >= 0 && length.value % 1000 === 0 ? length.value / 1000 : undefined;
}
