/** Local variables as expr-lang sees them; artifacts can be told from maps by who they are. */
import type { ExprEnv } from '../expression/expr/expression.ts';
import { goJsonDecode } from '../expression/go/json-decode.ts';
import { exprEnv } from '../expression/scope.ts';
import type { GoValue } from '../expression/values.ts';
import type { ArtifactRef } from '../protocol/outcome.ts';
import type { Scope } from './scope.ts';

export interface LocalEnv {
  readonly env: ExprEnv;
  /** The artifact that an expression gave; undefined for any other value. */
  readonly artifactOf: (value: GoValue) => ArtifactRef | undefined;
}

function goArtifact(ref: ArtifactRef): GoValue {
  const value = goJsonDecode(JSON.stringify(ref));
  return typeof value === 'object' && value?.kind === 'map' ? { ...value, type: 'v1alpha1.Artifact' } : value;
}

/** Texts and artifacts of a scope, with Argo's functions. */
export function localEnv(scope: Scope): LocalEnv {
  const refs = new Map<GoValue, ArtifactRef>();
  const flat = new Map<string, GoValue>(scope.values);
  for (const [name, ref] of scope.artifacts) {
    const value = goArtifact(ref);
    refs.set(value, ref);
    flat.set(name, value);
  }
  return { env: exprEnv(flat), artifactOf: (value) => refs.get(value) };
}
