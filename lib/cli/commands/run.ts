/** `argosy run`: a workflow on this machine. */
import { type ClusterFlags, clusterOf } from '../cluster.ts';
import { parseEngine } from '../engine.ts';
import { CliError } from '../exit-code.ts';
import { readSources } from '../files.ts';
import { parseLabels, parsePairs, readParameterFile } from '../parameters.ts';
import type { Output } from '../render/workflow.ts';
import type { RunRecord } from '../runs/folder.ts';
import { start } from '../runs/start.ts';
import type { Terminal } from '../terminal.ts';

export interface RunFlags extends ClusterFlags {
  readonly parameter: readonly string[];
  readonly parameterFile?: string;
  readonly entrypoint?: string;
  readonly name?: string;
  readonly generateName?: string;
  readonly labels?: string;
  readonly annotations?: string;
  readonly serviceaccount?: string;
  readonly priority?: string;
  readonly from?: string;
  readonly engine?: string;
  readonly log?: boolean;
  readonly output: Output;
}

export async function run(paths: readonly string[], flags: RunFlags, terminal: Terminal): Promise<number> {
  const engine = parseEngine(flags.engine);
  const submission = await submissionOf(flags, terminal);
  const sources = await readSources(paths, terminal);
  return await start(
    {
      sources,
      submission,
      engine,
      output: flags.output,
      log: flags.log === true,
      ...(await clusterOf(flags, terminal)),
    },
    terminal,
  );
}

export async function submissionOf(flags: RunFlags, terminal: Terminal): Promise<RunRecord['submission']> {
  const { name, generateName, entrypoint, serviceaccount, from } = flags;
  const priority = flags.priority === undefined ? undefined : Number(flags.priority);
  if (priority !== undefined && !Number.isInteger(priority))
    throw new CliError(`--priority ${flags.priority} is no whole number`);
  const file = await readParameterFile(flags.parameterFile, terminal.cwd);
  return {
    parameters: { ...file, ...parsePairs(flags.parameter, 'parameter') },
    labels: parseLabels(flags.labels),
    annotations: parseLabels(flags.annotations),
    ...(name === undefined ? {} : { name }),
    ...(generateName === undefined ? {} : { generateName }),
    ...(entrypoint === undefined ? {} : { entrypoint }),
    ...(serviceaccount === undefined ? {} : { serviceAccount: serviceaccount }),
    ...(priority === undefined ? {} : { priority }),
    ...(from === undefined ? {} : { from }),
  };
}
