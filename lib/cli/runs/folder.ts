/** The runs of this folder: each has a folder under `.argosy/` with its sources, history, logs and result. */
import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunContext } from '../../evaluate/requests.ts';
import type { Submission } from '../../local/submission.ts';
import type { Earlier } from '../../status/earlier.ts';
import type { WorkflowObject } from '../../status/workflow-object.ts';
import { CliError } from '../exit-code.ts';

/** What is known of a run from its start on. */
export interface RunRecord {
  readonly name: string;
  readonly uid: string;
  /** RFC 3339 with milliseconds. */
  readonly createdAt: string;
  readonly pid: number;
  readonly engine: string;
  /** How often the run was tried; `retry` makes it more. */
  readonly attempt: number;
  readonly sources: readonly { readonly path: string; readonly text: string }[];
  readonly submission: Submission & { readonly from?: string };
  readonly run: RunContext;
  readonly generateName?: string;
  /** The name of the run that this one repeats. */
  readonly resubmitted?: string;
}

export interface RunFiles {
  readonly folder: string;
  readonly record: string;
  readonly workflow: string;
  readonly history: string;
  readonly logs: string;
  readonly result: string;
  /** What is left of an earlier attempt. */
  readonly earlier: string;
  readonly claims: string;
  readonly store: string;
}

export function runsFolder(cwd: string, env: Readonly<Record<string, string | undefined>>): string {
  return env['ARGOSY_RUNS'] ?? join(cwd, '.argosy');
}

export function filesOf(runs: string, name: string): RunFiles {
  // Names are Kubernetes object names; anything else must not lead out of the folder.
  if (!/^[a-z0-9A-Z]([-a-z0-9A-Z.]*[a-z0-9A-Z])?$/.test(name))
    throw new CliError(`${name} is no name of a run`);
  const folder = join(runs, name);
  return {
    folder,
    record: join(folder, 'run.json'),
    workflow: join(folder, 'workflow.yaml'),
    history: join(folder, 'history.jsonl'),
    logs: join(folder, 'logs.jsonl'),
    result: join(folder, 'result.json'),
    earlier: join(folder, 'earlier.json'),
    claims: join(folder, 'claims'),
    store: join(folder, 'store'),
  };
}

export interface Beginning {
  readonly isAgain: boolean;
  readonly earlier?: Earlier;
  readonly artifactsOf?: RunFiles;
}

/** Makes the folder of a new run, or makes that of an earlier attempt ready for the next one. */
export async function beginRun(
  files: RunFiles,
  record: RunRecord,
  { isAgain, earlier, artifactsOf }: Beginning,
): Promise<void> {
  if (!isAgain) await rm(files.folder, { recursive: true, force: true });
  await rm(files.result, { force: true });
  if (isAgain) await rename(files.history, `${files.history}.${record.attempt - 1}`).catch(() => undefined);
  await mkdir(files.claims, { recursive: true });
  await writeFile(files.workflow, textOf(record));
  await writeJson(files.record, record);
  if (earlier === undefined) await rm(files.earlier, { force: true });
  else await writeJson(files.earlier, earlier);
  if (earlier !== undefined && artifactsOf !== undefined)
    await cp(join(artifactsOf.store, 'artifacts'), join(files.store, 'artifacts'), { recursive: true }).catch(
      unlessMissing,
    );
}

function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

/** All sources as one file that any tool reads. */
function textOf(record: RunRecord): string {
  return record.sources
    .map(({ path, text }) => `# ${path}\n${text.endsWith('\n') ? text : `${text}\n`}`)
    .join('---\n');
}

export async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFile(`${file}.part`, `${JSON.stringify(value, undefined, 2)}\n`);
  await rename(`${file}.part`, file);
}

async function readJson<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CliError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

export const readRecord = (files: RunFiles) => readJson<RunRecord>(files.record);
export const readEarlier = (files: RunFiles) => readJson<Earlier>(files.earlier);
export const readResult = (files: RunFiles) => readJson<WorkflowObject>(files.result);

/** Names of all runs, the newest first. */
export async function runNames(runs: string): Promise<readonly string[]> {
  const entries = await readdir(runs, { withFileTypes: true }).catch(() => []);
  const found = await Promise.all(
    entries
      .filter((entry) => entry.isDirectory())
      .map(async ({ name }) => {
        const info = await stat(join(runs, name, 'run.json')).catch(() => undefined);
        const record = info && (await readJson<RunRecord>(join(runs, name, 'run.json')));
        return record === undefined ? [] : [{ name, at: record.createdAt }];
      }),
  );
  return found
    .flat()
    .sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : a.name < b.name ? -1 : 1))
    .map(({ name }) => name);
}

/** The run that is meant; `@latest` is the newest. */
export async function findRun(runs: string, name: string): Promise<RunFiles & { readonly name: string }> {
  if (name === '@latest') {
    const [latest] = await runNames(runs);
    if (latest === undefined)
      throw new CliError('there are no runs yet', 2, 'start one with: argosy run FILE');
    return { ...filesOf(runs, latest), name: latest };
  }
  const files = filesOf(runs, name);
  if ((await readRecord(files)) === undefined)
    throw new CliError(`there is no run ${name}`, 2, 'argosy list shows those that there are');
  return { ...files, name };
}
