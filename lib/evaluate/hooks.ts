/** Lifecycle hooks and exit handlers of steps and tasks: `workflow/controller/{hooks,exit_handler}.go`. */
import type { Invocation } from '../argo/invocation.ts';
import type { LifecycleHook } from '../argo/policy.ts';
import { type ArtifactRef, hasErred } from '../protocol/outcome.ts';
import { type Given, processArgs } from './arguments.ts';
import { type Body, entered, openBody } from './body.ts';
import { localScope, type Source, stepSources, taskSources } from './body-scope.ts';
import type { Bundle } from './bundle.ts';
import { calleeOf } from './callee.ts';
import { ancestorsOf, dagGraph } from './dag-graph.ts';
import { runArguments } from './enter.ts';
import { globalScope } from './global-scope.ts';
import { type Condition, conditionHolds } from './hook-condition.ts';
import { itemVariables } from './loop.ts';
import { ended, localNames } from './member.ts';
import type { Call, Done, HookRequest, ScopeData } from './requests.ts';
import { markAbsent, resolveArtifacts } from './resolve.ts';
import { mergeScopes, type Scope, type ScopeValue, scopeOf } from './scope.ts';
import { type Draft, expand, plain } from './text.ts';

export interface NoHook {
  readonly kind: 'none';
}

const none: NoHook = { kind: 'none' };

interface Found {
  readonly member: Invocation;
  readonly sources: readonly Source[];
}

function findMember(body: Body, name: string): Found | undefined {
  const { template } = body.entry;
  if (template.dag !== undefined) {
    const graph = dagGraph(template.dag);
    const member = graph.tasks.get(name);
    return member && { member, sources: taskSources(body, ancestorsOf(graph, name)) };
  }
  const groups = template.steps ?? [];
  const group = groups.findIndex((steps) => steps.some((step) => step.name === name));
  const member = groups[group]?.find((step) => step.name === name);
  return member && { member, sources: stepSources(body, group) };
}

/** The old `onExit` is an exit hook, and wins. */
function hookOf(member: Draft<Invocation>, hook: string): Draft<LifecycleHook> | undefined {
  if (hook === 'exit' && member.onExit) return { template: member.onExit };
  const hooks = member.hooks;
  return hooks !== undefined && Object.hasOwn(hooks, hook) ? hooks[hook] : undefined;
}

/** A step's status goes by its display name, which has the item's suffix; a task's by the task's name. */
function statusName(body: Body, request: HookRequest): string {
  const display = request.node.startsWith(`${request.boundary}`)
    ? request.node.slice(request.boundary.length)
    : '';
  const name = body.kind === 'steps' ? display.replace(/^(?:\[\d+\])?\./, '') : request.member;
  return `${body.kind}.${name}.status`;
}

/**
 * What a hook sees of the node that it belongs to: outputs, but neither result nor exit code. A pod that has ended
 * reports all outputs that it declares, and one without a value reads as empty text (resolveExitTmplArgument).
 */
function ownScope(body: Body, request: HookRequest, member: Draft<Invocation>): Scope {
  const at = `${body.kind}.${request.member}.outputs`;
  const { parameters = {}, artifacts = {}, exitCode } = request.outcome.outputs ?? {};
  const callee = calleeOf(body.bundle, body.entry, request.member, plain<Invocation>(member));
  const declared = exitCode === undefined || !callee.ok ? [] : callee.entry.template.outputs?.parameters;
  const empty = Object.fromEntries((declared ?? []).map(({ name }) => [name, '']));
  const values = Object.entries({ ...empty, ...parameters }).map(([name, text]): [string, ScopeValue] => [
    `${at}.parameters.${name}`,
    text,
  ]);
  const refs = Object.entries(artifacts).map(([name, ref]): [string, ArtifactRef] => [
    `${at}.artifacts.${name}`,
    ref,
  ]);
  return { values: new Map(values), artifacts: new Map(refs) };
}

type Arguments =
  | { readonly ok: true; readonly given: Draft<Given> }
  | { readonly ok: false; readonly error: string };

function isEmpty(given: Draft<Given>): boolean {
  return (given.parameters?.length ?? 0) === 0 && (given.artifacts?.length ?? 0) === 0;
}

/** resolveExitTmplArgument: nothing need resolve. */
function resolveArguments(body: Body, given: Draft<Given>, local: Scope): Arguments {
  const all = mergeScopes(body.globals, local);
  const done = expand<Given>(markAbsent(given, local), all, 'none');
  if (!done.ok) return { ok: false, error: done.error };
  const artifacts = resolveArtifacts(done.value, local, () => true);
  if (!artifacts.ok) return { ok: false, error: `unable to resolve references: ${artifacts.error}` };
  return {
    ok: true,
    given: { ...done.value, ...(done.value.artifacts && { artifacts: artifacts.artifacts }) },
  };
}

