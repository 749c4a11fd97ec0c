/** Facts + templates → Argo's node tree. */
import { type Template, templateType } from '../argo/template.ts';
import type { Bundle, BundleTemplate } from '../evaluate/bundle.ts';
import { hasErred, type NodePhase, type Outcome } from '../protocol/outcome.ts';
import { addAncestors } from './ancestors.ts';
import type { DagShape, Linked, Members } from './link.ts';
import { hookOwner, linkNodes } from './link.ts';
import type { Fact, Node, NodeType } from './node.ts';
import type { Facts } from './read-facts.ts';

export interface TreeOptions {
  readonly bundle: Bundle;
  readonly workflow: string;
  readonly nodeId: (node: string) => string;
  readonly dag: (template: Template, inputs: Fact['inputs']) => DagShape;
}

const DISPLAY_NAME = 'workflows.argoproj.io/display-name';

/** Every node of the run by name, connected. */
export function treeOf(facts: Facts, options: TreeOptions): ReadonlyMap<string, Node> {
  addAncestors(facts, options.bundle, options.workflow);
  addContainers(facts, options);
  const bodies = bodiesOf(facts, options);
  for (const fact of facts.values()) fact.boundary ??= boundaryOf(fact, bodies, options.workflow) ?? '';
  const groups = addGroups(facts, bodies);
  for (const fact of facts.values()) fact.template ??= calledBy(fact, facts, options) ?? '';
  const linked = new Map<string, Linked>();
  for (const fact of facts.values()) linked.set(fact.name, linkedOf(fact, options, groups));
  const members = membersOf(facts, linked, groups);
  linkContainers(linked, options);
  linkNodes(linked, members, {
    dag: (template, node) => options.dag(template, facts.get(node)?.inputs),
  });
  const nodes = new Map<string, Node>();
  for (const [name, link] of linked) {
    const fact = facts.get(name);
    if (fact) nodes.set(name, nodeOf(fact, link, facts, options, groups));
  }
  return nodes;
}

function templateOf(fact: Fact, options: TreeOptions): BundleTemplate | undefined {
  return fact.template === undefined ? undefined : options.bundle.templates[fact.template];
}

/** Containers of a containerSet are nodes of their own below their pod. */
function addContainers(facts: Facts, options: TreeOptions): void {
  for (const fact of [...facts.values()]) {
    const set = templateOf(fact, options)?.template.containerSet;
    const containers = fact.outcome?.containers;
    if (
      set === undefined ||
      containers === undefined ||
      (fact.attempt === undefined && isRetried(fact, options))
    )
      continue;
    for (const container of set.containers ?? []) {
      const ended = containers[container.name ?? ''];
      if (ended === undefined) continue;
      const name = `${fact.name}.${container.name}`;
      facts.set(name, {
        name,
        boundary: fact.name,
        ...(fact.template === undefined ? {} : { template: fact.template }),
        outcome: { node: name, phase: ended.phase, ...(ended.message ? { message: ended.message } : {}) },
      });
    }
  }
}

function isRetried(fact: Fact, options: TreeOptions): boolean {
  return templateOf(fact, options)?.template.retryStrategy !== undefined;
}

/** Nodes that are bodies of steps or dag templates: the boundaries of what is in them. */
function bodiesOf(facts: Facts, options: TreeOptions): ReadonlyMap<string, 'Steps' | 'DAG'> {
  const bodies = new Map<string, 'Steps' | 'DAG'>();
  for (const fact of facts.values()) {
    if (fact.done || fact.loop) continue;
    const type = typeOf(fact, options);
    if (type === 'Steps' || type === 'DAG') bodies.set(fact.name, type);
  }
  return bodies;
}

function typeOf(fact: Fact, options: TreeOptions): NodeType {
  if (fact.boundary !== undefined && options.bundle.templates[fact.template ?? '']?.template.containerSet) {
    const owner = fact.name.slice(fact.boundary.length);
    if (fact.boundary !== '' && fact.outcome?.outputs === undefined && isContainer(fact, owner, options))
      return 'Container';
  }
  if (fact.done) return 'Skipped';
  if (fact.loop) return 'TaskGroup';
  const template = templateOf(fact, options)?.template;
  if (template === undefined) return 'Skipped';
  if (template.retryStrategy !== undefined && !fact.attempt) return 'Retry';
  switch (templateType(template)) {
    case 'steps':
      return 'Steps';
    case 'dag':
      return 'DAG';
    case 'suspend':
      return 'Suspend';
    case 'http':
      return 'HTTP';
    case 'plugin':
      return 'Plugin';
    default:
      return 'Pod';
  }
}

