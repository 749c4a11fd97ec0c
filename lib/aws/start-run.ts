/**
 * Starts a run exactly once: the row is written first, and whoever finds it unstarted starts it as it was
 * written.
 */
import type { Workflow } from '../argo/workflow.ts';
import type { ParsedDocument } from '../compiler/1-parse/parse.ts';
import { analyze } from '../compiler/2-analyze/analyze.ts';
import { checkSupport, type SupportOptions } from '../compiler/2-analyze/check-support.ts';
import { type Compiled, compileWorkflow } from '../compiler/compile.ts';
import { diagnosticOf, sortDiagnostics } from '../diagnostics/collector.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Bundle, EksPlacement } from '../evaluate/bundle.ts';
import { hasErrors } from '../local/prepare.ts';
import { runContextOf } from '../local/run-context.ts';
import { runBundleKey } from '../protocol/blob-store.ts';
import type { AwsWorld } from './aws-world.ts';
import { eksPlacement } from './eks-cluster.ts';
import { ensureMachine, MachineTooLarge, TaskNotRegistered } from './machines.ts';
import { inputOf, type RunRecord } from './run-index.ts';
import { executionName, type RunNames } from './run-names.ts';
import { runStore } from './s3-blob-store.ts';
import { started } from './start-execution.ts';

export interface RunRequest {
  readonly document: ParsedDocument<Workflow>;
  readonly companions: readonly ParsedDocument[];
  readonly names: RunNames;
  /** Where the run comes from; see RunRecord. */
  readonly source: string;
  readonly cron?: string;
  readonly scheduledTime?: string;
}

export interface StartedRun {
  readonly diagnostics: readonly Diagnostic[];
  /** Missing when there are errors. */
  readonly record?: RunRecord;
}

export async function startRun(world: AwsWorld, request: RunRequest): Promise<StartedRun> {
  const before = await world.runs.get(request.names.uid);
  if (before !== undefined) return { diagnostics: [], record: await startExecution(world, before) };
  const { document, companions, names } = request;
  const eks = eksPlacement(world.environment);
  const analysis = analyze([document], { mode: 'run', companions });
  const diagnostics = sortDiagnostics([...analysis.diagnostics, ...checkSupport([document], supportOf(eks))]);
  const [analyzed] = analysis.workflows;
  if (analyzed === undefined || hasErrors(diagnostics)) return { diagnostics };
  const { prefix } = world.environment;
  const fitting = { prefix, ...(eks !== undefined && { eks }) };
  const { metadata } = document.value;
  const { generateName } = metadata;
  const name = metadata.name ?? `${generateName ?? ''}${names.suffix}`;
  const label = metadata.name ?? generateName ?? '';
  let made: Made;
  try {
    made = await make(world, label, (options) =>
      compileWorkflow(analysis, analyzed, { ...fitting, ...options }),
    );
  } catch (error) {
    if (!(error instanceof MachineTooLarge)) throw error;
    const span = document.spans.of(document.value.metadata);
    return { diagnostics: [...diagnostics, diagnosticOf('too-large', span, error.message)] };
  }
  const { uid, hash } = names;
  // Where tasks that nothing staged find their templates.
  await runStore(world.blobs, uid).put(runBundleKey(name), JSON.stringify(made.bundle));
  const { record } = await world.runs.claim({
    run: runContextOf({
      name,
      namespace: metadata.namespace ?? 'default',
      uid,
      now: world.clients.now(),
      metadata,
      spec: analyzed.spec,
      arguments: analyzed.arguments,
      parameters: {},
      ...(request.scheduledTime !== undefined && { scheduledTime: request.scheduledTime }),
    }),
    ...(generateName !== undefined && metadata.name === undefined && { generateName }),
    machineArn: made.machineArn,
    executionName: executionName(name, hash),
    bundle: made.bundle.id,
    source: request.source,
    ...(request.cron !== undefined && { cron: request.cron }),
    ...(analyzed.spec.suspend === true && { suspended: true }),
  });
  return { diagnostics, record: await startExecution(world, record) };
}

interface Made {
  readonly machineArn: string;
  readonly bundle: Bundle;
}

/** What cannot be registered beforehand is left to its stage, so that the run gets as far as it can. */
async function make(
  world: AwsWorld,
  label: string,
  compile: (options: { readonly isStaged?: boolean }) => Compiled,
): Promise<Made> {
  const compiled = compile({});
  const { bundle } = compiled;
  try {
    return { machineArn: await ensureMachine(world, compiled, label), bundle };
  } catch (error) {
    if (!(error instanceof TaskNotRegistered)) throw error;
    world.clients.log({
      level: 'warn',
      message: 'tasks are defined when they are reached',
      why: error.message,
    });
    return { machineArn: await ensureMachine(world, compile({ isStaged: true }), label), bundle };
  }
}

function supportOf(eks: EksPlacement | undefined): SupportOptions {
  return { isAws: true, ...(eks !== undefined && { cluster: { runsByDefault: eks.byDefault } }) };
}

/** Does nothing for a run that was started before. */
export async function startExecution(world: AwsWorld, record: RunRecord): Promise<RunRecord> {
  if (record.executionArn !== undefined || record.finishedAt !== undefined) return record;
  const executionArn = await started(world, record.machineArn, record.executionName, inputOf(record.run));
  await world.runs.started(record.uid, executionArn);
  return { ...record, executionArn, phase: 'Running' };
}
