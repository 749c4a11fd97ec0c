/** `argosy logs`: what the containers of a run wrote. */
import { podName } from '../../argo/node-id.ts';
import { CliError, EXIT } from '../exit-code.ts';
import { parseAge } from '../render/humanize.ts';
import { currentRun } from '../runs/current.ts';
import { findRun, runsFolder } from '../runs/folder.ts';
import { readLines } from '../runs/history-file.ts';
import { logPrinter, type StampedLine } from '../runs/logs.ts';
import type { Terminal } from '../terminal.ts';

export interface LogsFlags {
  readonly container?: string;
  readonly follow?: boolean;
  readonly grep?: string;
  readonly since?: string;
  readonly sinceTime?: string;
  readonly tail?: string;
  readonly timestamps?: boolean;
  readonly color?: boolean;
}

const FOLLOW_MILLISECONDS = 200;

export async function logs(
  name: string,
  pod: string | undefined,
  flags: LogsFlags,
  terminal: Terminal,
): Promise<number> {
  const files = await findRun(runsFolder(terminal.cwd, terminal.env), name);
  const wanted = filterOf(flags);
  let shown = 0;
  for (;;) {
    const { workflow, isLive } = await currentRun(files);
    const pods = podNames(workflow.status.nodes, files.name);
    const print = logPrinter(terminal.out, { pod: true, pods, timestamps: flags.timestamps === true });
    const lines = await readLines<StampedLine>(files.logs);
    const chosen = lines.filter((line) => wanted(line) && (pod === undefined || isOf(line, pod, pods)));
    const first =
      shown === 0 && flags.tail !== undefined ? Math.max(0, chosen.length - tailOf(flags.tail)) : shown;
    for (const line of chosen.slice(first)) print(line);
    shown = chosen.length;
    if (!flags.follow || !isLive) return EXIT.ok;
    await new Promise((resolve) => setTimeout(resolve, FOLLOW_MILLISECONDS));
  }
}

export function podNames(
  nodes: Readonly<
    Record<string, { readonly name: string; readonly type: string; readonly templateName?: string }>
  >,
  workflow: string,
): ReadonlyMap<string, string> {
  return new Map(
    Object.values(nodes).map((node) => [node.name, podName(workflow, node.name, node.templateName ?? '')]),
  );
}

export function isOf(line: StampedLine, pod: string, pods: ReadonlyMap<string, string>): boolean {
  return line.node === pod || pods.get(line.node) === pod;
}

export function tailOf(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 0) throw new CliError(`--tail ${text} is no number of lines`);
  return count;
}

export function filterOf(flags: LogsFlags): (line: StampedLine) => boolean {
  const pattern = flags.grep === undefined ? undefined : patternOf(flags.grep);
  const from = startOf(flags);
  return (line) => {
    if (flags.container !== undefined && line.container !== flags.container) return false;
    if (from !== undefined && Date.parse(line.time) < from) return false;
    return pattern === undefined || pattern.test(line.line);
  };
}

function patternOf(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw new CliError(`--grep ${text} is no regular expression`);
  }
}

function startOf({ since, sinceTime }: LogsFlags): number | undefined {
  if (sinceTime !== undefined) {
    const time = Date.parse(sinceTime);
    if (Number.isNaN(time)) throw new CliError(`--since-time ${sinceTime} is no RFC 3339 time`);
    return time;
  }
  if (since === undefined) return undefined;
  const age = parseAge(since);
  if (age === undefined)
    throw new CliError(`--since ${since} is no duration`, EXIT.usage, 'such as 5s, 2m or 3h');
  return Date.now() - age;
}