function isContainer(fact: Fact, owner: string, options: TreeOptions): boolean {
  const set = templateOf(fact, options)?.template.containerSet;
  return (set?.containers ?? []).some((one) => `.${one.name}` === owner) && fact.startedAt === undefined;
}

/** The innermost body whose name the node's name extends by a step, a task or a hook. */
function boundaryOf(fact: Fact, bodies: ReadonlyMap<string, unknown>, workflow: string): string | undefined {
  const { name } = fact;
  // Hooks and the exit handler of the run itself stand in no template.
  if (name === workflow || (fact.hooked && isRunHook(name, workflow))) return undefined;
  for (let at = name.length - 1; at > 0; at -= 1) {
    const sign = name[at];
    if (sign !== '.' && sign !== '[') continue;
    const prefix = name.slice(0, at);
    if (bodies.has(prefix)) return prefix;
  }
  return undefined;
}

function isRunHook(name: string, workflow: string): boolean {
  return name === `${workflow}.onExit` || /^\.hooks\.[^.]+$/.test(name.slice(workflow.length));
}

/** Where the machine itself decided that a member does not run, only its name tells what it would have called. */
function calledBy(fact: Fact, facts: Facts, options: TreeOptions): string | undefined {
  const body = facts.get(fact.boundary ?? '');
  if (body === undefined || !(fact.done || fact.loop)) return undefined;
  const member = fact.name
    .slice(body.name.length)
    .replace(/^(\[\d+\])?\./, '')
    .replace(/\(.*\)$/s, '');
  return options.bundle.templates[body.template ?? '']?.calls[member];
}

/** Step groups by name, with the number that orders them. */
type Groups = ReadonlyMap<string, { readonly body: string; readonly index: number }>;

/** A group exists as soon as one of its members, or its evaluation, is known. */
function addGroups(facts: Facts, bodies: ReadonlyMap<string, 'Steps' | 'DAG'>): Groups {
  const groups = new Map<string, { body: string; index: number }>();
  const note = (body: string, index: number) => {
    for (let each = 0; each <= index; each += 1) {
      const name = `${body}[${each}]`;
      if (groups.has(name)) continue;
      groups.set(name, { body, index: each });
      if (!facts.has(name)) facts.set(name, { name, boundary: body });
    }
  };
  for (const fact of [...facts.values()]) {
    const { boundary } = fact;
    if (!boundary || bodies.get(boundary) !== 'Steps') continue;
    const match = /^\[(\d+)\]/.exec(fact.name.slice(boundary.length));
    if (match) note(boundary, Number(match[1]));
  }
  return groups;
}

function linkedOf(fact: Fact, options: TreeOptions, groups: Groups): Linked {
  return {
    name: fact.name,
    type: groups.has(fact.name) ? 'StepGroup' : typeOf(fact, options),
    template: templateOf(fact, options)?.template,
    boundary: fact.boundary === '' ? undefined : fact.boundary,
    hit: fact.outcome?.memoization?.hit === true,
    erred: hasErred(fact.outcome),
    children: [],
    outbound: [],
  };
}

function membersOf(facts: Facts, linked: ReadonlyMap<string, Linked>, groups: Groups): Members {
  const attempts = new Map<string, string[]>();
  const members = new Map<string, string[]>();
  const items = new Map<string, string[]>();
  const byBody = new Map<string, string[]>();
  const add = (map: Map<string, string[]>, key: string, name: string) => {
    const list = map.get(key);
    if (list) list.push(name);
    else map.set(key, [name]);
  };
  for (const [name, group] of [...groups].sort((a, b) => a[1].index - b[1].index))
    add(byBody, group.body, name);
  for (const fact of facts.values()) {
    if (groups.has(fact.name)) continue;
    const { boundary } = fact;
    if (fact.attempt) {
      add(attempts, fact.name.replace(/\(\d+\)$/, ''), fact.name);
      continue;
    }
    if (!boundary) continue;
    const rest = fact.name.slice(boundary.length);
    if (fact.hooked) continue;
    const step = /^(\[\d+\])\./.exec(rest);
    const loop = loopOf(fact, linked);
    if (loop !== undefined) add(items, loop, fact.name);
    else if (step) add(members, `${boundary}${step[1]}`, fact.name);
  }
  const inOrder = (map: ReadonlyMap<string, string[]>) => {
    for (const [owner, list] of map) list.sort(byPlace(linked.get(groups.get(owner)?.body ?? '')));
  };
  inOrder(members);
  inOrder(items);
  return { attempts, groups: byBody, members, items };
}

