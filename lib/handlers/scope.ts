/** Reads the scope that a state sends: nulls dropped, globals merged, outputs fetched from where they lie. */
import { mergeGlobals } from '../evaluate/globals.ts';
import type { ScopeData } from '../evaluate/requests.ts';
import { toldIn } from '../evaluate/told-outcome.ts';
import type { BlobStore } from '../protocol/blob-store.ts';
import type { JsonObject, JsonValue } from '../protocol/json.ts';
import type { Globals, Outcome } from '../protocol/outcome.ts';
import { withOutputs } from './outputs.ts';

/** States write null for what is missing, since no field may be undefined; only the outer levels hold such fields. */
export function withoutNulls(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}

export async function scopeFrom(scope: JsonObject, blobs: BlobStore): Promise<ScopeData> {
  const plain = withoutNulls(scope);
  const outcomes = Object.entries(
    (plain['outcomes'] ?? {}) as unknown as Readonly<Record<string, Outcome | null>>,
  );
  const read = await Promise.all(
    outcomes.map(async ([name, outcome]) =>
      outcome === null || outcome.absent ? [] : [[name, await withOutputs(outcome, blobs)] as const],
    ),
  );
  const lastRetry = plain['lastRetry'] as JsonObject | undefined;
  const { lastRetry: _last, ...rest } = plain;
  return {
    ...(rest as unknown as ScopeData),
    ...(lastRetry === undefined || Object.keys(lastRetry).length === 0
      ? {}
      : { lastRetry: lastRetry as unknown as NonNullable<ScopeData['lastRetry']> }),
    outcomes: Object.fromEntries(read.flat()),
    globals: globalsFrom(plain['globals']),
  };
}

/**
 * A list of what several nodes exported, in the order in which they were joined; a later one wins. Of a node that failed
 * it is the error that was caught.
 */
export function globalsFrom(value: JsonValue | undefined): Globals {
  if (value === undefined || value === null) return {};
  if (!Array.isArray(value)) {
    const { Cause: cause } = value as { readonly Cause?: string };
    return cause === undefined ? (value as Globals) : (toldIn(cause)?.globals ?? {});
  }
  return mergeGlobals(...value.map((one) => globalsFrom(one as JsonValue)));
}
