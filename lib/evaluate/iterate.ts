/**
 * A looped step or task, taken apart into its items: expandStep, expandTask and processItem of Argo's
 * controller.
 */
import { evaluateWhen } from '../expression/when/when.ts';
import { type Iteration, iterationsOf } from './loop.ts';
import type { NodeKind } from './node-scope.ts';
import type { Resolvable } from './resolve.ts';
import { mergeScopes, type Scope, withoutAbsent } from './scope.ts';
import { type Draft, expand, plain } from './text.ts';

export interface Iterated {
  readonly iteration: Iteration;
  readonly member: Draft<Resolvable>;
  readonly reach: Scope;
}

export type Expanded =
  | { readonly ok: true; readonly iterations: readonly Iterated[] }
  | { readonly ok: false; readonly error: string };

/**
 * `when` is false whatever the item: a list that cannot be read is forgiven, and so is what the body lacks.
 */
function isRuledOut(member: Draft<Resolvable>): boolean {
  const verdict = evaluateWhen(member.when === undefined ? '' : plain<string>(member.when));
  return verdict.ok && !verdict.value;
}

/**
 * In a DAG the list itself is part of the text that must resolve with each item; steps take it out before
 * (`workflow/controller/dag.go` expandTask marshals the task first).
 */
function loopText(member: Draft<Resolvable>, kind: NodeKind): Draft<Resolvable> {
  if (kind === 'tasks') return member;
  const { withItems: _items, withParam: _param, withSequence: _sequence, ...rest } = member;
  return rest;
}

/** `all`: globals and local names. Every tag of the body must resolve. */
export function expandMember(member: Draft<Resolvable>, kind: NodeKind, all: Scope): Expanded {
  const isOut = isRuledOut(member);
  const items = iterationsOf(plain<Resolvable>(member));
  if (!items.ok) return isOut ? { ok: true, iterations: [] } : items;
  const text = loopText(member, kind);
  const base = isOut ? withoutAbsent(all) : all;
  const iterations: Iterated[] = [];
  for (const iteration of items.iterations) {
    const reach = mergeScopes(base, { values: iteration.variables, artifacts: new Map() });
    const body = expand<Resolvable>(text, reach, isOut ? 'none' : 'all');
    if (!body.ok) return { ok: false, error: body.error };
    const { withItems: _items, withParam: _param, withSequence: _sequence, ...rest } = body.value;
    // Only the plain name of a template is not replaced by the item.
    const draft = { ...rest, ...(member.template !== undefined && { template: member.template }) };
    iterations.push({ iteration, member: draft, reach });
  }
  return { ok: true, iterations };
}
