/** `argosy resume` and `argosy suspend` on AWS. */
import { answerTokens } from '../../aws/answer-token.ts';
import type { RunRecord } from '../../aws/run-index.ts';
import { resumed, type Suspended } from '../../evaluate/leaf/suspend.ts';
import type { JsonValue } from '../../protocol/json.ts';
import { ARGO_ERROR } from '../../protocol/outcome.ts';
import type { ResumeFlags } from '../commands/live.ts';
import { CliError, EXIT } from '../exit-code.ts';
import { parsePairs } from '../parameters.ts';
import { matchesSelector, parseSelector } from '../runs/selector.ts';
import type { Terminal } from '../terminal.ts';
import { currentRun, findRun, isOver } from './find-run.ts';
import { type AwsFlags, type Session, withSession } from './session.ts';

const PARK_TRIES = 10;
const PARK_PAUSE_MS = 500;

export function resume(
  names: readonly string[],
  flags: ResumeFlags & AwsFlags,
  terminal: Terminal,
): Promise<number> {
  const outputs = parsePairs(flags.outputParameter, 'output parameter');
  const { nodeFieldSelector: selector } = flags;
  if (selector !== undefined) parseSelector(selector);
  return withSession(flags, terminal, async (session) => {
    for (const name of names) {
      const record = await findRun(session, name);
      if (isOver(record)) throw new CliError(`${record.name} does not run: it is ${record.phase}`);
      if (record.suspended) await session.runs.setSuspended(record.uid, false);
      const count = await resumeSoon(session, record, outputs, selector);
      if (count === 0 && !record.suspended)
        throw new CliError(`nothing of ${record.name} is suspended`, EXIT.failed);
      terminal.out.write(`workflow ${record.name} resumed\n`);
    }
    return EXIT.ok;
  });
}

/** A node that is Running may not have come to park its token yet. */
async function resumeSoon(
  session: Session,
  record: RunRecord,
  outputs: Readonly<Record<string, string>>,
  selector: string | undefined,
): Promise<number> {
  for (let tries = PARK_TRIES; ; tries -= 1) {
    const count = await resumeNodes(session, record, outputs, selector);
    if (count > 0 || tries === 0) return count;
    const { status } = await currentRun(session, record);
    const open = Object.values(status.nodes).filter(
      (node) => node.type === 'Suspend' && node.phase === 'Running' && matchesSelector(node, selector),
    );
    if (open.length === 0) return 0;
    await session.clients.sleep(PARK_PAUSE_MS);
  }
}

async function resumeNodes(
  session: Session,
  record: RunRecord,
  outputs: Readonly<Record<string, string>>,
  selector: string | undefined,
): Promise<number> {
  const { suspensions, clients } = session;
  const answer = answerTokens(clients.states);
  const isChosen = selector === undefined ? () => true : await chooser(session, record, selector);
  let count = 0;
  for (const one of await suspensions.list(record.uid)) {
    if (!isChosen(one.node) || !(await suspensions.take(record.uid, one.node))) continue;
    count += 1;
    if (one.template === '') {
      await answer(one.token, { output: {} });
      continue;
    }
    const outcome = resumed(one.task as unknown as Suspended, outputs, new Date(clients.now()).toISOString());
    await answer(
      one.token,
      outcome.phase === 'Succeeded'
        ? { output: outcome as unknown as JsonValue }
        : { error: ARGO_ERROR, cause: JSON.stringify(outcome) },
    );
  }
  return count;
}

async function chooser(
  session: Session,
  record: RunRecord,
  selector: string,
): Promise<(node: string) => boolean> {
  const { status } = await currentRun(session, record);
  const nodes = new Set(
    Object.values(status.nodes)
      .filter((node) => matchesSelector(node, selector))
      .map(({ name }) => name),
  );
  return (node) => nodes.has(node);
}

/** No state of a machine heeds the row of a suspended run yet, so nothing is promised. */
export async function suspend(
  names: readonly string[],
  _flags: AwsFlags,
  _terminal: Terminal,
): Promise<number> {
  throw new CliError(
    `a run cannot be held as a whole yet: ${names.join(', ')}`,
    EXIT.usage,
    'suspend templates hold it where they stand; argosy stop ends it',
  );
}
