/** Checks documents against all of Argo's rules, and resolves what they refer to. */

import type { Arguments } from '../../argo/invocation.ts';
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
  /** The workflow's arguments over those of the referenced spec. */
  readonly arguments: Arguments;
  /** Which template calls which, as far as names are known before the run. */
  readonly calls: CallGraph;
}

export interface Analysis {
  readonly workflows: readonly AnalyzedWorkflow[];
  readonly stores: TemplateStores;
  /** Places of all documents and companions, merged specs included. */
  readonly spans: SpanIndex;
  readonly diagnostics: readonly Diagnostic[];
}

export function analyze(documents: readonly ParsedDocument[], options: AnalyzeOptions = {}): Analysis {
  const { mode = 'lint', companions = [], warnings = true } = options;
  const collector = createCollector();
  const spans = joinIndexes([...documents, ...companions]);
  const stores = collectStores([...documents, ...companions], collector);
  const checker: Checker = { mode, spans, stores, collector, warns: warnings };
  // What is left of a document with values of wrong types would give findings about what was left out.
  const workflows = documents.flatMap((document): readonly AnalyzedWorkflow[] =>
    isRunnable(document) && document.isComplete ? [analyzeOne(checker, document)] : [],
  );
  return { workflows, stores, spans, diagnostics: collector.sorted() };
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

function analyzeOne(checker: Checker, document: ParsedDocument<Runnable>): AnalyzedWorkflow {
  const { value } = document;
  checkObjectName(checker, value.kind, value.metadata);
  if (value.kind === 'CronWorkflow') checkCron(checker, value);
  const spec = value.kind === 'CronWorkflow' ? (value.spec.workflowSpec ?? {}) : value.spec;
  const metadata = value.kind === 'CronWorkflow' ? (value.spec.workflowMetadata ?? {}) : value.metadata;
  const checked = checkWorkflow(forObject(checker, value), { object: value, spec, metadata });
  const merged = checked.referenced ? mergeWorkflowTemplateRef(spec, checked.referenced.spec) : spec;
  return { document, spec: merged, arguments: checked.arguments, calls: checked.calls };
}

/** An object of the whole cluster cannot refer to one of a namespace. */
function forObject(checker: Checker, { kind }: Runnable): Checker {
  if (kind !== 'ClusterWorkflowTemplate') return checker;
  return { ...checker, stores: { ...checker.stores, workflowTemplate: () => undefined } };
}

/** Documents of several parses have an index each; the one that knows an object answers for it. */
function joinIndexes(documents: readonly ParsedDocument[]): SpanIndex {
  const indexes = [...new Set(documents.map(({ spans }) => spans))];
  const [first] = indexes;
  if (first && indexes.length === 1) return first;
  const indexOf = (object: object): SpanIndex =>
    indexes.find((index) => index.has(object)) ?? first ?? nowhere;
  return {
    of: (object, key) => indexOf(object).of(object, key),
    key: (object, key) => indexOf(object).key(object, key),
    name: (object) => indexOf(object).name(object),
    has: (object) => indexes.some((index) => index.has(object)),
  };
}

const nothing = { source: { path: '', text: '' }, start: 0, end: 0 };
const nowhere: SpanIndex = { of: () => nothing, key: () => nothing, name: () => nothing, has: () => false };
