/** `argosy list` on AWS: the index of runs. */

import type { RunRecord } from '../../aws/run-index.ts';
import { type ChoiceFlags, choiceOf, type ListFlags, showList } from '../commands/list.ts';
import { EXIT } from '../exit-code.ts';
import { parseAge } from '../render/humanize.ts';
import type { Terminal } from '../terminal.ts';
import { listedRun } from './find-run.ts';
import { type AwsFlags, type Session, withSession } from './session.ts';

export interface AwsListFlags extends ListFlags, AwsFlags {
  readonly chunkSize?: string;
}

export function list(flags: AwsListFlags, terminal: Terminal): Promise<number> {
  return withSession(flags, terminal, async (session) => {
    const now = session.clients.now();
    const limit = flags.chunkSize === undefined ? undefined : Number(flags.chunkSize);
    const found = await chosenRuns(session, flags, now, limit);
    showList(found.map(listedRun), flags, terminal, now);
    return EXIT.ok;
  });
}

/** Newest first. */
export async function chosenRuns(
  session: Session,
  flags: ChoiceFlags,
  now: number,
  limit = Number.POSITIVE_INFINITY,
): Promise<readonly RunRecord[]> {
  const isChosen = choiceOf(flags, now);
  const age = flags.since === undefined ? undefined : parseAge(flags.since);
  const since = age === undefined ? {} : { since: new Date(now - age).toISOString() };
  const found: RunRecord[] = [];
  for await (const record of session.runs.list(since)) {
    if (!record.name.startsWith(flags.prefix ?? '') || !isChosen(listedRun(record))) continue;
    found.push(record);
    if (found.length >= limit) break;
  }
  return found;
}
