/** `argosy submit`: starts a run on AWS. */
import { basename, extname } from 'node:path';
import type { RunRecord } from '../../aws/run-index.ts';
import { type ParsedDocument, parse } from '../../compiler/1-parse/parse.ts';
import type { Runnable } from '../../compiler/2-analyze/analyze.ts';
import { lint } from '../../compiler/2-analyze/lint.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Source } from '../../diagnostics/source.ts';
import { type Submission, submitted } from '../../local/submission.ts';
import type { JsonValue } from '../../protocol/json.ts';
import { type RunFlags, submissionOf } from '../commands/run.ts';
import { CliError, EXIT } from '../exit-code.ts';
import { readSources } from '../files.ts';
import type { Output } from '../render/workflow.ts';
import { showWorkflow } from '../render/workflow.ts';
import { printYaml } from '../render/yaml.ts';
import { countText, reportDiagnostics } from '../report.ts';
import type { Terminal } from '../terminal.ts';
import { executionLink } from './console-links.ts';
import { currentRun, listedRun } from './find-run.ts';
import { logs } from './logs.ts';
import { type AwsFlags, type Session, withSession } from './session.ts';
import { startedRun, submissionKey, upload } from './upload.ts';
import { untilOver, watchRun } from './wait.ts';

export interface FollowFlags {
  readonly wait?: boolean;
  readonly watch?: boolean;
  readonly log?: boolean;
  readonly output: Output;
}

export interface SubmitFlags extends Omit<RunFlags, 'log' | 'output'>, FollowFlags, AwsFlags {
  readonly dryRun?: boolean;
}

export async function submit(
  paths: readonly string[],
  flags: SubmitFlags,
  terminal: Terminal,
): Promise<number> {
  const submission = await submissionOf(flags as RunFlags, terminal);
  const sources = await readSources(paths, terminal);
  const text = textOf(sources, submission, terminal);
  if (text === undefined) return EXIT.invalid;
  if (flags.dryRun) {
    terminal.out.write(text);
    return EXIT.ok;
  }
  const [first] = paths;
  const stem = first === undefined || first === '-' ? 'workflow' : basename(first, extname(first));
  return await withSession(flags, terminal, async (session) => {
    const record = await submitText(session, stem, text);
    return await follow(session, record, flags, terminal);
  });
}

export async function submitText(session: Session, stem: string, text: string): Promise<RunRecord> {
  return await startedRun(session, await upload(session, submissionKey(stem), text));
}

/** Says what was started, and stays with it as far as the flags want. */
export async function follow(
  session: Session,
  record: RunRecord,
  flags: FollowFlags & AwsFlags,
  terminal: Terminal,
): Promise<number> {
  const { out, err } = terminal;
  if (record.executionArn !== undefined) err.write(`${executionLink(session.region, record.executionArn)}\n`);
  if (flags.watch) return await watchRun(session, record, terminal);
  if (flags.log) await logs(record.uid, undefined, { ...flags, follow: true }, terminal);
  const ended = flags.wait || flags.log ? await untilOver(session, record) : record;
  const { output } = flags;
  const workflow = output === 'name' ? listedRun(ended) : await currentRun(session, ended);
  out.write(showWorkflow(workflow, out, { output, now: session.clients.now() }));
  return flags.wait || flags.log ? (ended.phase === 'Succeeded' ? EXIT.ok : EXIT.failed) : EXIT.ok;
}

type GivenSubmission = Submission & { readonly from?: string };

/** What is uploaded: the workflow with what was said at submission. */
function textOf(
  sources: readonly Source[],
  submission: GivenSubmission,
  terminal: Terminal,
): string | undefined {
  const stored = sources.length === 0 ? storedTemplate(submission) : undefined;
  const all = stored === undefined ? sources : [stored];
  const { documents, diagnostics } = checked(all);
  reportDiagnostics(diagnostics, terminal.err);
  if (diagnostics.some(({ severity }) => severity === 'error')) {
    terminal.err.write(`\n${terminal.err.colors.red(`✖ ${countText(diagnostics)}`)}\n`);
    return undefined;
  }
  const chosen = chosenOf(documents, stored === undefined ? submission.from : undefined);
  const { value } = submitted(chosen, submission);
  const beside = documents
    .filter((one) => one !== chosen || chosen.kind !== 'Workflow')
    .map((one) => one.value);
  return [value, ...beside].map((one) => printYaml(one as unknown as JsonValue)).join('---\n');
}

/** Templates of other objects may be stored where only the functions see them. */
const ELSEWHERE = 'unknown-template-ref';

function checked(sources: readonly Source[]): {
  readonly documents: readonly ParsedDocument[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const { documents } = parse(sources);
  const { diagnostics } = lint(sources);
  return { documents, diagnostics: diagnostics.filter(({ code }) => code !== ELSEWHERE) };
}

const RUNNABLE = new Set(['Workflow', 'CronWorkflow', 'WorkflowTemplate', 'ClusterWorkflowTemplate']);

function chosenOf(documents: readonly ParsedDocument[], from: string | undefined): ParsedDocument<Runnable> {
  const runnable = documents.filter((one): one is ParsedDocument<Runnable> => RUNNABLE.has(one.kind));
  const [kind = '', name = ''] = (from ?? '').split('/');
  const wanted = KINDS[kind.toLowerCase()];
  const found =
    from === undefined
      ? runnable.filter((one) => one.kind === 'Workflow')
      : runnable.filter((one) => one.kind === wanted && one.name === name);
  const [first] = found;
  if (first === undefined)
    throw new CliError(from === undefined ? 'there is no Workflow in these files' : `there is no ${from}`);
  if (found.length > 1)
    throw new CliError(
      `several could be meant: ${found.map((one) => one.name).join(', ')}`,
      EXIT.usage,
      'say which with --from KIND/NAME',
    );
  return first;
}

const KINDS: Readonly<Record<string, Runnable['kind']>> = {
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

/** `--from workftmpl/NAME` without files: a workflow that refers to the stored template. */
function storedTemplate({ from }: GivenSubmission): Source {
  if (from === undefined) throw new CliError('name files, or a stored template with --from KIND/NAME');
  const [kind = '', name = ''] = from.split('/');
  const wanted = KINDS[kind.toLowerCase()];
  if (name === '' || (wanted !== 'WorkflowTemplate' && wanted !== 'ClusterWorkflowTemplate'))
    throw new CliError(
      `--from ${from} names no stored template`,
      EXIT.usage,
      'write workflowtemplate/NAME or clusterworkflowtemplate/NAME',
    );
  const clusterScope = wanted === 'ClusterWorkflowTemplate' ? { clusterScope: true } : {};
  const workflow = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: { generateName: `${name}-` },
    spec: { workflowTemplateRef: { name, ...clusterScope } },
  };
  return { path: from, text: JSON.stringify(workflow) };
}
