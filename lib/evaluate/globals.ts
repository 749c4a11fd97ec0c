/** Values exported with `globalName`, brought together from several nodes. */
import type { Globals, Outcome } from '../protocol/outcome.ts';

/** Later ones win. */
export function mergeGlobals(...all: readonly (Globals | undefined)[]): Globals {
  const parameters = Object.assign({}, ...all.map((one) => one?.parameters ?? {})) as Record<string, string>;
  const artifacts = Object.assign({}, ...all.map((one) => one?.artifacts ?? {})) as NonNullable<
    Globals['artifacts']
  >;
  return {
    ...(Object.keys(parameters).length > 0 && { parameters }),
    ...(Object.keys(artifacts).length > 0 && { artifacts }),
  };
}

/** The last of these moments (RFC 3339). */
export function latest(moments: readonly string[]): string | undefined {
  return moments.reduce<string | undefined>(
    (a, b) => (a === undefined || Date.parse(b) > Date.parse(a) ? b : a),
    undefined,
  );
}

/**
 * What nodes exported: what finished last wins; a loop's own outcome may carry those of its items already.
 */
export function exportedBy(outcomes: readonly Outcome[]): Globals {
  const ordered = [...outcomes].sort(
    (a, b) => Date.parse(a.finishedAt ?? '') - Date.parse(b.finishedAt ?? '') || 0,
  );
  return mergeGlobals(
    ...ordered.flatMap(({ globals, items, hooks }) => [
      globals ?? (items ? exportedBy(items) : undefined),
      ...(hooks ? [exportedBy(hooks)] : []),
    ]),
  );
}
