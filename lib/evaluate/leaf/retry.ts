/** What follows an attempt: another one after a wait, or the end of the Retry node. */
import type { Backoff, RetryStrategy } from '../../argo/policy.ts';
import { goFloatText } from '../../expression/go/float-text.ts';
import { goTimeText } from '../../expression/go/time/format-time.ts';
import { type RetryAttempt, retryScope } from '../../expression/outputs-retry.ts';
import { exprEnv, type Scope } from '../../expression/scope.ts';
import type { NodePhase, Outcome } from '../../protocol/outcome.ts';
import type { Bundle } from '../bundle.ts';
import type { LastRetry, RetryAnswer, RetryRequest } from '../requests.ts';
import { parseIntOrString, parseSecondsOrDuration } from './duration.ts';
import { evaluateCondition } from './expression.ts';
import { errorOutcome } from './leaf-outcome.ts';
import { renderField } from './leaf-variables.ts';
import { failure, type Result, success } from './result.ts';
import { isRetried, retryPolicyOf } from './retry-policy.ts';

/** Either the message with which the node ends as its last attempt did, or the milliseconds to wait. */
type Verdict = { readonly ends: string | undefined } | { readonly wait: number };

/** `workflow/controller/operator.go` processNodeRetries, in its order. */
export function evaluateRetry(bundle: Bundle, request: RetryRequest): RetryAnswer {
  const { last } = request;
  if (last.phase !== 'Failed' && last.phase !== 'Error')
    return ended(request, last.phase, last.message, false);
  const entry = bundle.templates[request.template];
  if (!entry) return wrong(request, `template ${request.template} not found`);
  const rendered = renderField('retryStrategy', bundle, entry, request);
  if (!rendered.ok) return wrong(request, rendered.error);
  const verdict = judged(rendered.value ?? {}, request);
  if (!verdict.ok) return wrong(request, verdict.error);
  // Only where errors are not retried is the fault of a start one of the Retry node's as well (executeTemplate).
  const isStart = retryPolicyOf(rendered.value ?? {}) === 'OnFailure';
  if ('ends' in verdict.value) return ended(request, last.phase, verdict.value.ends, isStart);
  const waitSeconds = Math.ceil(verdict.value.wait / 1000);
  return { kind: 'again', waitSeconds, lastRetry: lastRetryOf(last) };
}

function judged(strategy: RetryStrategy, request: RetryRequest): Result<Verdict> {
  const now = Date.parse(request.now);
  const { deadline } = request.run;
  if (deadline !== undefined && now > deadline) return success({ ends: deadlineMessage(deadline) });
  const wait = waitOf(strategy, request, now);
  if (!wait.ok || 'ends' in wait.value) return wait;
  // Argo looks again at the deadline only when the wait is over; by then it will have passed.
  if (deadline !== undefined && wait.value.wait > 0 && now + wait.value.wait >= deadline)
    return success({ ends: deadlineMessage(deadline) });
  const policy = retryPolicyOf(strategy);
  const retried = isRetried(policy, request.last);
  if (retried === undefined) return failure(`${policy} is not a valid RetryPolicy`);
  if (!retried) return success({ ends: request.last.message });
  const limit = strategy.limit === undefined ? undefined : parseIntOrString(strategy.limit);
  if (limit && !limit.ok) return limit;
  if (limit && request.attempts > limit.value) return success({ ends: 'No more retries left' });
  if (!strategy.expression) return wait;
  const goesOn = evaluateCondition(strategy.expression, exprEnv(scopeAfter(request)));
  if (!goesOn.ok) return goesOn;
  return goesOn.value ? wait : success({ ends: 'retryStrategy.expression evaluated to false' });
}

