/**
 * jq filters on JSON, as outputs of resource templates use them (`jqFilter`). The language is that of gojq 0.12,
 * which Argo runs, but for modules, input and environment, dates other than ISO 8601, and `?//`.
 */
import { GoError } from '../go-error.ts';
import type { Filter } from './ast.ts';
import { checkFilter } from './check.ts';
import { parseFilter } from './parse.ts';
import { run } from './run.ts';
import { type Json, jsonOf } from './value.ts';

/** A filter that does not end is ended. */
const MOST_STEPS = 2_000_000;

/** Throws GoError when the filter cannot be read, or names what there is not. */
export function checkJq(text: string): void {
  compiled(text);
}

/** `workflow/executor/resource.go` jqFilter: one line a result, strings as they are, trimmed. Throws GoError. */
export function jqFilter(text: string, document: unknown): string {
  const context = { scope: undefined, budget: { steps: MOST_STEPS } };
  let lines = '';
  try {
    for (const { value } of run(compiled(text), { value: document as Json, path: undefined }, context))
      lines += `${printed(value)}\n`;
  } catch (error) {
    // A filter may call itself more often than the stack holds.
    if (error instanceof RangeError) throw new GoError('jq: the filter takes too many steps');
    throw error;
  }
  return lines.trim();
}

/** What JSON has no number for cannot be printed at the top; inside of values jq itself has made it one. */
function printed(value: Json): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new GoError(
      `json: unsupported value: ${Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'}`,
    );
  return jsonOf(value, true);
}

function compiled(text: string): Filter {
  const filter = parseFilter(text);
  checkFilter(filter);
  return filter;
}
