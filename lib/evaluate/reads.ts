/**
 * What an evaluation can read, told from the text alone: what the compiler must hand over, and what it may
 * fold.
 */
import type { Invocation, StepGroup } from '../argo/invocation.ts';
import type { LifecycleHook } from '../argo/policy.ts';
import { type Template, templateType } from '../argo/template.ts';
import type { Bundle, BundleTemplate } from './bundle.ts';
import { calleeOf } from './callee.ts';
import { ancestorsOf, dagGraph, dependenciesOf } from './dag-graph.ts';
import { isLooped } from './loop.ts';
import { isMentioned, type Mentions, mentionsOf, readBelow } from './mentions.ts';

/** The evaluation of a part of a steps or dag template. */
export type Site =
  | { readonly kind: 'group'; readonly group: number }
  | { readonly kind: 'task'; readonly task: string }
  /** Steps: after `group`, which may have failed; without it after the last one. */
  | { readonly kind: 'finish'; readonly group?: number }
  | { readonly kind: 'hook'; readonly member: string; readonly hook: string };

export interface Reads {
  /** Steps or tasks whose outcome must be there. */
  readonly outcomes: readonly string[];
  /** Input parameters of the template. */
  readonly inputs: readonly string[];
  readonly inputArtifacts: readonly string[];
  /** `workflow.outputs.*`. */
  readonly globals: boolean;
  /** `workflow.status`, `.failures` and `.duration`. */
  readonly exit: boolean;
  /** `retries` and `lastRetry.*`. */
  readonly retries: boolean;
}

interface Text {
  /** Parts of the template that are expanded. */
  readonly parts: readonly unknown[];
  /** The steps or tasks that they can see. */
  readonly visible: readonly string[];
  /** Outcomes that are needed whatever the text says. */
  readonly always: readonly string[];
}

function nameOf(member: Invocation): string {
  return member.name ?? '';
}

/** Inline loops are looked at in what follows them, whether they are read or not (`body-scope.ts`). */
function inlineLoops(members: readonly Invocation[]): readonly string[] {
  return members.filter((member) => member.inline !== undefined && isLooped(member)).map(nameOf);
}

function namesBefore(groups: readonly StepGroup[], group: number): readonly string[] {
  return groups.slice(0, group).flat().map(nameOf);
}

/** The declared inputs of what a member calls: their defaults are text, too. */
function calleeInputs(
  bundle: Bundle,
  caller: BundleTemplate,
  key: string,
  called: Invocation | LifecycleHook,
): unknown {
  const callee = calleeOf(bundle, caller, key, called);
  return callee.ok ? callee.entry.template.inputs : undefined;
}

function withoutHooks(member: Invocation): unknown {
  const { hooks: _hooks, onExit: _onExit, continueOn: _continueOn, ...rest } = member;
  // In a loop the text of the hooks must resolve with each item.
  return isLooped(member) ? member : rest;
}

function memberText(
  bundle: Bundle,
  entry: BundleTemplate,
  members: readonly Invocation[],
): readonly unknown[] {
  return members.flatMap((member) => [
    withoutHooks(member),
    calleeInputs(bundle, entry, nameOf(member), member),
  ]);
}

function groupText(bundle: Bundle, entry: BundleTemplate, group: number): Text {
  const groups = entry.template.steps ?? [];
  return {
    parts: memberText(bundle, entry, groups[group] ?? []),
    visible: namesBefore(groups, group),
    always: inlineLoops(groups[group - 1] ?? []),
  };
}

function taskText(bundle: Bundle, entry: BundleTemplate, name: string): Text {
  const graph = dagGraph(entry.template.dag ?? {});
  const task = graph.tasks.get(name);
  const visible = ancestorsOf(graph, name);
  const before = visible.flatMap((one) => graph.tasks.get(one) ?? []);
  const { depends: _depends, dependencies: _dependencies, ...rest } = task ?? { name };
  return {
    parts: memberText(bundle, entry, [rest]),
    visible,
    always: [...dependenciesOf(graph, name), ...inlineLoops(before)],
  };
}

/**
 * A DAG is judged by all its tasks; steps by their last group, and read by their outputs only if it
 * succeeded.
 */
function finishText(entry: BundleTemplate, group: number | undefined): Text {
  const { template } = entry;
  if (template.dag !== undefined) {
    const names = (template.dag.tasks ?? []).map(nameOf);
    return { parts: [template.outputs, { target: template.dag.target }], visible: names, always: names };
  }
  const groups = template.steps ?? [];
  const last = group ?? groups.length - 1;
  const isLast = last >= groups.length - 1;
  return {
    parts: isLast ? [template.outputs] : [],
    visible: namesBefore(groups, groups.length),
    always: (groups[last] ?? []).map(nameOf),
  };
}

