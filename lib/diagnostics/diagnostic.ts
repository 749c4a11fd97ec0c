/** What is found in a workflow: one value that is drawn, printed on a line, or written as JSON. */

import type { Span } from './source.ts';

export type Severity = 'error' | 'warning';

/** One finding: what (message), where (span), why (label, notes) and what to do (hint). */
export interface Diagnostic {
  /** Kebab-case, stable; the argument of `argosy explain`. */
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly span?: Span;
  /** Short text under the caret. */
  readonly label?: string;
  readonly related?: readonly { readonly span: Span; readonly message: string }[];
  readonly notes?: readonly string[];
  readonly hint?: string;
}
