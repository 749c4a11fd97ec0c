/** Reads and checks sources in one go: what `argosy lint` does. */

import { createCollector, sortDiagnostics } from '../../diagnostics/collector.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Source } from '../../diagnostics/source.ts';
import { type ParsedDocument, type ParseOptions, parse } from '../1-parse/parse.ts';
import { type AnalyzeOptions, analyze } from './analyze.ts';

export interface LintOptions extends ParseOptions, AnalyzeOptions {}

export interface LintResult {
  readonly documents: readonly ParsedDocument[];
  readonly diagnostics: readonly Diagnostic[];
  /** Whether there are no errors; warnings do not count. */
  readonly valid: boolean;
  readonly counts: { readonly errors: number; readonly warnings: number; readonly documents: number };
}

const checkable = new Set(['Workflow', 'WorkflowTemplate', 'ClusterWorkflowTemplate', 'CronWorkflow']);

export function lint(sources: readonly Source[], options: LintOptions = {}): LintResult {
  const { documents, diagnostics: parsing } = parse(sources, options);
  const { diagnostics: analysis } = analyze(documents, options);
  const diagnostics = sortDiagnostics([
    ...nothingToCheck(sources, documents, parsing),
    ...parsing,
    ...analysis,
  ]);
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const counts = { errors, warnings: diagnostics.length - errors, documents: documents.length };
  return { documents, diagnostics, valid: errors === 0, counts };
}

/**
 * As for `argo lint`, it is a failure when there was nothing to look at: the path was probably not the one
 * meant.
 */
function nothingToCheck(
  sources: readonly Source[],
  documents: readonly ParsedDocument[],
  parsing: readonly Diagnostic[],
): readonly Diagnostic[] {
  if (documents.some(({ kind }) => checkable.has(kind))) return [];
  if (parsing.some(({ severity }) => severity === 'error')) return [];
  const collector = createCollector();
  const [source] = sources;
  const first = documents[0];
  const span = first
    ? first.spans.of(first.value, 'kind')
    : (parsing[0]?.span ?? (source && { source, start: 0, end: Math.min(1, source.text.length) }));
  collector.report('nothing-to-check', span, 'there is no workflow and no template here');
  return collector.sorted();
}
