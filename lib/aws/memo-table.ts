/** The memoization cache in the table; what is too large for a row lies in the blob store. */
import type { BlobStore } from '../protocol/blob-store.ts';
import type { Outputs } from '../protocol/outcome.ts';
import type { MemoCache, MemoEntry } from '../store/memo-cache.ts';
import { expiresInDays, keyHash } from './row-time.ts';
import type { Table } from './table.ts';

/** A row has 400 KB at most. */
const INLINE_BYTES = 300_000;
/** Argo keeps entries until somebody deletes the ConfigMap; a year unused is long enough here. */
const KEPT_DAYS = 365;

export function tableMemoCache(table: Table, blobs: BlobStore, now: () => number): MemoCache {
  const keyOf = (cache: string, key: string) => ({ pk: `memo#${cache}`, sk: keyHash(key) });
  return {
    async load(cache, key) {
      const row = await table.get(keyOf(cache, key));
      if (row === undefined) return undefined;
      const savedAt = Number(row['savedAt']);
      const blob = row['blob'] as string | undefined;
      if (blob === undefined) return entryOf(row['outputs'] as string | undefined, savedAt);
      const bytes = await blobs.get(blob);
      return bytes === undefined ? undefined : entryOf(new TextDecoder().decode(bytes), savedAt);
    },
    async save(cache, key, { outputs, savedAt }) {
      const text = outputs === undefined ? undefined : JSON.stringify(outputs);
      const row = { ...keyOf(cache, key), key, savedAt, expires: expiresInDays(now(), KEPT_DAYS) };
      if (text === undefined || Buffer.byteLength(text) <= INLINE_BYTES) {
        await table.put({ ...row, ...(text !== undefined && { outputs: text }) });
        return;
      }
      const blob = `runs/memo/${keyHash(`${cache}/${key}`)}/${keyHash(text)}.json`;
      await blobs.put(blob, text);
      await table.put({ ...row, blob });
    },
  };
}

function entryOf(text: string | undefined, savedAt: number): MemoEntry {
  return { outputs: text === undefined ? undefined : (JSON.parse(text) as Outputs), savedAt };
}
