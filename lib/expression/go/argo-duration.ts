/** Durations in Argo's fields: most take bare seconds, container sets and memoization do not. */
import { GoError } from '../go-error.ts';
import { parseGoInt, wrapInt64 } from './parse-number.ts';
import { goDurationText, parseGoDuration } from './time/duration.ts';

/** `ParseStringToDuration` of Argo, in nanoseconds: an integer counts seconds. Throws GoError. */
export function parseArgoDuration(text: string): bigint {
  const seconds = parseGoInt(text);
  if (seconds !== undefined) return wrapInt64(seconds * 1_000_000_000n);
  try {
    return parseGoDuration(text);
  } catch (error) {
    const reason = error instanceof GoError ? error.message : String(error);
    throw new GoError(`unable to parse ${text} as a duration: ${reason}`);
  }
}

/** The nanoseconds between retries of a container set; the empty text is none. Throws GoError. */
export function parseContainerSetDuration(text: string): bigint {
  if (text === '') return 0n;
  const nanos = parseGoDuration(text);
  if (nanos >= 0n) return nanos;
  throw new GoError(`duration has to be positive, current duration: ${goDurationText(nanos)} `);
}
