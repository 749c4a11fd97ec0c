/** Commands for runs that go on in another process: wait, resume, stop, terminate. */
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
    if (answer.resumed?.length === 0)
      throw new CliError(`nothing of ${answer.name} is suspended`, EXIT.failed);
    terminal.out.write(`workflow ${answer.name} resumed\n`);
  }
  return EXIT.ok;
}

export async function end(
  verb: 'stop' | 'terminate',
  names: readonly string[],
  flags: EndFlags,
  terminal: Terminal,
): Promise<number> {
  const done = verb === 'stop' ? 'stopped' : 'terminated';
  for (const name of names) {
    const request = { verb: flags.dryRun ? 'status' : verb } as const;
    const answer = await ask(name, request, terminal);
    terminal.out.write(`workflow ${answer.name} ${done}${flags.dryRun ? ' (dry-run)' : ''}\n`);
  }
  return EXIT.ok;
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
