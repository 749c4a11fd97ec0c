/**
 * Labels that the spec works out by expressions (updateWorkflowMetadata in operator.go). They are read before the state
 * of the run is known, and none sees another.
 */
import { evaluateExpr } from '../expression/expr/expression.ts';
import { goTypeOf } from '../expression/go/format.ts';
import { exprEnv } from '../expression/scope.ts';
import type { Bundle } from './bundle.ts';
import type { Scope } from './scope.ts';
import { expand, plain } from './text.ts';

export type LabelsFrom =
  | { readonly ok: true; readonly labels: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly error: string };

const LABEL_VALUE = '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?';
const MAX_LABEL_BYTES = 63;

/** `IsValidLabelValue` of apimachinery. */
function labelFault(value: string): string | undefined {
  const faults: string[] = [];
  if (Buffer.byteLength(value) > MAX_LABEL_BYTES)
    faults.push(`must be no more than ${MAX_LABEL_BYTES} bytes`);
  if (!new RegExp(`^${LABEL_VALUE}$`).test(value)) {
    faults.push(
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must " +
        "start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used " +
        `for validation is '${LABEL_VALUE}')`,
    );
  }
  return faults.length === 0 ? undefined : faults.join(';');
}

/** The labels by name, or what is wrong with the first that has none. */
export function labelsFrom(bundle: Bundle, scope: Scope): LabelsFrom {
  const labels: Record<string, string> = {};
  for (const [name, { expression: written }] of Object.entries(
    bundle.spec.workflowMetadata?.labelsFrom ?? {},
  )) {
    const read = expand<string>(written, scope, 'none');
    const expression = read.ok ? plain<string>(read.value) : written;
    const what = `label ${JSON.stringify(name)} expression ${JSON.stringify(expression)}`;
    const result = evaluateExpr(expression, exprEnv(scope.values));
    if (!result.ok) return { ok: false, error: `failed to evaluate ${what}: ${result.error}` };
    const { value } = result;
    if (typeof value !== 'string')
      return {
        ok: false,
        error: `failed to evaluate ${what} evaluted to ${goTypeOf(value)} but must be a string`,
      };
    const fault = labelFault(value);
    if (fault !== undefined) {
      const place = `label ${JSON.stringify(name)} and expression ${JSON.stringify(expression)}`;
      return { ok: false, error: `invalid label value ${JSON.stringify(value)} for ${place}: ${fault}` };
    }
    labels[name] = value;
  }
  return { ok: true, labels };
}
