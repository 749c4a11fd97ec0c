/** Says of every field that a document sets whether it is left out, or cannot be supported at all. */

import { schemaTypes } from '../../argo/schema.generated.ts';
import { type Verdict, verdictOf } from '../../argo/support.ts';
import type { Kind } from '../../argo/workflow.ts';
import { type Collector, createCollector } from '../../diagnostics/collector.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { ParsedDocument } from '../1-parse/parse.ts';
import type { SpanIndex } from '../1-parse/spans.ts';

/**
 * Fields that are left out give warnings, fields that are refused errors. A field inside one that was
 * reported is not
 * reported again; what Argo and Kubernetes write themselves is passed over.
 */
export function checkSupport(documents: readonly ParsedDocument[]): readonly Diagnostic[] {
  const collector = createCollector();
  for (const { kind, value, spans } of documents) walk(value, kind, { spans, collector });
  return collector.sorted();
}

interface Walk {
  readonly spans: SpanIndex;
  readonly collector: Collector;
}

/** Types whose fields no user writes by hand; `kubectl get -o yaml` leaves them in. */
const silentTypes: ReadonlySet<string> = new Set(['ObjectMeta', 'Metadata', 'ManagedFieldsEntry']);

function walk(value: unknown, type: Kind | string, context: Walk): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const element of value) walk(element, type.replace('[]', ''), context);
    return;
  }
  if (type.startsWith('{}')) {
    for (const element of Object.values(value)) walk(element, type.slice(2), context);
    return;
  }
  const fields = schemaTypes[type];
  if (!fields || silentTypes.has(type)) return;
  for (const [field, child] of Object.entries(value)) {
    const verdict = verdictOf(`${type}.${field}`);
    if (verdict && field !== 'status') reportField(value, field, child, verdict, context);
    const isReported = verdict?.kind === 'ignored' || verdict?.kind === 'refused';
    if (!isReported && fields[field]) walk(child, fields[field], context);
  }
}

function reportField(owner: object, field: string, child: unknown, verdict: Verdict, context: Walk): void {
  const span = context.spans.key(owner, field);
  if (verdict.kind === 'ignored' && child !== false) {
    const message = `${field} has no counterpart here and is left out`;
    context.collector.report('ignored-field', span, message, { notes: [`${verdict.lost}.`] });
  }
  if (verdict.kind === 'mapped' && verdict.note) {
    const message = `${field} becomes ${verdict.to}`;
    context.collector.report('mapped-field', span, message, { notes: [verdict.note] });
  }
  if (verdict.kind === 'refused' && child !== false) {
    const message = `${field} cannot be supported here: ${verdict.why}`;
    context.collector.report('refused-field', span, message, { hint: verdict.remedy });
  }
}