interface Due {
  readonly member: Draft<Invocation>;
  readonly hook: Draft<LifecycleHook>;
  readonly local: Scope;
}

function start(body: Body, request: HookRequest, { member, hook, local }: Due): Call | Done {
  const suffix = request.hook === 'exit' ? 'onExit' : `hooks.${request.hook}`;
  const node = `${request.node}.${suffix}`;
  const place = { node, name: node.slice(request.boundary.length).replace(/^(?:\[\d+\])?\./, '') };
  const callee = calleeOf(
    body.bundle,
    body.entry,
    `${request.member}.hooks.${request.hook}`,
    plain<LifecycleHook>(hook),
  );
  if (!callee.ok) return ended(body, place, 'Error', callee.error);
  const own = hook.arguments ?? {};
  const isExit = request.hook === 'exit';
  const given = isExit && isEmpty(own) ? runArguments(body.bundle, body.data) : own;
  const isResolved = !isEmpty(given) && (isExit || request.outcome.outputs !== undefined);
  const resolved: Arguments = isResolved
    ? resolveArguments(body, given, mergeScopes(local, ownScope(body, request, member)))
    : { ok: true, given };
  if (!resolved.ok) return unasked(body.data, request, resolved.error);
  const locals = localNames(body, callee.entry, place, scopeOf({ 'steps.name': '' }));
  const processed = processArgs(body.bundle, callee.entry.template, resolved.given, body.globals, locals);
  if (!processed.ok) return ended(body, place, 'Error', processed.error);
  return { kind: 'call', ...place, template: callee.entry.id, inputs: processed.inputs };
}

/** There is no node of it, so that the answer is about the member; the outcome tells whether it is of the exit handler. */
function unasked(data: ScopeData, request: HookRequest, message: string): Done {
  const done = ended({ data }, { node: request.node, name: request.member }, 'Error', message);
  if (request.hook !== 'exit') return done;
  return { ...done, outcome: { ...done.outcome, node: `${request.node}.onExit` } };
}

/**
 * Whether a hook runs now, and with what. An exit handler is for nodes that have ended; a named hook needs an
 * expression, which may hold while its node is still running.
 */
export function evaluateHook(bundle: Bundle, request: HookRequest): Call | NoHook | Done {
  const opened = openBody(bundle, request.template, request.boundary, request.scope);
  if (!opened.ok) return unasked(request.scope, request, opened.error);
  const { body } = opened;
  // The group of such a step is over at once (executeStepGroup).
  if (body.kind === 'steps' && hasErred(request.outcome)) return none;
  const found = findMember(body, request.member);
  if (found === undefined) return none;
  const text = entered<Invocation>(body, found.member);
  if (!text.ok) return unasked(body.data, request, text.error);
  const items = request.item === undefined ? new Map() : itemVariables(request.item);
  const looped = expand<Invocation>(text.value, { values: items, artifacts: new Map() }, 'none');
  if (!looped.ok) return none;
  const member = looped.value;
  const hook = hookOf(member, request.hook);
  if (hook === undefined) return none;
  const scope = localScope(body, found.sources);
  if (!scope.ok) return unasked(body.data, request, scope.error);
  const local = mergeScopes(scope.scope, scopeOf({ [statusName(body, request)]: request.outcome.phase }));
  const condition = isDue(request.hook, plain<LifecycleHook>(hook), mergeScopes(body.globals, local));
  if (!condition.ok) return unasked(body.data, request, condition.error);
  return condition.holds ? start(body, request, { member, hook, local }) : none;
}

function isDue(name: string, hook: LifecycleHook, all: Scope): Condition {
  if (hook.expression) return conditionHolds(hook.expression, all);
  if (name === 'exit') return { ok: true, holds: true };
  return { ok: false, error: `Expression required for hook ${name}` };
}

/**
 * Whether a named hook of the spec runs in a run of this status (executeWfLifeCycleHook). The exit hook's expression is
 * not looked at.
 */
export function workflowHookDue(bundle: Bundle, name: string, data: ScopeData, status: string): Condition {
  const hook = bundle.spec.hooks?.[name];
  if (hook === undefined) return { ok: true, holds: false };
  if (name === 'exit') return { ok: true, holds: true };
  return isDue(name, hook, globalScope(bundle, { ...data, exit: { status, failures: '', duration: '0' } }));
}

/** Whether a run whose entrypoint is over goes on for an exit handler, or a named hook that waited for its end. */
export function goesOnAtEnd(bundle: Bundle, data: ScopeData): boolean {
  const holds = (name: string, status: string) => {
    const due = workflowHookDue(bundle, name, data, status);
    return due.ok && due.holds;
  };
  const names = Object.keys(bundle.spec.hooks ?? {}).filter((name) => name !== 'exit');
  return bundle.onExit !== undefined || names.some((name) => holds(name, 'Error') && !holds(name, 'Running'));
}
