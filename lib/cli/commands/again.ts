/** `argosy retry`: goes on with a run that failed. `argosy resubmit`: runs its workflow anew. */
import { type ClusterFlags, clusterOf } from '../cluster.ts';
import { parseEngine } from '../engine.ts';
import { CliError, EXIT } from '../exit-code.ts';
import { parsePairs } from '../parameters.ts';
import type { Output } from '../render/workflow.ts';
import { currentRun } from '../runs/current.ts';
import { finishedNodes } from '../runs/finished.ts';
import { findRun, runsFolder } from '../runs/folder.ts';
import { parseSelector } from '../runs/selector.ts';
import { start } from '../runs/start.ts';
import type { Terminal } from '../terminal.ts';

export interface AgainFlags extends ClusterFlags {
  readonly parameter: readonly string[];
  readonly engine?: string;
  readonly log?: boolean;
  readonly output: Output;
  readonly priority?: string;
  readonly memoized?: boolean;
  readonly restartSuccessful?: boolean;
  readonly nodeFieldSelector?: string;
}

export async function retry(name: string, flags: AgainFlags, terminal: Terminal): Promise<number> {
  const files = await findRun(runsFolder(terminal.cwd, terminal.env), name);
  const { record, workflow, isLive } = await currentRun(files);
  const { phase } = workflow.status;
  if (isLive)
    throw new CliError(`${files.name} still runs`, EXIT.usage, `end it with: argosy stop ${files.name}`);
  if (phase !== 'Failed' && phase !== 'Error' && !flags.restartSuccessful)
    throw new CliError(`${files.name} is ${phase}: only a run that Failed can be retried`);
  if (flags.nodeFieldSelector !== undefined) parseSelector(flags.nodeFieldSelector);
  const restart = flags.restartSuccessful ? (flags.nodeFieldSelector ?? '') : undefined;
  const finished = await finishedNodes(files, workflow, restart);
  return await start(
    {
      sources: record.sources,
      submission: withParameters(record.submission, flags.parameter),
      engine: parseEngine(flags.engine ?? engineOf(record.engine)),
      output: flags.output,
      log: flags.log === true,
      ...(await clusterOf(flags, terminal)),
      again: { record, finished },
    },
    terminal,
  );
}

export async function resubmit(name: string, flags: AgainFlags, terminal: Terminal): Promise<number> {
  if (flags.memoized)
    throw new CliError(
      '--memoized has no counterpart here',
      EXIT.usage,
      `go on with a failed run: argosy retry ${name}`,
    );
  const files = await findRun(runsFolder(terminal.cwd, terminal.env), name);
  const { record } = await currentRun(files);
  // A run of a fixed name would take the place of the one that it repeats.
  const generateName = record.generateName ?? `${record.name}-`;
  const { name: _name, ...submission } = withParameters(record.submission, flags.parameter);
  return await start(
    {
      sources: record.sources,
      submission: {
        ...submission,
        generateName,
        ...(flags.priority === undefined ? {} : { priority: Number(flags.priority) }),
      },
      engine: parseEngine(flags.engine ?? engineOf(record.engine)),
      output: flags.output,
      log: flags.log === true,
      ...(await clusterOf(flags, terminal)),
      resubmitted: record.name,
    },
    terminal,
  );
}

/** A mock needs its file, which is not kept. */
function engineOf(name: string): string | undefined {
  return name === 'process' || name === 'docker' ? name : undefined;
}

function withParameters<T extends { readonly parameters?: Readonly<Record<string, string>> }>(
  submission: T,
  pairs: readonly string[],
): T {
  return { ...submission, parameters: { ...submission.parameters, ...parsePairs(pairs, 'parameter') } };
}
