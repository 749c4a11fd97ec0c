/** Locks that wait in line: mutexes, semaphores and slots, several at once or none. */
import type { AnswerToken } from './answer.ts';

export interface Wanted {
  readonly name: string;
  /** How many may hold it at once. */
  readonly limit: number;
  /** Once something that held it has failed, whoever asks or waits for it is refused. */
  readonly failFast?: boolean;
}

export interface Claim {
  readonly run: string;
  readonly holder: string;
  readonly token: string;
  readonly wanted: readonly Wanted[];
  /** Larger first; then earlier first. */
  readonly priority: number;
  readonly at: number;
}

export interface Locks {
  /** Answers the token with `{}` once all locks are held together, or with `{refused: true}`. */
  acquire(claim: Claim): Promise<void>;
  /** `failed`: the names with `failFast` among those held refuse from now on. */
  release(run: string, holder: string, failed?: boolean): Promise<void>;
  /** Whether whoever wanted this lock now would be refused. */
  hasFailed(name: string): Promise<boolean>;
  /** Everything that a run holds or waits for. */
  releaseRun(run: string): Promise<void>;
  /** What is remembered of a run that ended: the slots of one that is tried again refuse nobody. */
  forgetRun(run: string): Promise<void>;
}

interface Queued extends Claim {
  held: boolean;
}

export function memoryLocks(answer: AnswerToken): Locks {
  const claims = new Map<string, Queued>();
  const failed = new Set<string>();
  const keyOf = (run: string, holder: string) => JSON.stringify([run, holder]);
  const isRefused = (claim: Claim) =>
    claim.wanted.some((one) => one.failFast === true && failed.has(one.name));

  /** Who stands first in a line holds back those behind who want only part of its locks. */
  const admit = async () => {
    const taken = new Map<string, number>();
    const count = ({ name }: Wanted) => taken.set(name, (taken.get(name) ?? 0) + 1);
    for (const claim of claims.values()) if (claim.held) claim.wanted.forEach(count);
    const blocked = new Set<string>();
    const waiting = [...claims].filter(([, one]) => !one.held);
    waiting.sort(([, a], [, b]) => b.priority - a.priority || a.at - b.at);
    const answers: Promise<void>[] = [];
    for (const [key, claim] of waiting) {
      if (isRefused(claim)) {
        claims.delete(key);
        answers.push(answer(claim.token, { output: { refused: true } }));
        continue;
      }
      const isFree = claim.wanted.every(
        ({ name, limit }) => !blocked.has(name) && (taken.get(name) ?? 0) < limit,
      );
      if (!isFree) {
        for (const { name } of claim.wanted) blocked.add(name);
        continue;
      }
      claim.held = true;
      claim.wanted.forEach(count);
      answers.push(answer(claim.token, { output: {} }));
    }
    await Promise.all(answers);
  };
  return {
    async acquire(claim) {
      const known = claims.get(keyOf(claim.run, claim.holder));
      if (known?.held) return answer(claim.token, { output: {} });
      claims.set(keyOf(claim.run, claim.holder), { ...claim, held: false });
      await admit();
    },
    async release(run, holder, hasFailed = false) {
      const claim = claims.get(keyOf(run, holder));
      claims.delete(keyOf(run, holder));
      if (hasFailed) for (const one of claim?.wanted ?? []) if (one.failFast) failed.add(one.name);
      await admit();
    },
    hasFailed: async (name) => failed.has(name),
    async releaseRun(run) {
      for (const [key, claim] of claims) if (claim.run === run) claims.delete(key);
      await admit();
    },
    async forgetRun(run) {
      for (const name of failed) if (name.startsWith(`slot:${run}:`)) failed.delete(name);
    },
  };
}
