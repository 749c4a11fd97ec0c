/** Connects nodes as Argo does: children, and the nodes on which whatever comes next is hung (operator.go getOutboundNodes). */
import type { Template } from '../argo/template.ts';
import type { NodeType } from './node.ts';

/** A node while it is being connected. */
export interface Linked {
  readonly name: string;
  readonly type: NodeType;
  readonly template: Template | undefined;
  readonly boundary: string | undefined;
  /** A memoized steps or dag node that never ran its body. */
  readonly hit: boolean;
  /** It could not be executed at all. */
  readonly erred: boolean;
  readonly children: string[];
  readonly outbound: string[];
}

export type LinkedNodes = ReadonlyMap<string, Linked>;

export interface DagShape {
  readonly dependencies: (task: string) => readonly string[];
  readonly targets: readonly string[];
}

export interface Shapes {
  readonly dag: (template: Template, node: string) => DagShape;
}

export function linkNodes(nodes: LinkedNodes, members: Members, shapes: Shapes): void {
  // Inner bodies first: what comes after a body hangs on the outbound nodes of what is in it.
  const bodies = [...nodes.values()].filter((node) => node.type === 'Steps' || node.type === 'DAG');
  bodies.sort((a, b) => b.name.length - a.name.length);
  for (const node of nodes.values()) linkAttempts(node, members);
  for (const node of nodes.values()) linkHooks(node, nodes);
  for (const body of bodies) {
    if (body.type === 'Steps') linkSteps(body, nodes, members);
    else linkDag(body, nodes, shapes);
  }
}

/** What belongs together, found once. */
export interface Members {
  /** Attempts of a Retry node, in order. */
  readonly attempts: ReadonlyMap<string, readonly string[]>;
  /** Groups of a steps node, in order. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** Members of a group, in the order in which they were started; items of a loop stand directly in it. */
  readonly members: ReadonlyMap<string, readonly string[]>;
  /** Items of a TaskGroup, in order. */
  readonly items: ReadonlyMap<string, readonly string[]>;
}

function push(list: string[], name: string): void {
  if (!list.includes(name)) list.push(name);
}

function linkAttempts(node: Linked, members: Members): void {
  for (const attempt of members.attempts.get(node.name) ?? []) push(node.children, attempt);
  for (const item of members.items.get(node.name) ?? []) push(node.children, item);
}

