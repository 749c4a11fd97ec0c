/** Task tokens for tests: remembers every answer, and lets tests wait for one. */
import type { AnswerToken, TokenAnswer } from '../../lib/store/answer.ts';

export interface Answers {
  readonly answer: AnswerToken;
  readonly of: (token: string) => TokenAnswer | undefined;
  readonly tokens: () => readonly string[];
}

/** The first answer counts, as on AWS. */
export function rememberAnswers(): Answers {
  const given = new Map<string, TokenAnswer>();
  return {
    answer: async (token, answer) => {
      if (!given.has(token)) given.set(token, answer);
    },
    of: (token) => given.get(token),
    tokens: () => [...given.keys()],
  };
}
