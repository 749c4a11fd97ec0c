/**
 * Replaces what a step or task reads of earlier ones: resolveReferences and resolveDependencyReferences of
 * Argo.
 */
import type { Artifact } from '../argo/artifact.ts';
import type { Invocation } from '../argo/invocation.ts';
import { evaluateWhen } from '../expression/when/when.ts';
import type { Given } from './arguments.ts';
import { resolveArtifact } from './artifact-reference.ts';
import { isLooped } from './loop.ts';
import type { NodeKind } from './node-scope.ts';
import type { Scope } from './scope.ts';
import { type Draft, expand, plain, soleTag } from './text.ts';

/** A step or task whose absent arguments are marked. */
export interface Resolvable extends Invocation {
  readonly arguments?: Given;
}

export type Resolution =
  | { readonly ok: true; readonly member: Draft<Resolvable> }
  | { readonly ok: false; readonly error: string; readonly missing: boolean };

export interface Reach {
  readonly kind: NodeKind;
  /** Globals and local names together: what tags see. */
  readonly all: Scope;
  /** Local names alone: what references of artifacts see. */
  readonly local: Scope;
}

/** Arguments that are nothing but a reference to an absent optional (markAbsentOptionalArgs). */
export function markAbsent(given: Draft<Given>, local: Scope): Draft<Given> {
  const absent = (given.parameters ?? []).filter(({ value }) => {
    const tag = value === undefined ? undefined : soleTag(value);
    return tag !== undefined && local.values.get(tag) === null;
  });
  if (absent.length === 0) return given;
  const names = new Set(absent.map(({ name }) => name));
  return {
    ...given,
    parameters: (given.parameters ?? []).map((parameter) => {
      if (!names.has(parameter.name)) return parameter;
      const { value: _value, ...rest } = parameter;
      return rest;
    }),
    absent: [...names],
  };
}

type Artifacts =
  | { readonly ok: true; readonly artifacts: readonly Draft<Artifact>[] }
  | { readonly ok: false; readonly error: string };

/** References of artifacts to artifacts. An optional one that is not there is left out. */
export function resolveArtifacts(
  given: Draft<Given>,
  local: Scope,
  isLenient: (error: string) => boolean,
): Artifacts {
  const artifacts: Draft<Artifact>[] = [];
  for (const draft of given.artifacts ?? []) {
    const artifact = plain<Artifact>(draft);
    if (!artifact.from && !artifact.fromExpression) {
      artifacts.push(draft);
      continue;
    }
    const resolved = resolveArtifact(artifact, local);
    if (resolved.ok) artifacts.push({ ...resolved.artifact, name: draft.name } as Draft<Artifact>);
    else if (!(artifact.optional === true && isLenient(resolved.error))) return resolved;
  }
  return { ok: true, artifacts };
}

type Judged =
  | 'go-on'
  | { readonly skipped: Draft<string> }
  | { readonly error: string; readonly missing: boolean };

/** `when` comes first: what a member that will not run refers to need not be there. */
function judgeWhen(member: Draft<Resolvable>, reach: Reach): Judged {
  if (member.when === undefined || plain<string>(member.when) === '') return 'go-on';
  const when = expand<string>(member.when, reach.all, 'references');
  if (!when.ok) return when;
  const verdict = evaluateWhen(plain<string>(when.value));
  // A loop's `when` may still wait for its item.
  if (!verdict.ok)
    return isLooped(plain<Resolvable>(member)) ? 'go-on' : { error: verdict.error, missing: false };
  return verdict.value ? 'go-on' : { skipped: when.value };
}

export function resolveMember(member: Draft<Resolvable>, reach: Reach): Resolution {
  const judged = judgeWhen(member, reach);
  if (judged !== 'go-on') {
    if ('skipped' in judged) return { ok: true, member: { ...member, when: judged.skipped } };
    return { ok: false, ...judged };
  }
  const { hooks, ...rest } = member;
  const marked: Draft<Resolvable> = {
    ...rest,
    ...(rest.arguments && { arguments: markAbsent(rest.arguments, reach.local) }),
  };
  const done = expand<Resolvable>(marked, reach.all, 'references');
  if (!done.ok) return done;
  const given = done.value.arguments ?? {};
  const isLenient = (error: string) => reach.kind === 'steps' || error.includes('Unable to resolve');
  const artifacts = resolveArtifacts(given, reach.local, isLenient);
  if (!artifacts.ok) {
    const prefix = reach.kind === 'steps' ? 'unable to resolve references: ' : '';
    return { ok: false, error: prefix + artifacts.error, missing: false };
  }
  const resolved = { ...given, ...(given.artifacts && { artifacts: artifacts.artifacts }) };
  return { ok: true, member: { ...done.value, arguments: resolved, ...(hooks && { hooks }) } };
}