/** The order of the YAML, then of the items; events of what runs side by side come in any order. */
function byPlace(body: Linked | undefined): (a: string, b: string) => number {
  const order = new Map((body?.template?.steps ?? []).flat().map((step, at) => [step.name ?? '', at]));
  const placeOf = (name: string): readonly [number, number] => {
    const rest = name.slice(body?.name.length ?? 0).replace(/^\[\d+\]\./, '');
    const item = /\((\d+):/.exec(rest);
    return [order.get(rest.replace(/\(.*$/s, '')) ?? 0, Number(item?.[1] ?? 0)];
  };
  return (a, b) => {
    const [stepA, itemA] = placeOf(a);
    const [stepB, itemB] = placeOf(b);
    return stepA - stepB || itemA - itemB;
  };
}

/** The TaskGroup of an item: in a DAG, the node whose name the item's extends by `(…)`. */
function loopOf({ name, boundary }: Fact, linked: ReadonlyMap<string, Linked>): string | undefined {
  for (let at = name.indexOf('(', boundary?.length); at >= 0; at = name.indexOf('(', at + 1)) {
    const owner = linked.get(name.slice(0, at));
    if (owner?.type === 'TaskGroup' && owner.boundary === boundary) return owner.name;
  }
  return undefined;
}

/** Pod → containers without dependencies; container → those that wait for it. */
function linkContainers(linked: ReadonlyMap<string, Linked>, _options: TreeOptions): void {
  for (const pod of linked.values()) {
    const set = pod.template?.containerSet;
    if (set === undefined || pod.type !== 'Pod') continue;
    for (const container of set.containers ?? []) {
      const name = `${pod.name}.${container.name}`;
      if (!linked.has(name)) continue;
      const waits = container.dependencies ?? [];
      if (waits.length === 0) pod.children.push(name);
      for (const one of waits) linked.get(`${pod.name}.${one}`)?.children.push(name);
    }
  }
}

function nodeOf(fact: Fact, link: Linked, facts: Facts, options: TreeOptions, groups: Groups): Node {
  const template = templateOf(fact, options);
  const group = groups.get(fact.name);
  const state = group === undefined ? stateOf(fact, link, facts) : groupState(fact, group, facts, groups);
  const executed =
    (link.type !== 'Skipped' || fact.outcome?.outputs !== undefined) &&
    link.type !== 'TaskGroup' &&
    link.type !== 'StepGroup';
  const outcome = fact.outcome?.daemoned ? endedDaemon(fact.outcome, link, facts) : fact.outcome;
  return {
    name: fact.name,
    displayName: displayName(fact, link, options),
    type: link.type,
    ...state,
    ...(template === undefined || group !== undefined ? {} : reference(template)),
    ...(link.boundary === undefined ? {} : { boundary: link.boundary }),
    children: link.children,
    outbound: link.outbound,
    ...(executed && fact.inputs && link.type !== 'Container' ? { inputs: fact.inputs } : {}),
    ...(executed && outcome?.outputs ? { outputs: outcome.outputs } : {}),
    ...(executed && outcome?.outputsRef ? { outputsRef: outcome.outputsRef } : {}),
    ...(fact.startedAt === undefined ? {} : { startedAt: fact.startedAt }),
    ...(fact.finishedAt === undefined ? {} : { finishedAt: fact.finishedAt }),
    ...(fact.hooked ? { hooked: true as const } : {}),
    ...(fact.attempt ? { retried: true as const } : {}),
    ...(outcome?.daemoned ? { daemoned: true as const } : {}),
    ...(outcome?.ip === undefined ? {} : { ip: outcome.ip }),
    ...(outcome?.memoization === undefined ? {} : { memoization: outcome.memoization }),
  };
}

function reference(template: BundleTemplate): Pick<Node, 'templateName' | 'templateRef' | 'templateScope'> {
  return template.name === ''
    ? { templateScope: template.scope }
    : { templateName: template.name, templateScope: template.scope };
}

type State = Pick<Node, 'phase' | 'message'>;

function withMessage(phase: NodePhase, message: string | undefined): State {
  return message ? { phase, message } : { phase };
}

/**
 * A daemon ends with the template that started it. Argo marks it Succeeded; where the run goes on after that (the
 * template is nested) it then sees the killed container and has it Failed, without any effect.
 */
function endedDaemon(outcome: Outcome, link: Linked, facts: Facts): Outcome {
  const body = link.boundary === undefined ? undefined : facts.get(link.boundary);
  if (body?.outcome === undefined) return outcome;
  const { daemoned: _daemoned, ...rest } = outcome;
  if (!body.boundary) return { ...rest, phase: 'Succeeded' };
  return { ...rest, phase: 'Failed', message: KILLED, outputs: { ...rest.outputs, exitCode: '143' } };
}

const KILLED = 'main: Error (exit code 143)';

function stateOf(fact: Fact, link: Linked, facts: Facts): State {
  const outcome = fact.outcome?.daemoned ? endedDaemon(fact.outcome, link, facts) : fact.outcome;
  if (outcome !== undefined) return withMessage(outcome.phase, outcome.message);
  return { phase: fact.startedAt === undefined ? 'Pending' : 'Running' };
}

/** Whether a node is a member of a group, or an item of one: not an attempt of one, nor anything below. */
function isMemberOf(group: string, name: string, facts: Facts): boolean {
  if (!name.startsWith(`${group}.`)) return false;
  const own = name.slice(group.length + 1);
  // Items bring no parentheses of their own into the name, but whatever else.
  if (/[.[]/.test(own.replace(/(\([^()]*\))+$/, ''))) return false;
  return !/\(\d+\)$/.test(own) || !facts.has(name.replace(/\(\d+\)$/, ''));
}

/** A member that could not be started at all makes the group Error, while its template is Failed. */
function couldNotStart(group: string, facts: Facts): boolean {
  for (const { name, outcome } of facts.values()) {
    if (hasErred(outcome) && isMemberOf(group, name, facts)) return true;
  }
  return false;
}

/** The message of a hook that could not be started, which makes the group Error. */
function spoiltBy(group: string, facts: Facts): string | undefined {
  for (const { name, outcome } of facts.values()) {
    const hook = outcome?.hooks?.find(({ notStarted }) => notStarted);
    if (hook && isMemberOf(group, name, facts)) return hook.message ?? '';
    const owner = hasErred(outcome) ? hookOwner(name) : undefined;
    if (owner !== undefined && isMemberOf(group, owner, facts)) return outcome?.message ?? '';
  }
  return undefined;
}

/** A group is over when the next one began or its body ended; only the last one can have failed. */
function groupState(
  fact: Fact,
  group: { readonly body: string; readonly index: number },
  facts: Facts,
  groups: Groups,
): State {
  if (fact.error !== undefined) return withMessage('Error', fact.error);
  const isLast = !groups.has(`${group.body}[${group.index + 1}]`);
  if (!isLast) return { phase: 'Succeeded' };
  const body = facts.get(group.body)?.outcome;
  if (body === undefined) return { phase: 'Running' };
  const spoilt = spoiltBy(fact.name, facts);
  if (spoilt !== undefined) return withMessage('Error', spoilt);
  if (body.phase !== 'Failed') return { phase: 'Succeeded' };
  return withMessage(couldNotStart(fact.name, facts) ? 'Error' : 'Failed', body.message);
}

function displayName(fact: Fact, link: Linked, options: TreeOptions): string {
  const annotated = templateOf(fact, options)?.template.annotations?.[DISPLAY_NAME];
  if (annotated !== undefined && !annotated.includes('{{') && link.type !== 'Skipped') return annotated;
  const short = link.boundary === undefined ? fact.name : fact.name.slice(link.boundary.length);
  // The boundary and the separator of a step or task go (operator.go stepsOrDagSeparator).
  return link.boundary === undefined ? short : short.replace(/^(\[\d+\])?\./, '');
}
