/** `argosy list`: the runs of this folder, and the choice of runs that other commands share. */
import type { JsonValue } from '../../protocol/json.ts';
import type { WorkflowObject } from '../../status/workflow-object.ts';
import { CliError, EXIT } from '../exit-code.ts';
import { alignColumns } from '../render/columns.ts';
import { parseAge, shortDuration } from '../render/humanize.ts';
import { statusText } from '../render/workflow.ts';
import { printYaml } from '../render/yaml.ts';
import { currentRun } from '../runs/current.ts';
import { filesOf, runNames, runsFolder } from '../runs/folder.ts';
import { matchesLabels } from '../runs/selector.ts';
import type { Terminal } from '../terminal.ts';

export interface ChoiceFlags {
  readonly status?: string;
  readonly running?: boolean;
  readonly completed?: boolean;
  readonly resubmitted?: boolean;
  readonly prefix?: string;
  readonly since?: string;
  readonly older?: string;
  readonly selector?: string;
}

export interface ListFlags extends ChoiceFlags {
  readonly output?: 'wide' | 'name' | 'json' | 'yaml';
  readonly headers: boolean;
}

export async function list(flags: ListFlags, terminal: Terminal): Promise<number> {
  const now = Date.now();
  showList(await chosenRuns(flags, terminal, now), flags, terminal, now);
  return EXIT.ok;
}

export function showList(
  found: readonly WorkflowObject[],
  flags: ListFlags,
  { out }: Terminal,
  now: number,
): void {
  if (flags.output === 'json') out.write(`${JSON.stringify(found, undefined, 2)}\n`);
  else if (flags.output === 'yaml') out.write(printYaml(found as unknown as JsonValue));
  else if (flags.output === 'name') out.write(found.map(({ metadata }) => `${metadata.name}\n`).join(''));
  else if (found.length === 0) out.write('No workflows found\n');
  else out.write(`${tableOf(found, flags, now).join('\n')}\n`);
}

export async function chosenRuns(
  flags: ChoiceFlags,
  terminal: Terminal,
  now: number,
): Promise<readonly WorkflowObject[]> {
  const runs = runsFolder(terminal.cwd, terminal.env);
  const names = (await runNames(runs)).filter((name) => name.startsWith(flags.prefix ?? ''));
  const all = await Promise.all(names.map((name) => currentRun(filesOf(runs, name))));
  const isChosen = choiceOf(flags, now);
  return all.map(({ workflow }) => workflow).filter(isChosen);
}

/** Tells the runs that are meant; `prefix` is left to whoever reads their names. */
export function choiceOf(flags: ChoiceFlags, now: number): (workflow: WorkflowObject) => boolean {
  const since = ageOf(flags.since, 'since');
  const older = ageOf(flags.older, 'older');
  const statuses = flags.status?.split(',');
  return ({ metadata, status }) => {
    const ended = status.finishedAt !== null;
    if (statuses !== undefined && !statuses.includes(status.phase)) return false;
    if (flags.running && status.phase !== 'Running' && status.phase !== 'Pending') return false;
    if (flags.completed && !ended) return false;
    if (flags.resubmitted && !metadata.labels['workflows.argoproj.io/resubmitted-from-workflow'])
      return false;
    if (since !== undefined && now - Date.parse(metadata.creationTimestamp) > since) return false;
    if (older !== undefined && !(ended && now - Date.parse(status.finishedAt ?? '') > older)) return false;
    return matchesLabels(metadata.labels, flags.selector);
  };
}

export function ageOf(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined;
  const age = parseAge(text);
  if (age === undefined)
    throw new CliError(`--${flag} ${text} is no duration`, EXIT.usage, 'such as 10m, 3h or 1d');
  return age;
}

function tableOf(found: readonly WorkflowObject[], flags: ListFlags, now: number): readonly string[] {
  const wide = flags.output === 'wide';
  const header = [
    'NAME',
    'STATUS',
    'AGE',
    'DURATION',
    'PRIORITY',
    ...(wide ? ['P/R/C', 'PARAMETERS'] : []),
    'MESSAGE',
  ];
  const rows = found.map((workflow) => {
    const { metadata, spec, status } = workflow;
    const end = status.finishedAt === null ? now : Date.parse(status.finishedAt);
    const spent = status.startedAt === null ? 0 : end - Date.parse(status.startedAt);
    return [
      metadata.name,
      statusText(workflow),
      shortDuration(now - Date.parse(metadata.creationTimestamp)),
      shortDuration(spent),
      String(spec['priority'] ?? 0),
      ...(wide ? [podCounts(workflow), parametersOf(workflow)] : []),
      (status.message ?? '').replaceAll(/\s*\n\s*/g, ' '),
    ];
  });
  return alignColumns(flags.headers ? [header, ...rows] : rows, 3);
}

function podCounts({ status }: WorkflowObject): string {
  const pods = Object.values(status.nodes).filter((node) => node.type === 'Pod');
  const pending = pods.filter((node) => node.phase === 'Pending').length;
  const running = pods.filter((node) => node.phase === 'Running').length;
  return `${pending}/${running}/${pods.length - pending - running}`;
}

function parametersOf({ spec }: WorkflowObject): string {
  const given = (
    spec['arguments'] as { parameters?: readonly { name: string; value?: string }[] } | undefined
  )?.parameters;
  return (given ?? [])
    .filter((one) => one.value !== undefined)
    .map((one) => `${one.name}=${String(one.value).slice(0, 50)}`)
    .join(',');
}
