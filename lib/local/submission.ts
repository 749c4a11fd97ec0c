/** What is said at submission (name, arguments, labels …), put over the workflow that was read. */
import type { Workflow, WorkflowSpec } from '../argo/workflow.ts';
import type { ParsedDocument } from '../compiler/1-parse/parse.ts';
import type { SpanIndex } from '../compiler/1-parse/spans.ts';
import type { Runnable } from '../compiler/2-analyze/analyze.ts';

export interface Submission {
  readonly name?: string;
  readonly generateName?: string;
  readonly entrypoint?: string;
  readonly serviceAccount?: string;
  readonly priority?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** They replace arguments of the same name, and add to the others. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** A Workflow made of any object that can run, as `argo submit --from` makes it. */
export function submitted(
  document: ParsedDocument<Runnable>,
  submission: Submission,
): ParsedDocument<Workflow> {
  const { value } = document;
  const spec = specOf(value, submission);
  const metadata = metadataOf(value, submission);
  const workflow: Workflow = { apiVersion: value.apiVersion, kind: 'Workflow', metadata, spec };
  const places = new Map<object, object>([
    [workflow, value],
    [metadata, value.metadata],
    [spec, value.kind === 'CronWorkflow' ? (value.spec.workflowSpec ?? value.spec) : value.spec],
  ]);
  if (spec.arguments !== undefined) places.set(spec.arguments, originalSpec(value).arguments ?? value.spec);
  return {
    ...document,
    kind: 'Workflow',
    name: metadata.name ?? metadata.generateName ?? '',
    value: workflow,
    spans: movedPlaces(document.spans, places),
  };
}

function originalSpec(value: Runnable): WorkflowSpec {
  return value.kind === 'CronWorkflow' ? (value.spec.workflowSpec ?? {}) : value.spec;
}

/** A library is not copied: a run of it refers to it, as Argo's does. */
function specOf(value: Runnable, submission: Submission): WorkflowSpec {
  const own = originalSpec(value);
  const isLibrary = value.kind === 'WorkflowTemplate' || value.kind === 'ClusterWorkflowTemplate';
  const base: WorkflowSpec = isLibrary
    ? {
        workflowTemplateRef: {
          name: value.metadata.name ?? '',
          ...(value.kind === 'ClusterWorkflowTemplate' ? { clusterScope: true } : {}),
        },
        ...(own.arguments === undefined ? {} : { arguments: own.arguments }),
      }
    : own;
  const parameters = parametersOf(base, submission);
  return {
    ...base,
    ...(parameters === undefined ? {} : { arguments: { ...base.arguments, parameters } }),
    ...(submission.entrypoint === undefined ? {} : { entrypoint: submission.entrypoint }),
    ...(submission.serviceAccount === undefined ? {} : { serviceAccountName: submission.serviceAccount }),
    ...(submission.priority === undefined ? {} : { priority: submission.priority }),
  };
}

function parametersOf(spec: WorkflowSpec, submission: Submission) {
  const given = Object.entries(submission.parameters ?? {});
  if (given.length === 0) return undefined;
  const names = new Set(given.map(([name]) => name));
  const kept = (spec.arguments?.parameters ?? []).filter((one) => !names.has(one.name));
  return [...given.map(([name, value]) => ({ name, value })), ...kept];
}

function metadataOf(value: Runnable, submission: Submission): Workflow['metadata'] {
  const own = value.kind === 'CronWorkflow' ? (value.spec.workflowMetadata ?? {}) : value.metadata;
  const labels = { ...own.labels, ...submission.labels };
  const annotations = { ...own.annotations, ...submission.annotations };
  const { namespace } = value.metadata;
  return {
    ...namesOf(value, submission),
    ...(namespace === undefined ? {} : { namespace }),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
}

/** A given generateName wins over the file's name, a given name over all. */
function namesOf(value: Runnable, { name, generateName }: Submission): Workflow['metadata'] {
  if (name !== undefined) return { name };
  if (generateName !== undefined) return { generateName };
  const own = value.metadata;
  if (value.kind !== 'Workflow') return { generateName: `${own.name ?? own.generateName ?? 'workflow'}-` };
  return {
    ...(own.name === undefined ? {} : { name: own.name }),
    ...(own.generateName === undefined ? {} : { generateName: own.generateName }),
  };
}

/** The places of new objects are those of the ones that they were made from. */
function movedPlaces(spans: SpanIndex, places: ReadonlyMap<object, object>): SpanIndex {
  const original = (object: object) => places.get(object) ?? object;
  return {
    of: (object, key) => spans.of(original(object), key),
    key: (object, key) => spans.key(original(object), key),
    name: (object) => spans.name(original(object)),
    has: (object) => spans.has(original(object)),
  };
}
