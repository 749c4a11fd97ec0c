/** `argosy stop` and `argosy terminate` on AWS. */
import { setRunNodes, stopRun, terminateRun } from '../../aws/control-run.ts';
import type { RunRecord } from '../../aws/run-index.ts';
import { type EndFlags, failedBy, noneMatches } from '../commands/live.ts';
import { CliError, EXIT } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';
import { findOpenRun } from './find-run.ts';
import { chooser } from './resume.ts';
import { type AwsFlags, type Session, withSession } from './session.ts';

export function end(
  verb: 'stop' | 'terminate',
  names: readonly string[],
  flags: EndFlags & AwsFlags,
  terminal: Terminal,
): Promise<number> {
  return withSession(flags, terminal, async (session) => {
    const done = verb === 'stop' ? 'stopped' : 'terminated';
    for (const name of names) {
      const record = await findOpenRun(session, name);
      if (!flags.dryRun) await endRun(verb, session, record, flags);
      terminal.out.write(`workflow ${record.name} ${done}${flags.dryRun ? ' (dry-run)' : ''}\n`);
    }
    return EXIT.ok;
  });
}

async function endRun(
  verb: 'stop' | 'terminate',
  session: Session,
  record: RunRecord,
  flags: EndFlags,
): Promise<void> {
  const { nodeFieldSelector: selector } = flags;
  if (verb === 'terminate') return await terminateRun(session, record);
  if (selector === undefined) return await stopRun(session, record);
  const failed = await setRunNodes(
    session,
    record,
    await chooser(session, record, selector),
    failedBy(flags),
  );
  if (!failed.ok) throw new CliError(failed.error, EXIT.failed);
  if (failed.value.length === 0) throw new CliError(noneMatches(selector), EXIT.failed);
}
