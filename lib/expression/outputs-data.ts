/** The `transformation` of a data template (workflow/data/data.go). */
import { evaluateExpr } from './expr/expression.ts';
import { goJsonEncode } from './go/json-encode.ts';
import { GoError } from './go-error.ts';
import type { GoValue } from './values.ts';

export type TransformedData =
  /** `json` is the template's result. */
  | { readonly ok: true; readonly value: GoValue; readonly json: string }
  | { readonly ok: false; readonly error: string; readonly value?: GoValue };

/** The paths, run through the expressions one after the other; each sees `data` and no functions of Argo. */
export function transformData(paths: readonly string[], expressions: readonly string[]): TransformedData {
  let data: GoValue = { kind: 'list', type: '[]string', items: paths };
  for (const [step, expression] of expressions.entries()) {
    if (expression === '') continue;
    const result = evaluateExpr(expression, new Map([['data', data]]));
    if (!result.ok) {
      return {
        ok: false,
        error: `unable to process data transformation: error processing data step ${step}: ${result.error}`,
      };
    }
    data = result.value;
  }
  try {
    return { ok: true, value: data, json: goJsonEncode(data) };
  } catch (error) {
    if (error instanceof GoError) return { ok: false, error: error.message, value: data };
    throw error;
  }
}
