/** `argosy get`: a run as it stands. */

import { matchesSelector } from '../../status/node-selector.ts';
import { EXIT } from '../exit-code.ts';
import { type Output, showWorkflow } from '../render/workflow.ts';
import { currentRun } from '../runs/current.ts';
import { findRun, runsFolder } from '../runs/folder.ts';
import type { Terminal } from '../terminal.ts';

export interface GetFlags {
  readonly output: Output;
  readonly utf8: boolean;
  readonly status?: string;
  readonly nodeFieldSelector?: string;
}

export async function get(names: readonly string[], flags: GetFlags, terminal: Terminal): Promise<number> {
  const runs = runsFolder(terminal.cwd, terminal.env);
  for (const name of names) {
    const { workflow } = await currentRun(await findRun(runs, name));
    const selector = flags.status === undefined ? flags.nodeFieldSelector : `phase=${flags.status}`;
    const { output, utf8 } = flags;
    const shows = (node: Parameters<typeof matchesSelector>[0]) => matchesSelector(node, selector);
    terminal.out.write(showWorkflow(workflow, terminal.out, { output, utf8, now: Date.now(), shows }));
  }
  return EXIT.ok;
}
