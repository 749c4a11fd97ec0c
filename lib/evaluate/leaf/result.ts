/** A value or the text of what went wrong, for functions in which a user's mistake is an ordinary answer. */
import { GoError } from '../../expression/go-error.ts';

export interface Failure {
  readonly ok: false;
  readonly error: string;
}

export type Result<T> = { readonly ok: true; readonly value: T } | Failure;

export function success<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function failure(error: string): Failure {
  return { ok: false, error };
}

/** What the expression library throws for a user's mistake becomes a failure. */
export function attempt<T>(make: () => T): Result<T> {
  try {
    return success(make());
  } catch (fault) {
    if (fault instanceof GoError) return failure(fault.message);
    throw fault;
  }
}
