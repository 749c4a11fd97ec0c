/** Locks that wait in line: mutexes, semaphores and slots, several at once or none. */
import type { AnswerToken } from './answer.ts';

export interface Wanted {
  readonly name: string;
  /** How many may hold it at once. */
  readonly limit: number;
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
  /** Answers the token once all locks are held together. A holder that holds them already gets its answer at once. */
  acquire(claim: Claim): Promise<void>;
  release(run: string, holder: string): Promise<void>;
  /** Everything that a run holds or waits for. */
  releaseRun(run: string): Promise<void>;
}

interface Queued extends Claim {
  held: boolean;
}

export function memoryLocks(answer: AnswerToken): Locks {
  const claims = new Map<string, Queued>();
  const keyOf = (run: string, holder: string) => JSON.stringify([run, holder]);
  const admit = async () => {
    const taken = new Map<string, number>();
    for (const claim of claims.values()) {
      if (claim.held) for (const { name } of claim.wanted) taken.set(name, (taken.get(name) ?? 0) + 1);
    }
    const blocked = new Set<string>();
    const waiting = [...claims.values()].filter((one) => !one.held);
    waiting.sort((a, b) => b.priority - a.priority || a.at - b.at);
    for (const claim of waiting) {
      const free = claim.wanted.every(
        ({ name, limit }) => !blocked.has(name) && (taken.get(name) ?? 0) < limit,
      );
      if (!free) {
        // Who stands first in a line holds back those behind who want only part of its locks.
        for (const { name } of claim.wanted) blocked.add(name);
        continue;
      }
      claim.held = true;
      for (const { name } of claim.wanted) taken.set(name, (taken.get(name) ?? 0) + 1);
      await answer(claim.token, { output: {} });
    }
  };
  return {
    async acquire(claim) {
      const known = claims.get(keyOf(claim.run, claim.holder));
      claims.set(keyOf(claim.run, claim.holder), { ...claim, held: known?.held ?? false });
      if (known?.held) return answer(claim.token, { output: {} });
      await admit();
    },
    async release(run, holder) {
      claims.delete(keyOf(run, holder));
      await admit();
    },
    async releaseRun(run) {
      for (const [key, claim] of claims) if (claim.run === run) claims.delete(key);
      await admit();
    },
  };
}
