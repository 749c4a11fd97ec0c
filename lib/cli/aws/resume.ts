/** `argosy suspend`, `argosy resume` and `argosy node set` on AWS. */
import { resumeRun, setRunNodes, suspendRun } from '../../aws/control-run.ts';
import type { RunRecord } from '../../aws/run-index.ts';
import { matchesSelector } from '../../status/node-selector.ts';
import { noneMatches, type ResumeFlags, type SetFlags, valuesOf } from '../commands/live.ts';
import { CliError, EXIT } from '../exit-code.ts';
import { parsePairs } from '../parameters.ts';
import { parseSelector } from '../runs/selector.ts';
import type { Terminal } from '../terminal.ts';
import { currentRun, findOpenRun } from './find-run.ts';
import { type AwsFlags, type Session, withSession } from './session.ts';

export function suspend(names: readonly string[], flags: AwsFlags, terminal: Terminal): Promise<number> {
  return withSession(flags, terminal, async (session) => {
    for (const name of names) {
      const record = await findOpenRun(session, name);
      if (!(await suspendRun(session, record)))
        throw new CliError(`${record.name} ended meanwhile`, EXIT.failed);
      terminal.out.write(`workflow ${record.name} suspended\n`);
    }
    return EXIT.ok;
  });
}

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
      const record = await findOpenRun(session, name);
      const matches = selector === undefined ? undefined : await chooser(session, record, selector);
      const nodes = await soon(session, record, selector, async () =>
        fulfilled(await resumeRun(session, record, outputs, matches)),
      );
      if (nodes.length === 0 && (selector !== undefined || !record.suspended))
        throw new CliError(`nothing of ${record.name} is suspended`, EXIT.failed);
      terminal.out.write(`workflow ${record.name} resumed\n`);
    }
    return EXIT.ok;
  });
}

export function setNodes(name: string, flags: SetFlags & AwsFlags, terminal: Terminal): Promise<number> {
  const { nodeFieldSelector: selector } = flags;
  const values = valuesOf(flags);
  parseSelector(selector);
  return withSession(flags, terminal, async (session) => {
    const record = await findOpenRun(session, name);
    const matches = await chooser(session, record, selector);
    const nodes = await soon(session, record, selector, async () =>
      fulfilled(await setRunNodes(session, record, matches, values)),
    );
    if (nodes.length === 0) throw new CliError(noneMatches(selector), EXIT.failed);
    terminal.out.write('workflow values set\n');
    return EXIT.ok;
  });
}

type Done = Awaited<ReturnType<typeof resumeRun>>;

function fulfilled(done: Done): readonly string[] {
  if (!done.ok) throw new CliError(done.error, EXIT.failed);
  return done.value;
}

const PARK_TRIES = 10;
const PARK_PAUSE_MS = 500;

/** A node that is Running may not have come to park its token yet. */
async function soon(
  session: Session,
  record: RunRecord,
  selector: string | undefined,
  act: () => Promise<readonly string[]>,
): Promise<readonly string[]> {
  for (let tries = PARK_TRIES; ; tries -= 1) {
    const nodes = await act();
    if (nodes.length > 0 || tries === 0) return nodes;
    const { status } = await currentRun(session, record);
    const open = Object.values(status.nodes).filter(
      (node) => node.type === 'Suspend' && node.phase === 'Running' && matchesSelector(node, selector),
    );
    if (open.length === 0) return nodes;
    await session.clients.sleep(PARK_PAUSE_MS);
  }
}

/** Tells the nodes that a field selector means. */
export async function chooser(
  session: Session,
  record: RunRecord,
  selector: string,
): Promise<(node: string) => boolean> {
  const { status } = await currentRun(session, record);
  const meant = Object.values(status.nodes).filter((node) => matchesSelector(node, selector));
  const names = new Set(meant.map(({ name }) => name));
  return (node) => names.has(node);
}
