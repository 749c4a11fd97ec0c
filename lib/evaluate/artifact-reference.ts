/**
 * `from`, `fromExpression` and `subPath` of an artifact: resolveArtifact in `workflow/controller/scope.go`.
 */
import type { Artifact } from '../argo/artifact.ts';
import { evaluateExpr } from '../expression/expr/expression.ts';
import { referenceTag } from '../expression/template/resolve-variable.ts';
import type { ArtifactRef } from '../protocol/outcome.ts';
import { appendToKey } from './artifact-location.ts';
import { localEnv } from './expression-env.ts';
import type { Scope } from './scope.ts';
import { dataText, expand, plain } from './text.ts';

export type ResolvedArtifact =
  | { readonly ok: true; readonly artifact: Artifact }
  | { readonly ok: false; readonly error: string };

function fault(error: string): { readonly ok: false; readonly error: string } {
  return { ok: false, error };
}

type Found =
  | { readonly ok: true; readonly ref: ArtifactRef }
  | { readonly ok: false; readonly error: string };

function named(from: string, scope: Scope): Found {
  const name = referenceTag(from);
  const ref = scope.artifacts.get(name);
  if (ref !== undefined) return { ok: true, ref };
  if (scope.values.has(name)) return fault(`Variable {{${name}}} is not an artifact`);
  return fault(`Unable to resolve: ${JSON.stringify(name)}`);
}

function computed(expression: string, scope: Scope): Found {
  const { env, artifactOf } = localEnv(scope);
  const result = evaluateExpr(expression, env);
  if (!result.ok) return fault(result.error);
  const ref = artifactOf(result.value);
  return ref === undefined ? fault(`Variable {{${expression}}} is not an artifact`) : { ok: true, ref };
}

export function resolveArtifact(artifact: Artifact, scope: Scope): ResolvedArtifact {
  const found = artifact.fromExpression
    ? computed(artifact.fromExpression, scope)
    : named(artifact.from ?? '', scope);
  if (!found.ok) return found;
  const source = found.ref as unknown as Artifact;
  if (!artifact.subPath) return { ok: true, artifact: source };
  const subPath = expand<string>(dataText(artifact.subPath), scope, 'none');
  if (!subPath.ok) return fault(subPath.error);
  const appended = appendToKey(source, plain<string>(subPath.value));
  if (appended.ok) return appended;
  return source.optional === true ? { ok: true, artifact: source } : appended;
}
