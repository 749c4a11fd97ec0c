/** Answers task tokens; an answer that comes too late, or a second time, does no harm. */
import type { AnswerToken } from '../store/answer.ts';
import { isNamed, type States } from './clients.ts';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html */
const LARGEST_OUTPUT = 262_144;
const LONGEST_ERROR = 256;
const LONGEST_CAUSE = 32_768;

/** Nobody waits for the answer any more: it was given before, or the execution has ended. */
export function isTooLate(thrown: unknown): boolean {
  return isNamed(thrown, 'TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken');
}

export function answerTokens(states: States): AnswerToken {
  const fail = (token: string, error: string, cause: string) =>
    states.sendTaskFailure(token, error.slice(0, LONGEST_ERROR), cause.slice(0, LONGEST_CAUSE));
  return async (token, answer) => {
    try {
      if ('error' in answer) return await fail(token, answer.error, answer.cause);
      const output = JSON.stringify(answer.output);
      if (Buffer.byteLength(output) > LARGEST_OUTPUT)
        return await fail(token, 'States.DataLimitExceeded', 'the answer is larger than 256 KiB');
      await states.sendTaskSuccess(token, output);
    } catch (thrown) {
      if (!isTooLate(thrown)) throw thrown;
    }
  };
}
