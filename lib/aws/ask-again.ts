/** Asks AWS again for what it refuses for a moment. */
import { type AwsClients, isNamed } from './clients.ts';

export interface Refusals {
  readonly mostTries: number;
  /** Between two tries, give or take a half. */
  readonly pauseMs: number;
  /** The error that says that it is done already, and what that is worth. */
  readonly done: readonly [name: string, answer: string];
  /** The error that is over in a moment, beside those of calls that come too fast. */
  readonly passing: string;
}

export async function askAgain(
  { sleep }: Pick<AwsClients, 'sleep'>,
  call: () => Promise<string>,
  { mostTries, pauseMs, done: [isDone, answer], passing }: Refusals,
): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      if (isNamed(error, isDone)) return answer;
      const isPassing = isNamed(error, passing, 'ThrottlingException', 'TooManyRequestsException');
      if (!isPassing || attempt >= mostTries) throw error;
      await sleep(pauseMs * (0.5 + Math.random()));
    }
  }
}