/** The node whose hook, or exit handler, has this name. */
export function hookOwner(name: string): string | undefined {
  return /^(.*)\.(?:onExit|hooks\.[^.()[]+)$/s.exec(name)?.[1];
}

const BEGUN: ReadonlySet<NodeType> = new Set(['Retry', 'Steps', 'DAG']);

/** `X.onExit` and `X.hooks.NAME` are children of X; the run's own exit handler is nobody's child. */
function linkHooks(node: Linked, nodes: LinkedNodes): void {
  const owner = hookOwner(node.name);
  if (owner === undefined) return;
  const parent = nodes.get(owner);
  const isExit = node.name.endsWith('.onExit');
  if (parent === undefined || (node.boundary === undefined && isExit)) return;
  // The group is over before a named hook is hung on its step (executeTmplLifeCycleHook); a DAG comes by once more, and
  // what erred in the end was hung when it began.
  const erredAtOnce = node.erred && !BEGUN.has(node.type);
  if (!isExit && erredAtOnce && nodes.get(node.boundary ?? '')?.type === 'Steps') return;
  push(parent.children, node.name);
}

function linkSteps(body: Linked, nodes: LinkedNodes, members: Members): void {
  const groups = members.groups.get(body.name) ?? [];
  let before: Linked | undefined;
  for (const name of groups) {
    const group = nodes.get(name);
    if (group === undefined) continue;
    if (before === undefined) push(body.children, name);
    else if (before.children.length === 0) push(before.children, name);
    else
      for (const child of before.children)
        for (const out of outbound(child, nodes)) addChild(nodes, out, name);
    for (const member of members.members.get(name) ?? []) push(group.children, member);
    before = group;
  }
  if (before !== undefined) {
    for (const child of before.children) body.outbound.push(...outbound(child, nodes));
  }
}

function linkDag(body: Linked, nodes: LinkedNodes, shapes: Shapes): void {
  if (body.template === undefined) return;
  const shape = shapes.dag(body.template, body.name);
  for (const task of body.template.dag?.tasks ?? []) {
    const name = `${body.name}.${task.name}`;
    if (!nodes.has(name)) continue;
    // While the run goes on, a task may be known before one that was skipped on the way to it.
    const dependencies = shape.dependencies(task.name).filter((one) => nodes.has(`${body.name}.${one}`));
    if (dependencies.length === 0) push(body.children, name);
    for (const dependency of dependencies) {
      const before = `${body.name}.${dependency}`;
      const isAtOnce = neverBegan(before, nodes) && isLastOf(dependency, dependencies, shape);
      const outs = isAtOnce ? itemsOf(before, nodes) : outboundInDag(before, nodes);
      for (const out of outs) addChild(nodes, out, name);
    }
  }
  // One that could not be ended has got no outbound nodes (executeDAG).
  if (body.erred) return;
  for (const target of shape.targets) body.outbound.push(...outbound(`${body.name}.${target}`, nodes));
}

/** Whether the other dependencies all come before this one anyway. */
function isLastOf(task: string, dependencies: readonly string[], shape: DagShape): boolean {
  const known = new Set([task]);
  for (const name of known) for (const one of shape.dependencies(name)) known.add(one);
  return dependencies.every((one) => known.has(one));
}

/**
 * A loop in which no item began is over in the very pass in which it is expanded (dag.go executeDAGTask). What waited
 * for nothing else is hung on the items in that pass; the exit handler comes with the next.
 */
function neverBegan(name: string, nodes: LinkedNodes): boolean {
  const items = nodes.get(name)?.type === 'TaskGroup' ? itemsOf(name, nodes) : [];
  return items.length > 0 && items.every((item) => isUncalled(nodes.get(item)));
}

function isUncalled(item: Linked | undefined): boolean {
  return item?.type === 'Skipped' && !item.erred;
}

/** The nodes of a loop without that of its exit handler. */
function itemsOf(name: string, nodes: LinkedNodes): readonly string[] {
  return nodes.get(name)?.children.filter((child) => child !== `${name}.onExit`) ?? [];
}

function addChild(nodes: LinkedNodes, parent: string, child: string): void {
  const node = nodes.get(parent);
  if (node !== undefined) push(node.children, child);
}

/** A task is hung on the last attempt of the one before it, whose named hooks are noticed only then: no task awaits them. */
function outboundInDag(name: string, nodes: LinkedNodes): readonly string[] {
  const node = nodes.get(name);
  if (node?.type !== 'Retry') return outbound(name, nodes);
  return node.children.filter((child) => !child.startsWith(`${name}.hooks.`)).slice(-1);
}

function outbound(name: string, nodes: LinkedNodes): readonly string[] {
  const node = nodes.get(name);
  if (node === undefined) return [];
  switch (node.type) {
    case 'Skipped':
    case 'Suspend':
    case 'HTTP':
    case 'Plugin':
      return [name];
    case 'Pod':
      // Argo looks up the template of a pod by name, which an inline one has not.
      return node.template?.containerSet === undefined || !node.template.name
        ? [name]
        : outboundOfChildren(node, nodes);
    case 'Container':
    case 'TaskGroup':
      return outboundOfChildren(node, nodes);
    case 'Retry':
      return node.children.slice(-1);
    default:
      return node.hit ? [name] : node.outbound.flatMap((one) => outbound(one, nodes));
  }
}

function outboundOfChildren(node: Linked, nodes: LinkedNodes): readonly string[] {
  if (node.children.length === 0) return [node.name];
  return node.children.flatMap((child) => {
    // A child of another boundary means that this container is the last one of its set.
    const foreign = node.type === 'Container' && nodes.get(child)?.boundary !== node.boundary;
    return foreign ? [node.name] : outbound(child, nodes);
  });
}
