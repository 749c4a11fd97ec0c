/** Gathers diagnostics as they are found and hands them out once each, in the order of their positions. */

import { type Code, catalogue } from './catalogue.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Span } from './source.ts';

/** What a diagnostic may say besides its message. */
export interface Details {
  readonly label?: string;
  readonly related?: NonNullable<Diagnostic['related']>;
  readonly notes?: readonly string[];
  readonly hint?: string;
}

export interface Collector {
  /** Adds a finding with the severity that the catalogue gives its code. */
  report(code: Code, span: Span | undefined, message: string, details?: Details): void;
  add(diagnostics: readonly Diagnostic[]): void;
  /** Sorted by source and position, without repetitions. */
  sorted(): readonly Diagnostic[];
}

export function createCollector(): Collector {
  const found: Diagnostic[] = [];
  return {
    report(code, span, message, details) {
      found.push(diagnosticOf(code, span, message, details));
    },
    add(diagnostics) {
      for (const diagnostic of diagnostics) found.push(diagnostic);
    },
    sorted: () => sortDiagnostics(found),
  };
}

export function diagnosticOf(
  code: Code,
  span: Span | undefined,
  message: string,
  details?: Details,
): Diagnostic {
  const severity = catalogue[code].severity;
  return { code, severity, message, ...(span && { span }), ...details };
}

/** Sorts by source (in the order of first appearance) and position, and drops repetitions. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const order = new Map<unknown, number>();
  for (const { span } of diagnostics) {
    if (span && !order.has(span.source)) order.set(span.source, order.size);
  }
  const seen = new Set<string>();
  const rank = (diagnostic: Diagnostic): number =>
    diagnostic.span ? (order.get(diagnostic.span.source) ?? 0) : -1;
  return diagnostics
    .filter((diagnostic) => {
      const { code, message, span } = diagnostic;
      const key = `${rank(diagnostic)}:${span?.start}:${span?.end}:${code}:${message}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    })
    .sort(
      (a, b) =>
        rank(a) - rank(b) ||
        (a.span?.start ?? 0) - (b.span?.start ?? 0) ||
        (a.span?.end ?? 0) - (b.span?.end ?? 0),
    );
}
