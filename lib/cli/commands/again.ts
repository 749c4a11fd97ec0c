/** `argosy retry`: goes on with a run that failed. `argosy resubmit`: runs its workflow anew. */
import { type ClusterFlags, clusterOf } from '../cluster.ts';
import { parseEngine } from '../engine.ts';
import { CliError, EXIT } from '../exit-code.ts';
import { parsePairs } from '../parameters.ts';
import type { Output } from '../render/workflow.ts';
import { currentRun } from '../runs/current.ts';
import { leftOf, repeatedFrom } from '../runs/finished.ts';
import { findRun, runsFolder } from '../runs/folder.ts';
import { parseSelector } from '../runs/selector.ts';
import { randomSuffix, start } from '../runs/start.ts';
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
  if (isLive)
    throw new CliError(`${files.name} still runs`, EXIT.usage, `end it with: argosy stop ${files.name}`);
  const { restartSuccessful = false, nodeFieldSelector: selector } = flags;
  if (selector !== undefined) parseSelector(selector);
  const earlier = await leftOf(files, workflow, {
    restartSuccessful,
    hasParameters: flags.parameter.length > 0,
    ...(selector === undefined ? {} : { nodeFieldSelector: selector }),
  });
  return await start(
    {
      sources: record.sources,
      submission: withParameters(record.submission, flags.parameter),
      engine: parseEngine(flags.engine ?? engineOf(record.engine)),
      output: flags.output,
      log: flags.log === true,
      ...(await clusterOf(flags, terminal)),
      again: record,
      earlier,
    },
    terminal,
  );
}

export async function resubmit(name: string, flags: AgainFlags, terminal: Terminal): Promise<number> {
  const files = await findRun(runsFolder(terminal.cwd, terminal.env), name);
  const { record, workflow } = await currentRun(files);
  // A run of a fixed name would take the place of the one that it repeats.
  const generateName = record.generateName ?? `${record.name}-`;
  const { name: _name, ...submission } = withParameters(record.submission, flags.parameter);
  const own = flags.memoized ? `${generateName}${randomSuffix()}` : undefined;
  return await start(
    {
      sources: record.sources,
      submission: {
        ...submission,
        ...(own === undefined ? { generateName } : { name: own }),
        ...(flags.priority === undefined ? {} : { priority: Number(flags.priority) }),
      },
      engine: parseEngine(flags.engine ?? engineOf(record.engine)),
      output: flags.output,
      log: flags.log === true,
      ...(await clusterOf(flags, terminal)),
      repeats: { record, generateName },
      ...(own === undefined ? {} : { earlier: await repeatedFrom(files, workflow, own) }),
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
