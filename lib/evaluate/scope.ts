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
  const values = new Map(scopes[0]?.values);
  const artifacts = new Map(scopes[0]?.artifacts);
  for (const scope of scopes.slice(1)) {
    for (const [name, value] of scope.values) values.set(name, value);
    for (const [name, artifact] of scope.artifacts) artifacts.set(name, artifact);
  }
  return { values, artifacts };
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
