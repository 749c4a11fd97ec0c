/**
 * A step or task that is about to start: the call with its inputs, or the node that says why there is none.
 */
import type { Invocation } from '../argo/invocation.ts';
import { podName } from '../argo/node-id.ts';
import { type Template, templateType } from '../argo/template.ts';
import { evaluateWhen } from '../expression/when/when.ts';
import type { NodePhase, Outcome } from '../protocol/outcome.ts';
import { processArgs } from './arguments.ts';
import { type Body, outerNames } from './body.ts';
import type { BundleTemplate } from './bundle.ts';
import { calleeOf } from './callee.ts';
import { MAX_DEPTH, nodeDepth } from './node-depth.ts';
import type { Call, Done, OuterValues } from './requests.ts';
import type { Resolvable } from './resolve.ts';
import { mergeScopes, type Scope, scopeOf } from './scope.ts';
import { type Draft, plain } from './text.ts';

const podTypes: ReadonlySet<string | undefined> = new Set([
  'container',
  'containerSet',
  'script',
  'resource',
  'data',
]);

export interface Place {
  readonly node: string;
  /** Name of the step or task, with the item's suffix. */
  readonly name: string;
}

/** An outcome without a run. */
export function ended(body: Pick<Body, 'data'>, place: Place, phase: NodePhase, message: string): Done {
  const { now } = body.data;
  const outcome: Outcome = {
    node: place.node,
    phase,
    message,
    ...(now !== undefined && { startedAt: now, finishedAt: now }),
    ...(phase === 'Error' && { notStarted: true }),
  };
  return { kind: 'done', node: place.node, name: place.name, outcome };
}

/**
 * What is there for the called template beside its inputs. A retried pod gets its name later, attempt by
 * attempt.
 */
export function localNames(body: Body, entry: BundleTemplate, place: Place, names: Scope): Scope {
  const { template } = entry;
  const hasPod = podTypes.has(templateType(template)) && template.retryStrategy === undefined;
  return mergeScopes(
    names,
    scopeOf({
      'node.name': place.node,
      ...(hasPod && { 'pod.name': podName(body.data.run.name, place.node, entry.name) }),
    }),
  );
}

/** The values of the caller that the text of an inline template mentions, by any spelling. */
function outerValues(inline: Template, body: Body, reach: Scope): OuterValues {
  const text = JSON.stringify(inline);
  const all = mergeScopes(reach, outerNames(body));
  const isMentioned = (name: string) =>
    !name.startsWith('workflow.') && name.split('.').every((part) => text.includes(part));
  const entries = [...all.values].filter(([name]) => isMentioned(name));
  return Object.fromEntries(entries);
}

export interface Start {
  readonly place: Place;
  /** Name of the step or task without suffix. */
  readonly key: string;
  /** All that its text could read: globals, local names, item. */
  readonly reach: Scope;
  readonly item?: string;
}

/**
 * Argo's only Error of a start that does not stop the group: the node is there, and is judged like any other.
 */
function tooDeep(body: Body, place: Place): Done {
  const where = 'https://argo-workflows.readthedocs.io/en/latest/scaling/#maximum-recursion-depth';
  const done = ended(body, place, 'Error', `Maximum recursion depth exceeded. See ${where}`);
  const { notStarted: _notStarted, ...outcome } = done.outcome;
  return { ...done, outcome };
}

/** executeTemplate up to the inputs of the called template. */
export function startMember(body: Body, member: Draft<Resolvable>, start: Start): Call | Done {
  const { place, key } = start;
  if (nodeDepth(body.data.run.name, place.node) >= MAX_DEPTH) return tooDeep(body, place);
  const written = plain<Invocation>(member);
  const callee = calleeOf(body.bundle, body.entry, key, written);
  if (!callee.ok) return ended(body, place, 'Error', callee.error);
  const { entry } = callee;
  const locals = localNames(body, entry, place, scopeOf({ [`${body.kind}.name`]: place.name }));
  const processed = processArgs(body.bundle, entry.template, member.arguments ?? {}, body.globals, locals);
  if (!processed.ok) return ended(body, place, 'Error', processed.error);
  return {
    kind: 'call',
    ...place,
    template: entry.id,
    inputs: processed.inputs,
    ...(written.inline && { outer: outerValues(entry.template, body, start.reach) }),
    ...(start.item !== undefined && { item: start.item }),
  };
}

export interface Judged {
  readonly answer: Call | Done;
  /** Its `when` could not be judged, rather than its template be called. */
  readonly isWhen: boolean;
}

/** shouldExecute, then startMember. */
export function judgeMember(body: Body, member: Draft<Resolvable>, start: Start): Judged {
  const when = member.when === undefined ? '' : plain<string>(member.when);
  const verdict = evaluateWhen(when);
  if (!verdict.ok) return { answer: ended(body, start.place, 'Error', verdict.error), isWhen: true };
  if (verdict.value) return { answer: startMember(body, member, start), isWhen: false };
  return { answer: ended(body, start.place, 'Skipped', `when '${when}' evaluated false`), isWhen: true };
}