function waitOf(strategy: RetryStrategy, request: RetryRequest, now: number): Result<Verdict> {
  const { backoff } = strategy;
  if (!backoff) return success({ wait: 0 });
  const longest = endOfAttempts(backoff, request);
  if (!longest.ok) return longest;
  if (longest.value !== undefined && now > longest.value)
    return success({ ends: 'Max duration limit exceeded' });
  const length = backoffLength(backoff, request.attempts);
  if (!length.ok) return length;
  const until = Date.parse(request.last.finishedAt ?? request.now) + length.value;
  if (longest.value !== undefined && until > longest.value)
    return success({ ends: 'Backoff would exceed max duration limit' });
  // Without a limit Argo does not wait at all.
  return success({ wait: strategy.limit === undefined ? 0 : Math.max(0, until - now) });
}

function endOfAttempts(backoff: Backoff, request: RetryRequest): Result<number | undefined> {
  if (!backoff.maxDuration) return success(undefined);
  const length = parseSecondsOrDuration(backoff.maxDuration);
  return length.ok ? success(Date.parse(request.firstStartedAt) + length.value) : length;
}

/** duration × factor^(attempts − 1), at most `cap`. */
function backoffLength(backoff: Backoff, attempts: number): Result<number> {
  if (!backoff.duration) return failure('no base duration specified for retryStrategy');
  const base = parseSecondsOrDuration(backoff.duration);
  if (!base.ok) return base;
  const factor = backoff.factor === undefined ? success(0) : parseIntOrString(backoff.factor);
  if (!factor.ok) return factor;
  const grown = factor.value > 0 ? base.value * factor.value ** (attempts - 1) : base.value;
  const cap = backoff.cap ? parseSecondsOrDuration(backoff.cap) : success(largestWait);
  return cap.ok ? success(Math.min(grown, cap.value, largestWait)) : cap;
}

/** Go's longest duration, in milliseconds. */
const largestWait = 9_223_372_036_854;

function deadlineMessage(deadline: number): string {
  const time = { kind: 'time', nanos: BigInt(deadline) * 1_000_000n, zone: 'UTC' } as const;
  return `retry exceeded workflow deadline ${goTimeText(time)}`;
}

function ended(
  request: RetryRequest,
  phase: NodePhase,
  message: string | undefined,
  isStart: boolean,
): RetryAnswer {
  const { outputs, outputsRef, globals, daemoned, ip, notStarted } = request.last;
  const outcome: Outcome = {
    node: request.node,
    phase,
    ...(message && { message }),
    startedAt: request.firstStartedAt,
    finishedAt: request.now,
    ...(daemoned && { daemoned }),
    ...(ip !== undefined && { ip }),
    ...(outputs && { outputs }),
    ...(outputsRef !== undefined && { outputsRef }),
    ...(globals && { globals }),
    ...(notStarted && isStart && { notStarted }),
  };
  return { kind: 'done', outcome };
}

/** A strategy that cannot be read makes the Retry node an Error, as one of the controller's own. */
function wrong(request: RetryRequest, message: string): RetryAnswer {
  const { globals } = request.last;
  const outcome = errorOutcome({ ...request, startedAt: request.firstStartedAt }, message);
  return { kind: 'done', outcome: { ...outcome, ...(globals && { globals }) } };
}

/** `retries` counts from 0, so it is that of the attempt that has just ended. */
function scopeAfter({ attempts, last }: RetryRequest): Scope {
  const { exitCode } = last.outputs ?? {};
  const attempt: RetryAttempt = {
    phase: last.phase,
    seconds: wholeSeconds(last),
    ...(last.message !== undefined && { message: last.message }),
    ...(exitCode !== undefined && { exitCode }),
  };
  return new Map([...retryScope([attempt]), ['retries', String(attempts - 1)]]);
}

/** The attempt before as the template of the next one sees it: an exit code that is not known is 0 there. */
export function lastRetryOf(last: Outcome): LastRetry {
  return {
    exitCode: last.outputs?.exitCode ?? '0',
    status: last.phase,
    duration: goFloatText(wholeSeconds(last)),
    message: last.message ?? '',
  };
}

/** Kubernetes keeps times in whole seconds. */
function wholeSeconds(last: Outcome): number {
  const second = (time: string | undefined) => Math.floor(Date.parse(time ?? '') / 1000);
  const length = second(last.finishedAt) - second(last.startedAt);
  return Number.isFinite(length) ? length : 0;
}
