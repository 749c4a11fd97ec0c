/** Which ends of an attempt a retryStrategy repeats. */
import type { RetryStrategy } from '../../argo/policy.ts';
import type { Outcome } from '../../protocol/outcome.ts';

export type RetryPolicy = NonNullable<RetryStrategy['retryPolicy']>;

/** `pkg/apis/workflow/v1alpha1` RetryPolicyActual: an expression stands for itself. */
export function retryPolicyOf(strategy: RetryStrategy): RetryPolicy {
  return strategy.retryPolicy || (strategy.expression ? 'Always' : 'OnFailure');
}

/** Undefined for a policy that does not exist. */
export function isRetried(policy: RetryPolicy, last: Outcome): boolean | undefined {
  switch (policy) {
    case 'Always':
      return true;
    case 'OnFailure':
      return last.phase === 'Failed';
    case 'OnError':
      return last.phase === 'Error';
    case 'OnTransientError':
      return isTransient(last.message ?? '');
    default:
      return undefined;
  }
}

/** Parts of messages that `util/errors/errors.go` takes for passing trouble. */
const passing: readonly string[] = [
  'client rate limiter Wait returned an error',
  'etcdserver: leader changed',
  'etcdserver: request timed out',
  'etcdserver: too many requests',
  'unexpected error when reading response body',
  'stream error when reading response body',
  'Connection closed by foreign host',
  'net/http: TLS handshake timeout',
  'i/o timeout',
  'connection timed out',
  'connection reset by peer',
  'http2: client connection lost',
  'http2: server sent GOAWAY and closed the connection',
  'request did not complete within requested timeout',
  'connect: connection refused',
  'invalid connection',
  'upper: no more rows in',
];

export function isTransient(message: string): boolean {
  return passing.some((part) => message.includes(part));
}
