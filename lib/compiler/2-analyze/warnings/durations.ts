/** Durations that Argo cannot read: its linter passes them. */

import type { Template } from '../../../argo/template.ts';
import { parseArgoDuration } from '../../../expression/go/argo-duration.ts';
import { parseGoDuration } from '../../../expression/go/time/duration.ts';
import { GoError } from '../../../expression/go-error.ts';
import { type Checker, report } from '../frame.ts';

export function warnDurations(checker: Checker, template: Template): void {
  const { retryStrategy, memoize, suspend, containerSet } = template;
  const backoff = retryStrategy?.backoff;
  const check = (
    owner: object | undefined,
    key: string,
    text: string | undefined,
    parse = parseArgoDuration,
  ) => {
    if (!owner || !text || text.includes('{{') || isReadable(text, parse)) return;
    const message = `"${text}" is no duration`;
    report(checker, 'invalid-duration', checker.spans.of(owner, key), message, {
      hint: 'write 30s, 5m or 2h',
    });
  };
  check(backoff, 'duration', backoff?.duration);
  check(backoff, 'maxDuration', backoff?.maxDuration);
  check(backoff, 'cap', backoff?.cap);
  check(suspend, 'duration', suspend?.duration);
  check(template, 'timeout', template.timeout);
  check(template, 'pendingTimeout', template.pendingTimeout);
  check(memoize, 'maxAge', memoize?.maxAge, parseGoDuration);
  check(containerSet?.retryStrategy, 'duration', containerSet?.retryStrategy?.duration, parseGoDuration);
  if (backoff && !backoff.duration) {
    const message = 'a backoff needs a duration';
    report(checker, 'fails-at-run-time', checker.spans.name(backoff), message, { hint: 'add duration: 10s' });
  }
}

function isReadable(text: string, parse: (text: string) => bigint): boolean {
  try {
    parse(text);
    return true;
  } catch (error) {
    if (error instanceof GoError) return false;
    throw error;
  }
}
