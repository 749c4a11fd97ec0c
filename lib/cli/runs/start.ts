/** From sources to a run's end: prepares, says what is wrong, chooses the engine, and runs. */
import { randomInt, randomUUID } from 'node:crypto';
import type { Source } from '../../diagnostics/source.ts';
import type { Cluster } from '../../handlers/world.ts';
import { hasErrors, type Prepared, prepareRun } from '../../local/prepare.ts';
import { runContextOf } from '../../local/run-context.ts';
import type { Earlier } from '../../status/earlier.ts';
import { type EngineChoice, startEngine } from '../engine.ts';
import { CliError, EXIT } from '../exit-code.ts';
import type { Output } from '../render/workflow.ts';
import { countText, reportDiagnostics } from '../report.ts';
import type { Terminal } from '../terminal.ts';
import { askControl } from './control.ts';
import { execute, PREFIX } from './execute.ts';
import { filesOf, type RunFiles, type RunRecord, readRecord, runsFolder } from './folder.ts';

export interface Start {
  readonly sources: readonly Source[];
  readonly submission: RunRecord['submission'];
  readonly engine: EngineChoice;
  readonly output: Output;
  readonly log: boolean;
  /** The cluster that resource templates act on. @default none */
  readonly cluster?: Cluster;
  /** A run that is tried again. */
  readonly again?: RunRecord;
  /** What is left of an earlier attempt, or of the run that is repeated. */
  readonly earlier?: Earlier;
  /** A run that this one repeats under another name. */
  readonly repeats?: { readonly record: RunRecord; readonly generateName: string };
}

/** Letters and digits that Kubernetes uses for generated names: none that make words or look alike. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

export async function start(given: Start, terminal: Terminal): Promise<number> {
  const prepared = prepare(given, terminal);
  if (prepared === undefined) return EXIT.invalid;
  const runs = runsFolder(terminal.cwd, terminal.env);
  const name = given.again?.name ?? prepared.name;
  const files = filesOf(runs, name);
  await refuseRunning(files, name);
  const { engine, note, clock, isMock } = await startEngine(given.engine, prepared.compiled.bundle, {
    env: terminal.env as NodeJS.ProcessEnv,
    cwd: terminal.cwd,
  });
  if (isMock && given.cluster !== undefined)
    throw new CliError('--kubeconfig makes no sense where nothing is run: leave one of them out');
  if (note !== undefined) terminal.err.write(`${note}\n`);
  terminal.err.write(`${terminal.err.colors.dim(`engine: ${engine.name}, ${engine.description}`)}\n`);
  const record = recordOf(given, prepared, name, engine.name);
  return await execute(
    {
      prepared,
      record,
      files,
      engine,
      clock,
      isMock,
      output: given.output,
      log: given.log,
      ...(given.cluster === undefined ? {} : { cluster: given.cluster }),
      isAgain: given.again !== undefined,
      ...(given.repeats === undefined ? {} : { artifactsOf: filesOf(runs, given.repeats.record.name) }),
      ...(given.earlier === undefined ? {} : { earlier: given.earlier }),
    },
    terminal,
  );
}

export function randomSuffix(): string {
  return Array.from({ length: 5 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

function prepare(given: Start, terminal: Terminal): Prepared | undefined {
  const suffix = randomSuffix();
  const { again } = given;
  const submission = again === undefined ? given.submission : { ...given.submission, name: again.name };
  const preparation = prepareRun(given.sources, {
    ...submission,
    suffix,
    prefix: PREFIX,
    hasCluster: given.cluster !== undefined,
    resume: given.earlier !== undefined,
  });
  const { diagnostics, candidates, prepared } = preparation;
  reportDiagnostics(diagnostics, terminal.err);
  if (prepared !== undefined) return prepared;
  if (hasErrors(diagnostics)) {
    terminal.err.write(`\n${terminal.err.colors.red(`✖ ${countText(diagnostics)}`)}\n`);
    return undefined;
  }
  if (candidates !== undefined && candidates.length > 1) {
    const names = candidates.map((one) => `${one.kind}/${one.name}`).join(', ');
    throw new CliError(
      `several could run: ${names}`,
      EXIT.usage,
      'say which with --from KIND/NAME, or name its file first',
    );
  }
  throw new CliError(
    given.submission.from === undefined
      ? 'there is no workflow to run'
      : `there is no ${given.submission.from}`,
  );
}

async function refuseRunning(files: RunFiles, name: string): Promise<void> {
  if ((await readRecord(files)) === undefined) return;
  if ((await askControl(files.folder, { verb: 'status' })) !== undefined)
    throw new CliError(`${name} is running already`, EXIT.usage, `end it with: argosy stop ${name}`);
}

function recordOf(given: Start, prepared: Prepared, name: string, engine: string): RunRecord {
  const { again, repeats } = given;
  const now = Date.now();
  const { metadata } = prepared.document.value;
  const uid = again?.uid ?? randomUUID();
  const { spec, arguments: values } = prepared.analyzed;
  const namespace = metadata.namespace ?? 'default';
  const run = runContextOf({ name, namespace, uid, now, metadata, spec, arguments: values, parameters: {} });
  const generateName = again?.generateName ?? repeats?.generateName ?? metadata.generateName;
  return {
    name,
    uid,
    createdAt: again?.createdAt ?? new Date(now).toISOString(),
    pid: process.pid,
    engine,
    attempt: (again?.attempt ?? 0) + 1,
    sources: given.sources.map(({ path, text }) => ({ path, text })),
    submission: given.submission,
    // A run that is tried again was created when it was; its deadline counts anew.
    run: { ...run, creationTimestamp: again?.run.creationTimestamp ?? run.creationTimestamp },
    ...(generateName === undefined ? {} : { generateName }),
    ...(repeats === undefined ? {} : { resubmitted: repeats.record.name }),
  };
}
