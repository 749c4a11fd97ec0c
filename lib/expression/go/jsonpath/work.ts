/** Bounds what a JSONPath query may do, and tells failures that the query survives from those it does not. */
import { GoError } from '../../go-error.ts';
import type { Work } from './nodes.ts';

const mostSteps = 1_000_000;

export function newWork(): Work {
  return { left: mostSteps };
}

/** Counts a step. Throws when the query has done too much. */
export function spend(work: Work, steps = 1): void {
  work.left -= steps;
  if (work.left <= 0) abort(work, 'the JSONPath query does too much');
}

/** Fails the whole query, as a panic of the library does. */
export function abort(work: Work, message: string): never {
  work.left = 0;
  throw new GoError(message);
}

/** The result, or undefined for an error that the library ignores. */
export function attempt<T>(work: Work, run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof GoError && work.left > 0) return undefined;
    throw error;
  }
}
