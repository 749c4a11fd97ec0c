/** `argosy delete`: forgets runs, with their artifacts and logs. */
import { rm } from 'node:fs/promises';
import { CliError, EXIT } from '../exit-code.ts';
import { askControl } from '../runs/control.ts';
import { filesOf, findRun, runsFolder } from '../runs/folder.ts';
import type { Terminal } from '../terminal.ts';
import { type ChoiceFlags, chosenRuns } from './list.ts';

export interface DeleteFlags extends ChoiceFlags {
  readonly all?: boolean;
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

export async function remove(
  names: readonly string[],
  flags: DeleteFlags,
  terminal: Terminal,
): Promise<number> {
  const runs = runsFolder(terminal.cwd, terminal.env);
  const chosen = [...(await Promise.all(names.map(async (name) => (await findRun(runs, name)).name)))];
  if (flags.all || isChoice(flags)) {
    const found = await chosenRuns(flags, terminal, Date.now());
    chosen.push(...found.map(({ metadata }) => metadata.name));
  } else if (names.length === 0)
    throw new CliError('name runs, or say which: --all, --completed, --older, --prefix …');
  for (const name of new Set(chosen)) {
    const files = filesOf(runs, name);
    if (!flags.force && (await askControl(files.folder, { verb: 'status' })) !== undefined)
      throw new CliError(`${name} still runs`, EXIT.usage, `end it with: argosy stop ${name}`);
    if (!flags.dryRun) await rm(files.folder, { recursive: true, force: true });
    terminal.out.write(`Workflow '${name}' deleted${flags.dryRun ? ' (dry-run)' : ''}\n`);
  }
  return EXIT.ok;
}

function isChoice({ completed, status, older, prefix, selector, resubmitted }: DeleteFlags): boolean {
  return [completed, status, older, prefix, selector, resubmitted].some((one) => one !== undefined);
}