function hookText(bundle: Bundle, entry: BundleTemplate, name: string, hook: string): Text {
  const { template } = entry;
  const graph = dagGraph(template.dag ?? {});
  const groups = template.steps ?? [];
  const group = groups.findIndex((steps) => steps.some((step) => nameOf(step) === name));
  const member = graph.tasks.get(name) ?? groups[group]?.find((step) => nameOf(step) === name);
  const own = member?.hooks?.[hook];
  const called = hook === 'exit' && member?.onExit ? { template: member.onExit } : (own ?? {});
  return {
    parts: [own, calleeInputs(bundle, entry, `${name}.hooks.${hook}`, called)],
    visible: template.dag === undefined ? namesBefore(groups, group) : ancestorsOf(graph, name),
    always: [],
  };
}

function textOf(bundle: Bundle, entry: BundleTemplate, site: Site): Text {
  switch (site.kind) {
    case 'group':
      return groupText(bundle, entry, site.group);
    case 'task':
      return taskText(bundle, entry, site.task);
    case 'finish':
      return finishText(entry, site.group);
    case 'hook':
      return hookText(bundle, entry, site.member, site.hook);
  }
}

/** Values of the spec's own parameters are text that is expanded where it has been put in. */
function mentionsIn(bundle: Bundle, parts: readonly unknown[]): Mentions {
  const direct = mentionsOf(...parts);
  return isMentioned(direct, 'workflow') ? mentionsOf(...parts, bundle.spec.arguments?.parameters) : direct;
}

function readsIn(template: Template, mentions: Mentions, text: Text): Reads {
  const root = template.dag === undefined ? 'steps' : 'tasks';
  const parameters = (template.inputs?.parameters ?? []).map(({ name }) => name);
  const artifacts = (template.inputs?.artifacts ?? []).map(({ name }) => name);
  const read = new Set([...text.always, ...readBelow(mentions, root, text.visible)]);
  return {
    outcomes: [...read],
    inputs: readBelow(mentions, 'inputs.parameters', parameters),
    inputArtifacts: readBelow(mentions, 'inputs.artifacts', artifacts),
    globals: isMentioned(mentions, 'workflow.outputs'),
    exit: ['status', 'failures', 'duration'].some((name) => isMentioned(mentions, `workflow.${name}`)),
    retries: isMentioned(mentions, 'retries') || isMentioned(mentions, 'lastRetry'),
  };
}

/** What an evaluation can read: never too little. */
export function readsOf(bundle: Bundle, entry: BundleTemplate, site: Site): Reads {
  const text = textOf(bundle, entry, site);
  return readsIn(entry.template, mentionsIn(bundle, text.parts), text);
}

/** Names that the item of a loop brings, which the compiler knows where the list is literal. */
function isItem(name: string): boolean {
  return name === 'item' || name.startsWith('item.');
}

function hasTag(value: unknown): boolean {
  return JSON.stringify(value ?? null).includes('{{');
}

function isInput(name: string): boolean {
  return /^inputs\.(parameters|artifacts)\.[^.]+$/.test(name);
}

/** `knowsInputs`: the inputs of the template are known, too. */
export function isConstantMember(
  bundle: Bundle,
  entry: BundleTemplate,
  member: Invocation,
  knowsInputs = false,
): boolean {
  const { hooks: _hooks, onExit: _onExit, ...rest } = member;
  const { names, expressions, isOpen } = mentionsOf(rest);
  // An inline template is handed the texts of its caller.
  const isKnown = (name: string) => knowsInputs && member.inline === undefined && isInput(name);
  const isLiteral =
    !isOpen &&
    expressions.length === 0 &&
    names.every((name) => isKnown(name) || (isLooped(member) && isItem(name)));
  const list = mentionsOf([member.withItems, member.withParam, member.withSequence]);
  if (!isLiteral || !list.names.every(isKnown)) return false;
  // An inline template is handed the texts of its caller, and a loop resolves those of the hooks.
  if (isLooped(member) && hasTag(member.hooks)) return false;
  const isFixed =
    member.inline !== undefined || member.template !== undefined || member.templateRef !== undefined;
  if (!isFixed || hasTag([member.template, member.templateRef])) return false;
  return !hasTag(calleeInputs(bundle, entry, nameOf(member), member));
}

/**
 * Whether the members of a group or a task come out alike in every run, but for the names of nodes and times:
 * the compiler may evaluate them itself, with an empty scope. What `depends` says is left to the machine.
 */
export function isConstant(bundle: Bundle, entry: BundleTemplate, site: Site): boolean {
  const { template } = entry;
  const type = templateType(template);
  if (site.kind === 'group' && type === 'steps') {
    const members = template.steps?.[site.group] ?? [];
    const before = template.steps?.[site.group - 1] ?? [];
    return (
      inlineLoops(before).length === 0 && members.every((member) => isConstantMember(bundle, entry, member))
    );
  }
  if (site.kind !== 'task' || type !== 'dag') return false;
  const graph = dagGraph(template.dag ?? {});
  const task = graph.tasks.get(site.task);
  const before = ancestorsOf(graph, site.task).flatMap((name) => graph.tasks.get(name) ?? []);
  if (task === undefined || inlineLoops(before).length > 0) return false;
  const { depends: _depends, dependencies: _dependencies, ...rest } = task;
  return isConstantMember(bundle, entry, rest);
}
