/** Checks documents against all of Argo's rules, and resolves what they refer to. */

import type { Arguments } from '../../argo/invocation.ts';
import type { ObjectMeta } from '../../argo/policy.ts';
import type { Trace } from '../../argo/strategic-merge.ts';
import type {
  ClusterWorkflowTemplate,
  CronWorkflow,
  Workflow,
  WorkflowSpec,
  WorkflowTemplate,
} from '../../argo/workflow.ts';
import { mergeWorkflowTemplateRef } from '../../argo/workflow-merge.ts';
import { createCollector } from '../../diagnostics/collector.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { ParsedDocument } from '../1-parse/parse.ts';
import type { SpanIndex } from '../1-parse/spans.ts';
import { checkWorkflow } from './check-workflow.ts';
import type { CallGraph, Checker, Mode } from './frame.ts';
import { checkCron } from './rules/cron.ts';
import { checkObjectName } from './rules/object-names.ts';
import { collectStores, type TemplateStores } from './stores.ts';

export interface AnalyzeOptions {
  /** `lint` allows workflow parameters without a value, `run` does not. @default 'lint' */
  readonly mode?: Mode;
  /** Documents that are only looked up, and not checked themselves. @default none */
  readonly companions?: readonly ParsedDocument[];
  /** Whether to look for what is allowed but probably not meant. @default true */
  readonly warnings?: boolean;
}

export type Runnable = Workflow | WorkflowTemplate | ClusterWorkflowTemplate | CronWorkflow;

/** An object with a spec that can run, with all that it refers to put in. */
export interface AnalyzedWorkflow {
  readonly document: ParsedDocument<Runnable>;
  /** The spec that runs: that of `workflowTemplateRef` merged in. */
  readonly spec: WorkflowSpec;
  /** Those of the spec that runs. */
  readonly arguments: Arguments;
  /** Which template calls which, as far as names are known before the run. */
  readonly calls: CallGraph;
}

export interface Analysis {
  readonly workflows: readonly AnalyzedWorkflow[];
  readonly stores: TemplateStores;
  /** Places of all documents and companions, merged specs included. */
  readonly spans: SpanIndex;
  /** To be given to later merges, so that their results too have a place. */
  readonly trace: Trace;
  readonly diagnostics: readonly Diagnostic[];
}

export function analyze(documents: readonly ParsedDocument[], options: AnalyzeOptions = {}): Analysis {
  const { mode = 'lint', companions = [], warnings = true } = options;
  const collector = createCollector();
  const { spans, trace } = joinIndexes([...documents, ...companions]);
  const stores = collectStores([...documents, ...companions], collector);
  const checker: Checker = { mode, spans, stores, collector, warns: warnings };
  // What is left of a document with values of wrong types would give findings about what was left out.
  const workflows = documents.flatMap((document): readonly AnalyzedWorkflow[] =>
    isRunnable(document) && document.isComplete ? [analyzeOne(checker, document, trace)] : [],
  );
  return { workflows, stores, spans, trace, diagnostics: collector.sorted() };
}

function isRunnable(document: ParsedDocument): document is ParsedDocument<Runnable> {
  const { kind } = document;
  return (
    kind === 'Workflow' ||
    kind === 'WorkflowTemplate' ||
    kind === 'ClusterWorkflowTemplate' ||
    kind === 'CronWorkflow'
  );
}

function analyzeOne(checker: Checker, document: ParsedDocument<Runnable>, trace: Trace): AnalyzedWorkflow {
  const { value } = document;
  checkObjectName(checker, value.kind, value.metadata);
  if (value.kind === 'CronWorkflow') checkCron(checker, value);
  const spec = value.kind === 'CronWorkflow' ? (value.spec.workflowSpec ?? {}) : value.spec;
  const metadata = value.kind === 'CronWorkflow' ? metadataOfRun(value) : value.metadata;
  const checked = checkWorkflow(checker, { object: value, spec, metadata });
  const merged = checked.referenced ? mergeWorkflowTemplateRef(spec, checked.referenced.spec, trace) : spec;
  return { document, spec: merged, arguments: merged.arguments ?? {}, calls: checked.calls };
}

/**
 * What a run of a CronWorkflow is labelled with (`ConvertCronWorkflowToWorkflow` in
 * `workflow/common/convert.go`).
 */
function metadataOfRun({ metadata, spec }: CronWorkflow): ObjectMeta {
  const { labels, annotations } = spec.workflowMetadata ?? {};
  return {
    labels: { 'workflows.argoproj.io/cron-workflow': metadata.name ?? '', ...labels },
    annotations: { 'workflows.argoproj.io/scheduled-time': '', ...annotations },
  };
}

/**
 * Documents of several parses have an index each; the one that knows an object answers for it. An object that
 * a merge
 * made stands where the one stands that it was mostly made from.
 */
function joinIndexes(documents: readonly ParsedDocument[]): {
  readonly spans: SpanIndex;
  readonly trace: Trace;
} {
  const indexes = [...new Set(documents.map(({ spans }) => spans))];
  const origins = new WeakMap<object, object>();
  const find = (object: object): readonly [SpanIndex, object] => {
    const own = origins.get(object) ?? object;
    return [indexes.find((index) => index.has(own)) ?? indexes[0] ?? nowhere, own];
  };
  const spans: SpanIndex = {
    of: (object, key) => {
      const [index, own] = find(object);
      return index.of(own, key);
    },
    key: (object, key) => {
      const [index, own] = find(object);
      return index.key(own, key);
    },
    name: (object) => {
      const [index, own] = find(object);
      return index.name(own);
    },
    has: (object) => indexes.some((index) => index.has(origins.get(object) ?? object)),
  };
  return { spans, trace: (merged, from) => origins.set(merged, origins.get(from) ?? from) };
}

const nothing = { source: { path: '', text: '' }, start: 0, end: 0 };
const nowhere: SpanIndex = { of: () => nothing, key: () => nothing, name: () => nothing, has: () => false };
