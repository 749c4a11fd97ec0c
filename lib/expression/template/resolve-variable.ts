/** A single reference, as in `valueFrom.parameter` and `from` (util/template/resolve_var.go). */

import { evaluateExpr } from '../expr/expression.ts';
import { goTrimSpace } from '../go/space.ts';
import type { Scope } from '../scope.ts';
import type { GoValue } from '../values.ts';

export type ResolvedVariable = { readonly tag: string } & (
  | { readonly ok: true; readonly value: GoValue }
  | { readonly ok: false; readonly error: string }
);

/** The name inside the braces. */
export function referenceTag(reference: string): string {
  const opened = reference.startsWith('{{') ? reference.slice(2) : reference;
  return goTrimSpace(opened.endsWith('}}') ? opened.slice(0, -2) : opened);
}

/** An expression here sees the flat names alone, no functions; a name may hold null, an absent optional. */
export function resolveVariable(reference: string, scope: Scope): ResolvedVariable {
  const tag = referenceTag(reference);
  if (!tag.startsWith('=')) {
    const value = scope.get(tag);
    return value === undefined ? { ok: false, tag, error: unresolvable(tag) } : { ok: true, tag, value };
  }
  const expression = tag
    .slice(1)
    .replaceAll('\\u003c', '<')
    .replaceAll('\\u003e', '>')
    .replaceAll('\\u0026', '&');
  const result = evaluateExpr(expression, scope);
  if (!result.ok) {
    const what = result.phase === 'compile' ? 'Unable to compile' : 'Invalid expression';
    return { ok: false, tag, error: `${what}: ${JSON.stringify(expression)}` };
  }
  return result.value === null
    ? { ok: false, tag, error: unresolvable(tag) }
    : { ok: true, tag, value: result.value };
}

function unresolvable(tag: string): string {
  return `Unable to resolve: ${JSON.stringify(tag)}`;
}
