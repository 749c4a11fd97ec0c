/** `argosy get` on AWS: the tree of a run, read from the history of its execution. */

import { matchesSelector } from '../../status/node-selector.ts';
import type { GetFlags } from '../commands/get.ts';
import { EXIT } from '../exit-code.ts';
import { showWorkflow } from '../render/workflow.ts';
import type { Terminal } from '../terminal.ts';
import { executionLink } from './console-links.ts';
import { currentRun, findRun } from './find-run.ts';
import { type AwsFlags, withSession } from './session.ts';

export function get(
  names: readonly string[],
  flags: GetFlags & AwsFlags,
  terminal: Terminal,
): Promise<number> {
  return withSession(flags, terminal, async (session) => {
    const { output, utf8 } = flags;
    const selector = flags.status === undefined ? flags.nodeFieldSelector : `phase=${flags.status}`;
    const shows = (node: Parameters<typeof matchesSelector>[0]) => matchesSelector(node, selector);
    for (const name of names) {
      const record = await findRun(session, name);
      const workflow = await currentRun(session, record);
      const now = session.clients.now();
      terminal.out.write(showWorkflow(workflow, terminal.out, { output, utf8, now, shows }));
      const isTree = output === 'tree' || output === 'wide';
      if (isTree && record.executionArn !== undefined)
        terminal.out.write(
          `\n${'Console:'.padEnd(20)} ${executionLink(session.region, record.executionArn)}\n`,
        );
    }
    return EXIT.ok;
  });
}
