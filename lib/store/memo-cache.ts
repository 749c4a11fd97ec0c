/** The memoization cache: outputs by cache and key, with the time they were saved. */
import type { Outputs } from '../protocol/outcome.ts';

export interface MemoEntry {
  readonly outputs: Outputs | undefined;
  readonly savedAt: number;
}

export interface MemoCache {
  load(cache: string, key: string): Promise<MemoEntry | undefined>;
  save(cache: string, key: string, entry: MemoEntry): Promise<void>;
}

export function memoryMemoCache(): MemoCache {
  const entries = new Map<string, MemoEntry>();
  const keyOf = (cache: string, key: string) => JSON.stringify([cache, key]);
  return {
    load: async (cache, key) => entries.get(keyOf(cache, key)),
    save: async (cache, key, entry) => void entries.set(keyOf(cache, key), entry),
  };
}
