/** `argosy wait` and `argosy watch` on AWS. */
import type { RunRecord } from '../../aws/run-index.ts';
import type { WaitFlags } from '../commands/live.ts';
import { EXIT } from '../exit-code.ts';
import { liveView } from '../render/live.ts';
import { showWorkflow } from '../render/workflow.ts';
import type { Terminal } from '../terminal.ts';
import { currentRun, findRun, findRunIfAny, isOver, listedRun } from './find-run.ts';
import { type AwsFlags, type Session, withSession } from './session.ts';

/** The index answers from DynamoDB, which has no rate of its own to spare; the history's is the account's. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
const SHORTEST_LOOK_MS = 2_000;
/** A look costs a call for each 1,000 events and for each child execution. */
const LOOK_SHARE = 10;

/** Exit code 0 only where all of them succeeded. */
export function wait(
  names: readonly string[],
  flags: WaitFlags & AwsFlags,
  terminal: Terminal,
): Promise<number> {
  return withSession(flags, terminal, async (session) => {
    let code: number = EXIT.ok;
    for (const name of names) {
      const found = await (flags.ignoreNotFound ? findRunIfAny : findRun)(session, name);
      if (found === undefined) continue;
      const ended = await untilOver(session, found);
      terminal.out.write(`${ended.name} ${ended.phase} at ${ended.finishedAt ?? 'an unknown time'}\n`);
      if (ended.phase !== 'Succeeded') code = EXIT.failed;
    }
    return code;
  });
}

export async function untilOver(session: Session, record: RunRecord): Promise<RunRecord> {
  let pause = FIRST_PAUSE_MS;
  for (let seen = record; ; seen = (await session.runs.get(record.uid)) ?? seen) {
    if (isOver(seen)) return seen;
    await session.clients.sleep(pause);
    pause = Math.min(LONGEST_PAUSE_MS, pause * 1.5);
  }
}

export function watch(name: string, flags: AwsFlags, terminal: Terminal): Promise<number> {
  return withSession(flags, terminal, async (session) => {
    const record = await findRun(session, name);
    return await watchRun(session, record, terminal);
  });
}

/** Shows the tree until the run has ended, and then once more. */
export async function watchRun(session: Session, first: RunRecord, terminal: Terminal): Promise<number> {
  const { clients } = session;
  let workflow = listedRun(first);
  const view = liveView(terminal.err, { workflow: () => workflow, now: clients.now, quiet: false });
  try {
    for (let record = first; ; record = (await session.runs.get(first.uid)) ?? record) {
      const began = clients.now();
      workflow = await currentRun(session, record);
      view.touch();
      if (isOver(record)) break;
      await clients.sleep(Math.max(SHORTEST_LOOK_MS, (clients.now() - began) * LOOK_SHARE));
    }
  } finally {
    view.end();
  }
  terminal.out.write(showWorkflow(workflow, terminal.out, { output: 'tree', now: clients.now() }));
  return workflow.status.phase === 'Succeeded' ? EXIT.ok : EXIT.failed;
}
