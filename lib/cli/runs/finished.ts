/** What an earlier attempt at a run has done already: outcomes of its leaves that Succeeded. */
import type { Outcome } from '../../protocol/outcome.ts';
import { readFacts } from '../../status/read-facts.ts';
import type { NodeObject, WorkflowObject } from '../../status/workflow-object.ts';
import type { RunFiles } from './folder.ts';
import { readHistory } from './history-file.ts';
import { matchesSelector } from './selector.ts';

/** `restart` selects nodes that run again, with all below them, although they Succeeded. */
export async function finishedNodes(
  files: RunFiles,
  workflow: WorkflowObject,
  restart: string | undefined,
): Promise<(node: string) => Outcome | undefined> {
  const { own, children } = await readHistory(files.history);
  const facts = readFacts(own, { childHistory: (arn) => children.get(arn) });
  const again = restart === undefined ? new Set<string>() : restarted(workflow, restart);
  const done = new Map<string, Outcome>();
  for (const node of Object.values(workflow.status.nodes)) {
    if (node.phase !== 'Succeeded' || again.has(node.name) || node.name.includes('.onExit')) continue;
    const outcome = facts.get(node.name)?.outcome;
    if (outcome !== undefined && (isLeaf(node) || node.type === 'Retry')) done.set(node.name, outcome);
  }
  const retries = new Set(
    Object.values(workflow.status.nodes).flatMap((node) => (node.type === 'Retry' ? [node.name] : [])),
  );
  return (node) => {
    // What a Retry node came to in the end is what its first attempt answers now.
    const owner = node.replace(/\(\d+\)$/, '');
    const outcome = done.get(node) ?? (owner !== node && retries.has(owner) ? done.get(owner) : undefined);
    if (outcome === undefined) return undefined;
    return { ...outcome, node };
  };
}

function isLeaf(node: NodeObject): boolean {
  return node.type === 'Pod' || node.type === 'HTTP' || node.type === 'Suspend' || node.type === 'Plugin';
}

/** Nodes that match, and whatever is called by them or follows them. */
function restarted(workflow: WorkflowObject, selector: string): ReadonlySet<string> {
  const { nodes } = workflow.status;
  const names = new Set<string>();
  const pending = Object.values(nodes).filter((node) => matchesSelector(node, selector));
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (names.has(node.name)) continue;
    names.add(node.name);
    for (const id of node.children ?? []) {
      const child = nodes[id];
      if (child !== undefined) pending.push(child);
    }
  }
  return names;
}
