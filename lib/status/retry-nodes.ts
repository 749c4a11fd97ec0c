/** Which nodes of an ended run count as done when it is tried again (workflow/util/util.go, FormulateRetryWorkflow). */
import { matchesSelector } from './node-selector.ts';
import type { NodeObject, WorkflowObject } from './workflow-object.ts';

export interface RetryWish {
  /** With a selector: the nodes that match run again although they Succeeded, and all that follows them. */
  readonly restartSuccessful: boolean;
  readonly nodeFieldSelector?: string;
  /** Parameters are given anew, so that loops may have other items. */
  readonly hasParameters: boolean;
}

export type RetryNodes =
  | { readonly ok: true; readonly kept: ReadonlySet<string> }
  | { readonly ok: false; readonly error: string };

type Nodes = ReadonlyMap<string, NodeObject>;

interface Tree {
  readonly nodes: Nodes;
  /** Of several parents, the one whose id is the last. */
  readonly parents: ReadonlyMap<string, NodeObject>;
}

/** Argo does not ask suspended nodes again that were failed, and so would fail again at once. */
const EXECUTED = new Set(['Container', 'Pod', 'HTTP', 'Plugin', 'Suspend']);

/** Names of the nodes that keep their outcome. */
export function retryNodes(workflow: WorkflowObject, wish: RetryWish): RetryNodes {
  const { nodeFieldSelector: selector = '' } = wish;
  const restarts = wish.restartSuccessful && selector !== '';
  const { phase } = workflow.status;
  if (phase === 'Succeeded' && !restarts)
    return {
      ok: false,
      error: 'To retry a succeeded workflow, set the options restartSuccessful and nodeFieldSelector',
    };
  if (phase !== 'Succeeded' && phase !== 'Failed' && phase !== 'Error')
    return { ok: false, error: `Cannot retry a workflow in phase ${phase}` };
  const tree = treeOf(workflow);
  const doomed = new Set<string>();
  for (const node of tree.nodes.values()) {
    if (restarts && matchesSelector(node, selector)) doomed.add(node.id);
  }
  const chosen = new Set(doomed);
  for (const node of tree.nodes.values()) if (mustRunAgain(node, tree, chosen)) doomed.add(node.id);
  const { reset, deleted } = undo(tree, doomed);
  if (wish.hasParameters) expandAnew(tree, reset, deleted);
  const exit = `${workflow.metadata.name}.onExit`;
  const kept = [...tree.nodes.values()].filter(
    ({ id, name }) => !deleted.has(id) && !reset.has(id) && !name.startsWith(exit),
  );
  return { ok: true, kept: new Set(kept.map(({ name }) => name)) };
}

function treeOf({ status }: WorkflowObject): Tree {
  const nodes = new Map(Object.entries(status.nodes));
  const parents = new Map<string, NodeObject>();
  for (const id of [...nodes.keys()].sort()) {
    const node = nodes.get(id);
    for (const child of node?.children ?? []) if (node !== undefined) parents.set(child, node);
  }
  return { nodes, parents };
}

function hasFailed({ phase }: NodeObject): boolean {
  return phase === 'Failed' || phase === 'Error';
}

/**
 * A failure behind which something has Succeeded was forgiven, and is not tried again. Argo also takes the exit handler
 * of the node itself for that, and then never tries it again.
 */
function mustRunAgain(node: NodeObject, tree: Tree, chosen: ReadonlySet<string>): boolean {
  if (!hasFailed(node) || !EXECUTED.has(node.type)) return false;
  const parent = tree.parents.get(node.id);
  const subject = node.nodeFlag?.retried && parent?.type === 'Retry' ? parent : node;
  const hooks = new Set(
    [...below(subject, tree.nodes)].filter((id) => {
      const { name = '' } = tree.nodes.get(id) ?? {};
      return HOOK.test(name.slice(subject.name.length)) && name.startsWith(subject.name);
    }),
  );
  return ![...below(subject, tree.nodes)].some(
    (id) => !chosen.has(id) && !hooks.has(id) && tree.nodes.get(id)?.phase === 'Succeeded',
  );
}

/** What follows the name of a node in those of its hooks, and of all that they run. */
const HOOK = /^\.(onExit|hooks\.)/;

function below(node: NodeObject, nodes: Nodes): ReadonlySet<string> {
  const found = new Set<string>();
  const pending = [...(node.children ?? [])];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    pending.push(...(nodes.get(id)?.children ?? []));
  }
  return found;
}

interface Undone {
  readonly reset: Set<string>;
  readonly deleted: Set<string>;
}

/**
 * What runs again takes with it whatever follows, and what it stands in is Running again. Argo climbs to the root by the
 * lines of the graph, and so comes by nodes that are done as well.
 */
function undo({ nodes, parents }: Tree, doomed: ReadonlySet<string>): Undone {
  const undone: Undone = { reset: new Set(), deleted: new Set() };
  for (const id of doomed) {
    const node = nodes.get(id);
    const own = node?.type === 'Container' ? nodes.get(node.boundaryID ?? '') : node;
    if (own === undefined) continue;
    undone.deleted.add(own.id);
    for (const one of below(own, nodes)) undone.deleted.add(one);
    for (let at: NodeObject | undefined = own; at !== undefined; ) {
      at = holderOf(at, parents.get(at.id)) ?? nodes.get(at.boundaryID ?? '');
      if (at !== undefined) undone.reset.add(at.id);
    }
  }
  return undone;
}

const HOLDERS = new Set(['Retry', 'StepGroup', 'TaskGroup']);

/** The group or Retry node in whose name the node stands. */
function holderOf({ name }: NodeObject, parent: NodeObject | undefined): NodeObject | undefined {
  if (parent === undefined || !HOLDERS.has(parent.type)) return undefined;
  const sign = parent.type === 'StepGroup' ? '.' : '(';
  return name.startsWith(parent.name + sign) ? parent : undefined;
}

/** Groups that are Running again get their members from the new values. */
function expandAnew({ nodes }: Tree, reset: ReadonlySet<string>, deleted: Set<string>): void {
  for (const id of reset) {
    const node = nodes.get(id);
    if (node === undefined || deleted.has(id)) continue;
    if (node.type !== 'TaskGroup' && node.type !== 'StepGroup') continue;
    for (const one of below(node, nodes)) deleted.add(one);
  }
}
