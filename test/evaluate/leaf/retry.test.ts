import { describe, expect, it } from 'vitest';
import type { RetryStrategy } from '../../../lib/argo/policy.ts';
import { evaluateRetry } from '../../../lib/evaluate/leaf/retry.ts';
import type { RetryRequest } from '../../../lib/evaluate/requests.ts';
import type { Outcome } from '../../../lib/protocol/outcome.ts';
import { bundleOf, failed, now, retry, run } from './fixtures.ts';

function decided(retryStrategy: RetryStrategy, request: Partial<RetryRequest> = {}) {
  const template = { retryStrategy, inputs: { parameters: [{ name: 'n', default: '1' }] }, container: {} };
  return evaluateRetry(bundleOf(template), retry(request));
}

/** `again SECONDS`, or the phase and message of the end. */
function told(strategy: RetryStrategy, request: Partial<RetryRequest> = {}): string {
  const answer = decided(strategy, request);
  if (answer.kind === 'again') return `again ${answer.waitSeconds}`;
  return `${answer.outcome.phase} ${answer.outcome.message ?? ''}`;
}

const error: Partial<RetryRequest> = { last: failed({ phase: 'Error', message: 'lost', outputs: {} }) };
const transient: Partial<RetryRequest> = { last: failed({ message: 'dial: i/o timeout' }) };
const at = Date.parse(now);

describe('evaluateRetry', () => {
  it.each<[string, RetryStrategy, Partial<RetryRequest>, string]>([
    ['a first failure', { limit: 1 }, {}, 'again 0'],
    ['the last attempt', { limit: 1 }, { attempts: 2 }, 'Failed No more retries left'],
    ['no limit', {}, { attempts: 50 }, 'again 0'],
    ['a limit of zero', { limit: 0 }, {}, 'Failed No more retries left'],
    [
      'a limit from an input',
      { limit: '{{inputs.parameters.n}}' },
      { inputs: { parameters: { n: '2' } }, attempts: 2 },
      'again 0',
    ],
    ['no number', { limit: '{{other}}' }, {}, "Error value '{{other}}' cannot be resolved to an int"],
    [
      'a success',
      { limit: 1 },
      { last: { ...failed(), phase: 'Succeeded', message: '' } as Outcome },
      'Succeeded ',
    ],

    ['an error under OnFailure', { limit: 5 }, error, 'Error lost'],
    ['an error under OnError', { limit: 5, retryPolicy: 'OnError' }, error, 'again 0'],
    ['a failure under OnError', { limit: 5, retryPolicy: 'OnError' }, {}, 'Failed main: Error (exit code 1)'],
    ['an error under Always', { limit: 5, retryPolicy: 'Always' }, error, 'again 0'],
    [
      'a lasting failure',
      { limit: 5, retryPolicy: 'OnTransientError' },
      {},
      'Failed main: Error (exit code 1)',
    ],
    ['a passing failure', { limit: 5, retryPolicy: 'OnTransientError' }, transient, 'again 0'],
    [
      'a policy that is none',
      { retryPolicy: 'Maybe' as 'Always' },
      {},
      'Error Maybe is not a valid RetryPolicy',
    ],

    ['a wait', { limit: 5, backoff: { duration: '7' } }, {}, 'again 7'],
    [
      'a wait that has begun',
      { limit: 5, backoff: { duration: '7' } },
      { now: '2026-03-01T10:00:05Z' },
      'again 2',
    ],
    ['a growing wait', { limit: 5, backoff: { duration: '2s', factor: 3 } }, { attempts: 3 }, 'again 18'],
    [
      'a capped wait',
      { limit: 5, backoff: { duration: '2s', factor: '3', cap: '10s' } },
      { attempts: 3 },
      'again 10',
    ],
    ['a factor of zero', { limit: 5, backoff: { duration: '2s', factor: 0 } }, { attempts: 3 }, 'again 2'],
    ['no wait without a limit', { backoff: { duration: '7' } }, {}, 'again 0'],
    [
      'no first wait',
      { limit: 2, backoff: { factor: 2 } },
      {},
      'Error no base duration specified for retryStrategy',
    ],
    [
      'no duration',
      { backoff: { duration: 'x' } },
      {},
      'Error unable to parse x as a duration: time: invalid duration "x"',
    ],
    [
      'a time that is over',
      { limit: 5, backoff: { duration: '1', maxDuration: '5s' } },
      {},
      'Failed Max duration limit exceeded',
    ],
    [
      'a wait beyond the longest time',
      { limit: 5, backoff: { duration: '20', maxDuration: '15s' } },
      {},
      'Failed Backoff would exceed max duration limit',
    ],
    [
      'the time before the policy',
      { backoff: { duration: '1', maxDuration: '5s' } },
      error,
      'Error Max duration limit exceeded',
    ],

    [
      'the deadline of the run',
      { limit: 5 },
      { run: { ...run, deadline: at - 1000 } },
      'Failed retry exceeded workflow deadline 2026-03-01 09:59:59 +0000 UTC',
    ],
    [
      'a wait into the deadline of the run',
      { limit: 5, backoff: { duration: '9' } },
      { run: { ...run, deadline: at + 4000 } },
      'Failed retry exceeded workflow deadline 2026-03-01 10:00:04 +0000 UTC',
    ],

    ['a condition that holds', { expression: 'asInt(lastRetry.exitCode) < 2' }, {}, 'again 0'],
    [
      'a condition that fails',
      { expression: 'asInt(lastRetry.exitCode) > 1' },
      {},
      'Failed retryStrategy.expression evaluated to false',
    ],
    ['the number of attempts', { expression: "retries == '2'" }, { attempts: 3 }, 'again 0'],
    ['an unknown exit code', { expression: "lastRetry.exitCode == '-1'" }, error, 'again 0'],
    ['the time an attempt took', { expression: "lastRetry.duration == '10'" }, {}, 'again 0'],
    [
      'a rendered value',
      { expression: '{{inputs.parameters.n}} > 5' },
      { inputs: { parameters: { n: '6' } } },
      'again 0',
    ],
    ['the limit before the condition', { limit: 0, expression: 'false' }, {}, 'Failed No more retries left'],
    [
      'no condition',
      { expression: 'lastRetry.exitCode' },
      {},
      "Error unable to cast expression result '1' to bool",
    ],
  ])('%s', (_what, strategy, request, expected) => {
    expect(told(strategy, request)).toBe(expected);
  });

  it('ends with what the last attempt gave, under its own name', () => {
    const last = failed({
      outputs: { exitCode: '3', parameters: { p: 'v' } },
      globals: { parameters: { g: 'v' } },
    });
    const answer = decided({ limit: 0 }, { last });
    expect(answer).toEqual({
      kind: 'done',
      outcome: {
        node: 'demo[0].first',
        phase: 'Failed',
        message: 'No more retries left',
        startedAt: '2026-03-01T09:59:50Z',
        finishedAt: now,
        outputs: { exitCode: '3', parameters: { p: 'v' } },
        globals: { parameters: { g: 'v' } },
      },
    });
  });

  it('tells the next attempt of the last, with 0 for an exit code that is not known', () => {
    const answer = decided({ limit: 1, retryPolicy: 'Always' }, error);
    expect(answer).toMatchObject({
      lastRetry: { exitCode: '0', status: 'Error', duration: '10', message: 'lost' },
    });
  });

  it('is an error of the controller where the strategy cannot be read', () => {
    expect(decided({ backoff: {} })).toMatchObject({ outcome: { phase: 'Error', notStarted: true } });
  });
});
