/**
 * `from`, `fromExpression` and `subPath` of an artifact (resolveArtifact in workflow/controller/scope.go).
 */
import { evaluateExpr } from './expr/expression.ts';
import { exprEnv, type Scope } from './scope.ts';
import { plainText } from './template/pieces.ts';
import { resolveVariable } from './template/resolve-variable.ts';
import { substituteText } from './template/substitute.ts';
import type { GoMap, GoValue } from './values.ts';

export interface ArtifactReference {
  readonly from?: string;
  readonly fromExpression?: string;
  readonly subPath?: string;
}

export type Resolved<T> =
  | { readonly ok: true; readonly artifact: T }
  | { readonly ok: false; readonly error: string };

/** The variables and artifacts in force, and how a path is added to an artifact's key. */
export interface ArtifactScope<T> {
  readonly variables: Scope;
  readonly artifacts: ReadonlyMap<string, T>;
  readonly appendToKey: (artifact: T, subPath: string) => Resolved<T>;
}

/** The artifact that the reference means. */
export function resolveArtifact<T>(reference: ArtifactReference, scope: ArtifactScope<T>): Resolved<T> {
  const held = new Map<GoValue, T>();
  const names = new Map(scope.variables);
  for (const [name, artifact] of scope.artifacts) {
    const value = artifactValue(name);
    held.set(value, artifact);
    names.set(name, value);
  }
  const found = foundValue(reference, names);
  if (!found.ok) return found;
  const artifact = held.get(found.value);
  if (artifact === undefined) {
    const what = reference.fromExpression ?? reference.from ?? '';
    return { ok: false, error: `Variable {{${what}}} is not an artifact` };
  }
  if (!reference.subPath) return { ok: true, artifact };
  const subPath = substituteText(reference.subPath, textsOf(scope.variables), 'none');
  return subPath.ok ? scope.appendToKey(artifact, plainText(subPath.value)) : subPath;
}

/** Expressions hand artifacts on and cannot look into them. */
function artifactValue(name: string): GoMap {
  const type = name.startsWith('inputs.') ? '*v1alpha1.Artifact' : 'v1alpha1.Artifact';
  return { kind: 'map', type, entries: new Map() };
}

type Found = { readonly ok: true; readonly value: GoValue } | { readonly ok: false; readonly error: string };

function foundValue({ from = '', fromExpression }: ArtifactReference, names: Scope): Found {
  return fromExpression ? evaluateExpr(fromExpression, exprEnv(names)) : resolveVariable(from, names);
}

function textsOf(scope: Scope): Scope {
  return new Map([...scope].filter(([, value]) => value === null || typeof value === 'string'));
}
