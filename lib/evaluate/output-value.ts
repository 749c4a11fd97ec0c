/** `valueFrom.parameter` and `valueFrom.expression` of an output (resolveParameter in `workflow/controller/scope.go`). */
import type { ValueFrom } from '../argo/parameter.ts';
import { tagName } from './artifact-reference.ts';
import { type Scope, valueText } from './scope.ts';

export type OutputValue =
  /** Null: the output of a skipped member that declared no default. */
  { readonly ok: true; readonly value: string | null } | { readonly ok: false; readonly error: string };

export function parameterValue(source: ValueFrom, scope: Scope): OutputValue {
  if (source.expression) return { ok: false, error: `failed to evaluate expression ${source.expression}` };
  if (!source.parameter) return { ok: true, value: '' };
  const name = tagName(source.parameter);
  const value = scope.values.get(name);
  if (value !== undefined) return { ok: true, value: value === null ? null : valueText(value) };
  return { ok: false, error: `Unable to resolve: ${JSON.stringify(name)}` };
}
