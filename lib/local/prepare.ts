/** Documents → what a local run needs: the chosen workflow, compiled, and the objects that it refers to. */
import type { Workflow } from '../argo/workflow.ts';
import { QUOTAS } from '../asl/quotas.ts';
import { type ParsedDocument, parse } from '../compiler/1-parse/parse.ts';
import { type AnalyzedWorkflow, analyze, type Runnable } from '../compiler/2-analyze/analyze.ts';
import { checkSupport, type SupportOptions } from '../compiler/2-analyze/check-support.ts';
import { type Compiled, compileWorkflow } from '../compiler/compile.ts';
import { diagnosticOf, sortDiagnostics } from '../diagnostics/collector.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Source } from '../diagnostics/source.ts';
import type { EksPlacement } from '../evaluate/bundle.ts';
import type { ObjectLookup } from '../executor/objects.ts';
import { type Submission, submitted } from './submission.ts';

export interface Prepared {
  readonly name: string;
  readonly document: ParsedDocument<Workflow>;
  readonly analyzed: AnalyzedWorkflow;
  readonly compiled: Compiled;
  readonly objects: ObjectLookup;
}

export interface Preparation {
  readonly diagnostics: readonly Diagnostic[];
  /** Missing when there are errors. */
  readonly prepared?: Prepared;
  /** What could run, when it is not clear which is meant. */
  readonly candidates?: readonly ParsedDocument[];
}

export interface PrepareOptions extends Submission {
  /** `KIND/NAME` of the object to run; a kind may be written as `argo submit --from` takes it. */
  readonly from?: string;
  /** Five letters or more for a generated name. */
  readonly suffix: string;
  readonly prefix: string;
  /** There is a cluster for resource templates; containers run on this machine all the same. @default false */
  readonly hasCluster?: boolean;
  /** As for a runtime with an EKS cluster, which runs containers too. @default none */
  readonly eks?: EksPlacement;
  /** The run is tried again. @default false */
  readonly resume?: boolean;
  /** Characters that a state machine may have. @default what AWS takes */
  readonly definitionSize?: number;
}

const KINDS: Readonly<Record<string, string>> = {
  workflow: 'Workflow',
  wf: 'Workflow',
  workflowtemplate: 'WorkflowTemplate',
  wftmpl: 'WorkflowTemplate',
  clusterworkflowtemplate: 'ClusterWorkflowTemplate',
  cwftmpl: 'ClusterWorkflowTemplate',
  cwft: 'ClusterWorkflowTemplate',
  cronworkflow: 'CronWorkflow',
  cronwf: 'CronWorkflow',
  cwf: 'CronWorkflow',
};

export function prepareRun(sources: readonly Source[], options: PrepareOptions): Preparation {
  const parsed = parse(sources);
  const candidates = candidatesOf(parsed.documents, options.from);
  const [chosen] = candidates;
  if (chosen === undefined || candidates.length > 1 || hasErrors(parsed.diagnostics))
    return { diagnostics: parsed.diagnostics, candidates };
  const document = submitted(chosen, options);
  const companions = parsed.documents.filter((one) => one !== chosen || chosen.kind !== 'Workflow');
  const analysis = analyze([document], { mode: 'run', companions });
  const diagnostics = sortDiagnostics([
    ...parsed.diagnostics,
    ...analysis.diagnostics,
    ...checkSupport([chosen, ...companions.filter((one) => one !== chosen)], supportOf(options)),
  ]);
  const [analyzed] = analysis.workflows;
  if (hasErrors(diagnostics) || analyzed === undefined) return { diagnostics };
  const { name, generateName } = document.value.metadata;
  const compiled = compileWorkflow(analysis, analyzed, {
    prefix: options.prefix,
    ...(options.eks === undefined ? {} : { eks: options.eks }),
    ...(options.definitionSize === undefined ? {} : { definitionSize: options.definitionSize }),
    ...(options.resume && { isStaged: true, resume: true }),
  });
  const tooLarge = sizeFault(compiled, document);
  if (tooLarge !== undefined) return { diagnostics: [...diagnostics, tooLarge] };
  return {
    diagnostics,
    prepared: {
      name: name ?? `${generateName ?? ''}${options.suffix}`,
      document,
      analyzed,
      compiled,
      objects: objectsOf(parsed.documents),
    },
  };
}

function supportOf({ hasCluster, eks }: PrepareOptions): SupportOptions {
  if (eks !== undefined) return { cluster: { runsByDefault: eks.byDefault }, isAws: true };
  return hasCluster ? { cluster: { runsByDefault: false } } : {};
}

/** What could not be divided: Step Functions takes no larger definition, and neither does the interpreter. */
function sizeFault({ machine, parts }: Compiled, document: ParsedDocument<Workflow>): Diagnostic | undefined {
  const size = Math.max(...[machine, ...Object.values(parts)].map((one) => JSON.stringify(one).length));
  if (size <= QUOTAS.definitionSize) return undefined;
  const message = `the state machine has ${size} characters, ${QUOTAS.definitionSize} are the most`;
  const hint = 'write repeated steps as a loop, or move groups of steps into templates of their own';
  return diagnosticOf('too-large', document.spans.key(document.value, 'spec'), message, { hint });
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}

/** A Workflow before anything else; of several, those of the first source that holds one. */
function candidatesOf(
  documents: readonly ParsedDocument[],
  from: string | undefined,
): readonly ParsedDocument<Runnable>[] {
  if (from !== undefined) {
    const [kind = '', name = ''] = from.split('/');
    const wanted = KINDS[kind.toLowerCase()];
    return documents.filter(
      (one): one is ParsedDocument<Runnable> => one.kind === wanted && one.name === name,
    );
  }
  for (const kind of ['Workflow', 'CronWorkflow', 'WorkflowTemplate', 'ClusterWorkflowTemplate']) {
    const found = documents.filter((one): one is ParsedDocument<Runnable> => one.kind === kind);
    const [first] = found;
    if (first !== undefined) return found.filter(({ source }) => source === first.source);
  }
  return [];
}

/** ConfigMaps and Secrets among the documents; a Secret's `data` is base64. */
function objectsOf(documents: readonly ParsedDocument[]): ObjectLookup {
  const objects = new Map<string, Readonly<Record<string, string>>>();
  for (const { value, name } of documents) {
    if (value.kind === 'ConfigMap') objects.set(`configMap/${name}`, value.data ?? {});
    if (value.kind !== 'Secret') continue;
    const decoded = Object.entries(value.data ?? {}).map(([key, data]) => [
      key,
      Buffer.from(data, 'base64').toString('utf8'),
    ]);
    objects.set(`secret/${name}`, { ...Object.fromEntries(decoded), ...value.stringData });
  }
  return async (kind, name) => objects.get(`${kind}/${name}`);
}
