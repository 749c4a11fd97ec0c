/**
 * Begins a group of steps: executeStepGroup in `workflow/controller/steps.go`, up to the start of its
 * members.
 */
import type { Step } from '../argo/invocation.ts';
import { type Body, entered, openBody } from './body.ts';
import { localScope, stepSources } from './body-scope.ts';
import type { Bundle } from './bundle.ts';
import { expandMember } from './iterate.ts';
import { isLooped } from './loop.ts';
import { ended, judgeMember } from './member.ts';
import type { Call, Done, GroupAnswer, GroupRequest, Member } from './requests.ts';
import { type Reach, type Resolvable, resolveMember } from './resolve.ts';
import { mergeScopes, type Scope } from './scope.ts';
import { type Draft, plain } from './text.ts';
import { waitingMessage } from './waiting.ts';

interface Wanted {
  readonly step: Step;
  /** Its name as it is written, by which the template knows it. */
  readonly key: string;
  readonly name: string;
  readonly isLoop: boolean;
  /** One for a plain step, one an item for a loop. */
  readonly parts: readonly Part[];
}

interface Part {
  readonly draft: Draft<Resolvable>;
  readonly name: string;
  readonly reach: Scope;
  readonly item?: string;
}

type Planned =
  | { readonly ok: true; readonly wanted: readonly Wanted[] }
  | { readonly ok: false; readonly error: string; readonly wanted: readonly Wanted[] };

/** All references of the group are resolved before any of its lists is expanded. */
function resolveGroup(
  body: Body,
  drafts: readonly Draft<Step>[],
  reach: Reach,
): Planned | readonly Draft<Resolvable>[] {
  const resolved: Draft<Resolvable>[] = [];
  for (const draft of drafts) {
    const one = resolveMember(draft, reach);
    if (!one.ok) {
      const error = one.missing
        ? waitingMessage(body, one.error)
        : `failed to resolve references: ${one.error}`;
      return { ok: false, error, wanted: [] };
    }
    resolved.push(one.member);
  }
  return resolved;
}

function plan(
  body: Body,
  drafts: readonly Draft<Step>[],
  keys: readonly (string | undefined)[],
  reach: Reach,
): Planned {
  const resolved = resolveGroup(body, drafts, reach);
  if ('ok' in resolved) return resolved;
  const wanted: Wanted[] = [];
  for (const [index, draft] of resolved.entries()) {
    const step = plain<Step>(draft);
    const name = step.name ?? '';
    const key = keys[index] ?? name;
    if (!isLooped(step)) {
      wanted.push({ step, key, name, isLoop: false, parts: [{ draft, name, reach: reach.all }] });
      continue;
    }
    const expanded = expandMember(draft, 'steps', reach.all);
    if (!expanded.ok) return { ok: false, error: expanded.error, wanted };
    const parts = expanded.iterations.map(({ iteration, member, reach: all }) => ({
      draft: member,
      name: iteration.name,
      reach: all,
      item: iteration.json,
    }));
    wanted.push({ step, key, name, isLoop: true, parts });
  }
  return { ok: true, wanted };
}

/** Why a member that is done stops its whole group; undefined when it does not. */
function groupFault(done: Done, isJudged: boolean): string | undefined {
  if (done.outcome.notStarted !== true) return undefined;
  const message = done.outcome.message ?? '';
  return isJudged ? message : `step group deemed errored due to child ${done.node} error: ${message}`;
}

interface Answered {
  readonly members: Record<string, Member>;
  error?: string;
}

function answerOne(body: Body, groupNode: string, wanted: Wanted, answered: Answered): void {
  const place = { node: `${groupNode}.${wanted.name}`, name: wanted.name };
  if (wanted.isLoop && wanted.parts.length === 0) {
    answered.members[wanted.key] = ended(body, place, 'Skipped', 'Skipped, empty params');
    return;
  }
  const items: (Call | Done)[] = [];
  for (const part of wanted.parts) {
    const at = { node: `${groupNode}.${part.name}`, name: part.name };
    const member = judgeMember(body, part.draft, {
      place: at,
      key: wanted.key,
      reach: part.reach,
      ...(part.item !== undefined && { item: part.item }),
    });
    items.push(member.answer);
    const fault = member.answer.kind === 'done' ? groupFault(member.answer, member.isWhen) : undefined;
    if (fault !== undefined) {
      answered.error = fault;
      break;
    }
  }
  const [only] = items;
  if (wanted.isLoop) answered.members[wanted.key] = { kind: 'loop', ...place, items };
  else if (only !== undefined) answered.members[wanted.key] = only;
}

/** Nothing of a faulty group starts: what had been judged before the fault stays. */
function onlyDone(members: Readonly<Record<string, Member>>): Record<string, Member> {
  const kept = Object.entries(members).flatMap(([name, member]): [string, Member][] => {
    if (member.kind === 'call') return [];
    if (member.kind === 'done') return [[name, member]];
    const items = member.items.filter((item) => item.kind === 'done');
    return items.length === 0 ? [] : [[name, { ...member, items }]];
  });
  return Object.fromEntries(kept);
}

export function evaluateGroup(bundle: Bundle, request: GroupRequest): GroupAnswer {
  const node = `${request.node}[${request.group}]`;
  const keys = (bundle.templates[request.template]?.template.steps?.[request.group] ?? []).map(
    ({ name }) => name,
  );
  const [first] = keys;
  const opened = openBody(bundle, request.template, request.node, request.scope, first && `${node}.${first}`);
  if (!opened.ok) return { node, templateError: opened.error, members: {} };
  const { body } = opened;
  const steps = entered<readonly Step[]>(body, body.entry.template.steps?.[request.group] ?? []);
  if (!steps.ok) return { node, templateError: steps.error, members: {} };
  const local = localScope(body, stepSources(body, request.group));
  if (!local.ok) return { node, templateError: local.error, members: {} };
  const reach: Reach = { kind: 'steps', all: mergeScopes(body.globals, local.scope), local: local.scope };
  const planned = plan(body, steps.value, keys, reach);
  const answered: Answered = { members: {} };
  for (const wanted of planned.wanted) {
    if (answered.error !== undefined) break;
    // When the group cannot be expanded, only the empty loops before the fault have got their nodes.
    if (planned.ok || (wanted.isLoop && wanted.parts.length === 0)) answerOne(body, node, wanted, answered);
  }
  const error = planned.ok ? answered.error : planned.error;
  if (error === undefined) return { node, members: answered.members };
  return { node, error, members: onlyDone(answered.members) };
}
