/** Says of every field that a document sets whether it is left out, or cannot be supported at all. */

import { PLACEMENTS, type Placement, placementOf, RUN_ON, templatePlacement } from '../../argo/placement.ts';
import { schemaTypes } from '../../argo/schema.generated.ts';
import { fieldVerdicts, type Place, type Verdict } from '../../argo/support.ts';
import type { Template } from '../../argo/template.ts';
import type { Kind } from '../../argo/workflow.ts';
import { type Collector, createCollector } from '../../diagnostics/collector.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { ParsedDocument } from '../1-parse/parse.ts';
import type { SpanIndex } from '../1-parse/spans.ts';
import { checkClusterWords } from './check-cluster-words.ts';

/**
 * Fields that are left out give warnings, fields that are refused errors. A field inside one that was
 * reported is not
 * reported again; what Argo and Kubernetes write themselves is passed over.
 */
export function checkSupport(
  documents: readonly ParsedDocument[],
  options: SupportOptions = {},
): readonly Diagnostic[] {
  const collector = createCollector();
  for (const { kind, value, spans } of documents) {
    const context = { spans, collector, options };
    checkPlacement(value.metadata.annotations, context);
    const place = placeOf(placementOf(value.metadata.annotations), options);
    walk(value, kind, { ...context, place });
  }
  return collector.sorted();
}

export interface SupportOptions {
  /** The cluster that the runtime has, and whether containers run there unless they say else. @default none */
  readonly cluster?: { readonly runsByDefault: boolean };
  /** Whether a template that is to run in a cluster needs one; elsewhere an engine stands for it. @default false */
  readonly isAws?: boolean;
}

function placeOf(placement: Placement | undefined, { cluster }: SupportOptions): Place {
  if (cluster === undefined) return 'fargate';
  const isPod = placement === undefined ? cluster.runsByDefault : placement === 'eks';
  return isPod ? 'eks' : 'cluster';
}

type Checking = Omit<Walk, 'place'>;

function checkPlacement(
  annotations: Readonly<Record<string, string>> | undefined,
  { spans, collector, options }: Checking,
): void {
  const value = annotations?.[RUN_ON];
  if (annotations === undefined || value === undefined) return;
  const span = spans.of(annotations, RUN_ON);
  if (placementOf(annotations) === undefined)
    collector.report('invalid-placement', span, `${RUN_ON} is ${PLACEMENTS.join(' or ')}, not '${value}'`);
  else if (value === 'eks' && options.isAws && options.cluster === undefined)
    collector.report('no-cluster', span, `${RUN_ON} is eks, but this runtime has no EKS cluster`);
}

interface Walk {
  readonly spans: SpanIndex;
  readonly collector: Collector;
  readonly options: SupportOptions;
  readonly place: Place;
}

/** Types whose fields no user writes by hand; `kubectl get -o yaml` leaves them in. */
const silentTypes: ReadonlySet<string> = new Set(['ObjectMeta', 'Metadata', 'ManagedFieldsEntry']);

function walk(value: unknown, type: Kind | string, outer: Walk): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const element of value) walk(element, type.replace('[]', ''), outer);
    return;
  }
  if (type.startsWith('{}')) {
    for (const element of Object.values(value)) walk(element, type.slice(2), outer);
    return;
  }
  const fields = schemaTypes[type];
  if (!fields || silentTypes.has(type)) return;
  const context = type === 'Template' ? placed(value as Template, outer) : outer;
  const verdicts = fieldVerdicts(type, context.place);
  for (const [field, child] of Object.entries(value)) {
    const verdict = verdicts.get(field);
    if (verdict && field !== 'status') reportField(value, field, child, verdict, context);
    const isReported = verdict?.kind === 'ignored' || verdict?.kind === 'refused';
    if (!isReported && fields[field]) walk(child, fields[field], context);
  }
}

/** A template's own word about where it runs. */
function placed(template: Template, context: Walk): Walk {
  for (const annotations of [template.annotations, template.metadata?.annotations])
    checkPlacement(annotations, context);
  if (context.options.cluster !== undefined) checkClusterWords(template, context.spans, context.collector);
  const placement = templatePlacement(template);
  return placement === undefined ? context : { ...context, place: placeOf(placement, context.options) };
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
