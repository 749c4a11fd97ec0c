/** `N/M` of nodes and runs: how many executable nodes there are, and have Succeeded (workflow/progress/updater.go). */
import type { Node, NodeType } from './node.ts';

type Nodes = ReadonlyMap<string, Node>;

const EXECUTABLE: ReadonlySet<NodeType> = new Set(['Pod', 'HTTP', 'Plugin', 'Container', 'Suspend']);
const COMPLETE = new Set(['Succeeded', 'Skipped', 'Omitted']);

interface Count {
  done: number;
  all: number;
}

export function runProgress(nodes: Nodes): string {
  const count: Count = { done: 0, all: 0 };
  for (const node of nodes.values()) add(count, node);
  return textOf(count);
}

/** Of a node that only holds others, the sum of all below it; undefined where there is nothing to count. */
export function progressOf(node: Node, nodes: Nodes): string | undefined {
  const count: Count = { done: 0, all: 0 };
  if (EXECUTABLE.has(node.type)) add(count, node);
  else sumBelow(count, node, nodes);
  return count.all === 0 ? undefined : textOf(count);
}

function sumBelow(count: Count, node: Node, nodes: Nodes): void {
  const seen = new Set<string>();
  const pending = [...node.children];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const child = nodes.get(name);
    if (child === undefined) continue;
    add(count, child);
    pending.push(...child.children);
  }
}

function add(count: Count, node: Node): void {
  if (!EXECUTABLE.has(node.type)) return;
  count.all += 1;
  if (COMPLETE.has(node.phase)) count.done += 1;
}

function textOf({ done, all }: Count): string {
  return `${done}/${all}`;
}
