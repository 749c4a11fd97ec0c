/** `argosy delete` on AWS: forgets runs, with what they kept in the bucket. */

import { terminateRun } from '../../aws/control-run.ts';
import type { RunRecord } from '../../aws/run-index.ts';
import type { DeleteFlags } from '../commands/delete.ts';
import { CliError, EXIT } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';
import { findRun, isOver } from './find-run.ts';
import { chosenRuns } from './list.ts';
import { type AwsFlags, type Session, withSession } from './session.ts';

export function remove(
  names: readonly string[],
  flags: DeleteFlags & AwsFlags,
  terminal: Terminal,
): Promise<number> {
  return withSession(flags, terminal, async (session) => {
    const chosen = new Map<string, RunRecord>();
    for (const name of names) {
      const record = await findRun(session, name);
      chosen.set(record.uid, record);
    }
    if (flags.all || isChoice(flags))
      for (const record of await chosenRuns(session, flags, session.clients.now()))
        chosen.set(record.uid, record);
    else if (names.length === 0)
      throw new CliError('name runs, or say which: --all, --completed, --older, --prefix …');
    for (const record of chosen.values()) await removeRun(session, record, flags, terminal);
    return EXIT.ok;
  });
}

async function removeRun(
  session: Session,
  record: RunRecord,
  flags: DeleteFlags,
  terminal: Terminal,
): Promise<void> {
  if (!isOver(record)) {
    if (!flags.force)
      throw new CliError(`${record.name} still runs`, EXIT.usage, `end it with: argosy stop ${record.name}`);
    if (!flags.dryRun) await terminateRun(session, record);
  }
  if (!flags.dryRun) {
    for (const { key } of await session.blobs.list(`runs/${record.uid}/`)) await session.blobs.delete(key);
    await session.runs.hide(record.uid);
  }
  terminal.out.write(`Workflow '${record.name}' deleted${flags.dryRun ? ' (dry-run)' : ''}\n`);
}

function isChoice({ completed, status, older, prefix, selector, resubmitted }: DeleteFlags): boolean {
  return [completed, status, older, prefix, selector, resubmitted].some((one) => one !== undefined);
}
