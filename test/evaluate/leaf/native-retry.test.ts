import { describe, expect, it } from 'vitest';
import type { RetryStrategy } from '../../../lib/argo/policy.ts';
import { nativeRetry } from '../../../lib/evaluate/leaf/native-retry.ts';

const failures = ['Argo.Failed', 'States.Timeout'];

describe('nativeRetry', () => {
  it.each<[string, RetryStrategy, unknown]>([
    [
      'a limit',
      { limit: 2 },
      [{ ErrorEquals: failures, IntervalSeconds: 1, MaxAttempts: 2, BackoffRate: 1 }],
    ],
    [
      'a limit in quotes',
      { limit: '3' },
      [{ ErrorEquals: failures, MaxAttempts: 3, IntervalSeconds: 1, BackoffRate: 1 }],
    ],
    [
      'no limit at all',
      {},
      [{ ErrorEquals: failures, MaxAttempts: 99_999_999, IntervalSeconds: 1, BackoffRate: 1 }],
    ],
    [
      'a limit below zero',
      { limit: -1 },
      [{ ErrorEquals: failures, MaxAttempts: 0, IntervalSeconds: 1, BackoffRate: 1 }],
    ],
    [
      'every end',
      { limit: 1, retryPolicy: 'Always' },
      [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1, IntervalSeconds: 1, BackoffRate: 1 }],
    ],
    [
      'errors only',
      { limit: 1, retryPolicy: 'OnError' },
      [
        { ErrorEquals: failures, MaxAttempts: 0, IntervalSeconds: 1, BackoffRate: 1 },
        { ErrorEquals: ['States.ALL'], MaxAttempts: 1, IntervalSeconds: 1, BackoffRate: 1 },
      ],
    ],
    [
      'growing waits',
      { limit: 5, backoff: { duration: '10s', factor: '2', cap: '1m' } },
      [{ ErrorEquals: failures, MaxAttempts: 5, IntervalSeconds: 10, BackoffRate: 2, MaxDelaySeconds: 60 }],
    ],
    [
      'seconds without a unit, and no factor',
      { limit: 1, backoff: { duration: '3' } },
      [{ ErrorEquals: failures, MaxAttempts: 1, IntervalSeconds: 3, BackoffRate: 1 }],
    ],
    [
      'a cap below the first wait',
      { limit: 1, backoff: { duration: '1m', factor: 3, cap: '5s' } },
      [{ ErrorEquals: failures, MaxAttempts: 1, IntervalSeconds: 5, BackoffRate: 1 }],
    ],
    [
      'waits without a limit, which Argo does not wait',
      { backoff: { duration: '1m', factor: 2 } },
      [{ ErrorEquals: failures, MaxAttempts: 99_999_999, IntervalSeconds: 1, BackoffRate: 1 }],
    ],
    ['an expression', { limit: 1, expression: 'true' }, undefined],
    ['a variable', { limit: '{{inputs.parameters.n}}' }, undefined],
    ['a longest time', { limit: 1, backoff: { duration: '1', maxDuration: '10' } }, undefined],
    ['waits without a first', { limit: 1, backoff: { factor: 2 } }, undefined],
    ['parts of a second', { limit: 1, backoff: { duration: '1500ms' } }, undefined],
    ['what only messages tell', { limit: 1, retryPolicy: 'OnTransientError' }, undefined],
    ['no number', { limit: 'many' }, undefined],
  ])('reads %s', (_what, strategy, retriers) => {
    expect(nativeRetry(strategy)?.retriers).toEqual(retriers);
  });
});
