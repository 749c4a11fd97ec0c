/** Durations (in milliseconds) and whole numbers, from text that may have come from a variable. */
import { parseArgoDuration } from '../../expression/go/argo-duration.ts';
import { intOrStringValue } from '../../expression/go/int-or-string.ts';
import { parseGoDuration } from '../../expression/go/time/duration.ts';
import { attempt, type Result, success } from './result.ts';

const nanosPerMillisecond = 1e6;

/** A number without a unit is refused, as by `time.ParseDuration`. */
export function parseDuration(text: string): Result<number> {
  return attempt(() => Number(parseGoDuration(text)) / nanosPerMillisecond);
}

/** A number without a unit is seconds. */
export function parseSecondsOrDuration(text: string): Result<number> {
  return attempt(() => Number(parseArgoDuration(text)) / nanosPerMillisecond);
}

export function parseIntOrString(value: number | string): Result<number> {
  if (typeof value === 'number') return success(Math.trunc(value));
  return attempt(() => Number(intOrStringValue(value)));
}
