/** The error of a state, which Retry and Catch may see; and how they match it. */

/** `error` is undefined only for a Fail state that names none. */
export class StateFailure extends Error {
  readonly error: string | undefined;
  readonly reason: string | undefined;
  /** The field whose expression failed; then an event EvaluationFailed tells of it. */
  readonly location: string | undefined;
  /** Set once that event is written, so that the states around do not write it again. */
  reported = false;

  constructor(error: string | undefined, reason: string | undefined, location?: string) {
    super(reason ?? error);
    this.name = 'StateFailure';
    this.error = error;
    this.reason = reason;
    this.location = location;
  }
}

/** Thrown through a branch that must end although nothing in it failed. It passes every Retry and Catch. */
export class Cancelled extends Error {
  constructor() {
    super('cancelled');
    this.name = 'Cancelled';
  }
}

export const ERRORS = {
  all: 'States.ALL',
  taskFailed: 'States.TaskFailed',
  timeout: 'States.Timeout',
  heartbeatTimeout: 'States.HeartbeatTimeout',
  runtime: 'States.Runtime',
  dataLimit: 'States.DataLimitExceeded',
  query: 'States.QueryEvaluationError',
  noChoice: 'States.NoChoiceMatched',
  itemReader: 'States.ItemReaderFailed',
  resultWriter: 'States.ResultWriterFailed',
  toleratedFailures: 'States.ExceedToleratedFailureThreshold',
} as const;

/**
 * Whether one of the names stands for the error. `States.Runtime` is never matched,
 * `States.DataLimitExceeded` only by its own name, and `States.TaskFailed` stands for all but timeouts
 * (Developer Guide, error handling).
 */
export function matchesError(names: readonly string[], error: string | undefined): boolean {
  if (error === ERRORS.runtime) return false;
  return names.some((name) => matchesName(name, error));
}

function matchesName(name: string, error: string | undefined): boolean {
  if (name === error) return true;
  if (error === ERRORS.dataLimit) return false;
  const timedOut = error === ERRORS.timeout || error === ERRORS.heartbeatTimeout;
  if (name === ERRORS.timeout) return timedOut;
  return name === ERRORS.all || (name === ERRORS.taskFailed && !timedOut);
}

export function dataLimitExceeded(what: string): StateFailure {
  const which = `The state/task '${what}' returned a result with a size exceeding`;
  return new StateFailure(ERRORS.dataLimit, `${which} the maximum number of bytes service limit.`);
}
