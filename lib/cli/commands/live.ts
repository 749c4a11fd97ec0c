/** Commands for runs that go on in another process: wait, resume, stop, terminate. */
import type { NodeValues } from '../../handlers/suspended-nodes.ts';
import { CliError, EXIT } from '../exit-code.ts';
import { parsePairs } from '../parameters.ts';
import { askControl, type ControlAnswer, type ControlRequest } from '../runs/control.ts';
import { currentRun } from '../runs/current.ts';
import { findRun, readResult, runsFolder } from '../runs/folder.ts';
import { parseSelector } from '../runs/selector.ts';
import type { Terminal } from '../terminal.ts';

export interface ResumeFlags {
  readonly nodeFieldSelector?: string;
  readonly outputParameter: readonly string[];
}

export interface EndFlags {
  readonly dryRun?: boolean;
  /** Of `stop`: fails the suspended nodes that match, and lets the run go on. */
  readonly nodeFieldSelector?: string;
  readonly message?: string;
}

export interface WaitFlags {
  readonly ignoreNotFound?: boolean;
}

async function ask(
  name: string,
  request: ControlRequest,
  terminal: Terminal,
): Promise<ControlAnswer & { name: string }> {
  const files = await findRun(runsFolder(terminal.cwd, terminal.env), name);
  const answer = await askControl(files.folder, request);
  if (answer === undefined) {
    const { workflow } = await currentRun(files);
    const { phase, message } = workflow.status;
    throw new CliError(`${files.name} does not run: it is ${phase}${message ? ` (${message})` : ''}`);
  }
  if (answer.error !== undefined) throw new CliError(answer.error);
  return { ...answer, name: files.name };
}

export async function resume(
  names: readonly string[],
  flags: ResumeFlags,
  terminal: Terminal,
): Promise<number> {
  const outputs = parsePairs(flags.outputParameter, 'output parameter');
  const { nodeFieldSelector: selector } = flags;
  if (selector !== undefined) parseSelector(selector);
  for (const name of names) {
    const request = { verb: 'resume', outputs, ...(selector === undefined ? {} : { selector }) } as const;
    const answer = await ask(name, request, terminal);
    if (answer.nodes?.length === 0) throw new CliError(`nothing of ${answer.name} is suspended`, EXIT.failed);
    terminal.out.write(`workflow ${answer.name} resumed\n`);
  }
  return EXIT.ok;
}

export async function suspend(
  names: readonly string[],
  _flags: unknown,
  terminal: Terminal,
): Promise<number> {
  for (const name of names) {
    const answer = await ask(name, { verb: 'suspend' }, terminal);
    terminal.out.write(`workflow ${answer.name} suspended\n`);
  }
  return EXIT.ok;
}

export interface SetFlags {
  readonly nodeFieldSelector: string;
  readonly outputParameter: readonly string[];
  readonly message?: string;
  readonly phase?: string;
}

export function valuesOf(flags: SetFlags): NodeValues {
  const { message, phase } = flags;
  const outputs = parsePairs(flags.outputParameter, 'output parameter');
  return {
    outputs,
    ...(message === undefined ? {} : { message }),
    ...(phase === undefined ? {} : { phase }),
  };
}

/** `argosy node set`: outputs, message or phase of suspended nodes. */
export async function setNodes(name: string, flags: SetFlags, terminal: Terminal): Promise<number> {
  const { nodeFieldSelector: selector } = flags;
  parseSelector(selector);
  const answer = await ask(name, { verb: 'set', selector, values: valuesOf(flags) }, terminal);
  if (answer.nodes?.length === 0) throw new CliError(noneMatches(selector), EXIT.failed);
  terminal.out.write('workflow values set\n');
  return EXIT.ok;
}

export function noneMatches(selector: string): string {
  return `no suspended node matches ${selector}: only suspended ones can be set`;
}

export async function end(
  verb: 'stop' | 'terminate',
  names: readonly string[],
  flags: EndFlags,
  terminal: Terminal,
): Promise<number> {
  const done = verb === 'stop' ? 'stopped' : 'terminated';
  const { nodeFieldSelector: selector } = flags;
  for (const name of names) {
    const values = failedBy(flags);
    const end: ControlRequest = selector === undefined ? { verb } : { verb: 'set', selector, values };
    const answer = await ask(name, flags.dryRun ? { verb: 'status' } : end, terminal);
    if (answer.nodes?.length === 0) throw new CliError(noneMatches(selector ?? ''), EXIT.failed);
    terminal.out.write(`workflow ${answer.name} ${done}${flags.dryRun ? ' (dry-run)' : ''}\n`);
  }
  return EXIT.ok;
}

/** `argo stop --node-field-selector`: the nodes end as Failed. */
export function failedBy({ message }: EndFlags): NodeValues {
  return { outputs: {}, phase: 'Failed', ...(message === undefined ? {} : { message }) };
}

/** Exit code 0 only where all of them succeeded. */
export async function wait(names: readonly string[], flags: WaitFlags, terminal: Terminal): Promise<number> {
  const runs = runsFolder(terminal.cwd, terminal.env);
  let code: number = EXIT.ok;
  for (const name of names) {
    const files = await findRun(runs, name).catch((error: unknown) => {
      if (flags.ignoreNotFound && error instanceof CliError) return undefined;
      throw error;
    });
    if (files === undefined) continue;
    const answer = await askControl(files.folder, { verb: 'wait' });
    const workflow = answer?.workflow ?? (await readResult(files)) ?? (await currentRun(files)).workflow;
    const { phase, finishedAt } = workflow.status;
    terminal.out.write(`${files.name} ${phase} at ${finishedAt ?? 'an unknown time'}\n`);
    if (phase !== 'Succeeded') code = EXIT.failed;
  }
  return code;
}
