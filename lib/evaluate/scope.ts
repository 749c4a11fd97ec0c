/**
 * The variables that text may read at one point of a run: flat names, as in Argo's
 * `workflow/controller/scope.go`.
 */
import type { ArtifactRef } from '../protocol/outcome.ts';

/** Null is an absent optional: an output that a skipped step did not give. */
export type ScopeValue = string | null;

export interface Scope {
  readonly values: ReadonlyMap<string, ScopeValue>;
  readonly artifacts: ReadonlyMap<string, ArtifactRef>;
}

export const emptyScope: Scope = { values: new Map(), artifacts: new Map() };

/** Later scopes win. */
export function mergeScopes(...scopes: readonly Scope[]): Scope {
  return {
    values: new Map(scopes.flatMap((scope) => [...scope.values])),
    artifacts: new Map(scopes.flatMap((scope) => [...scope.artifacts])),
  };
}

export function scopeOf(values: Readonly<Record<string, ScopeValue | undefined>>): Scope {
  const entries = Object.entries(values).filter(
    (entry): entry is [string, ScopeValue] => entry[1] !== undefined,
  );
  return { values: new Map(entries), artifacts: new Map() };
}

/** The same without absent optionals, whose tags then stay as they are. */
export function withoutAbsent(scope: Scope): Scope {
  return { ...scope, values: new Map([...scope.values].filter(([, value]) => value !== null)) };
}

/** The texts of a scope, for what knows no absent ones. */
export function textsOf(scope: Scope): Readonly<Record<string, string>> {
  const texts = [...scope.values].filter((entry): entry is [string, string] => entry[1] !== null);
  return Object.fromEntries(texts);
}
