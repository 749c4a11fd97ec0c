/** Lowers one call of a template; afterwards a variable holds its outcome. */
import { templateType } from '../../argo/template.ts';
import type { BundleTemplate } from '../../evaluate/bundle.ts';
import type { Inputs } from '../../protocol/outcome.ts';
import { type Attempt, type Body, ENTERED, type Lowering, RUN } from './body.ts';
import { capturesOf } from './captures.ts';
import { lowerChild } from './child.ts';
import { lowerDag } from './dag.ts';
import { lowerLeaf } from './leaf.ts';
import { lowerLocked } from './lock.ts';
import { lowerMemoized } from './memoize.ts';
import type { Path } from './names.ts';
import type { Step } from './plan.ts';
import { lowerRetry } from './retry.ts';
import { lowerSteps } from './steps.ts';
import { lowerSuspend } from './suspend.ts';
import { expression, isExpressionValue, member, optional, textOf, type Value } from './value.ts';

/** A call: which template, as which node, with which inputs, and the variable that gets the outcome. */
export interface CallSite {
  readonly lowering: Lowering;
  readonly path: Path;
  /** Template id; absent when only known at run time, then `call` yields the evaluated Call. */
  readonly template: string | undefined;
  /** Expression of the evaluated Call (node, inputs, template), where there is one. */
  readonly call?: Value;
  readonly node: Value;
  readonly inputs: Value;
  /** What `inputs` can be, where that is known: one for each item of a literal list. */
  readonly possibleInputs?: readonly Inputs[];
  /** The handler that evaluated the call has made ready what cannot be run without a stage. */
  readonly isOrdered?: boolean;
  readonly globals: readonly Value[];
  readonly exit?: Value;
  readonly depth: Value;
  readonly capture: Value;
  readonly outcome: string;
  readonly attempt?: Attempt;
  /** When the node began to wait, where it waits for a lock first. */
  readonly startedAt?: Value;
  /** The step or task that calls. */
  readonly member?: string;
}

/** One more level of Argo's nesting. */
export function deeper(depth: Value): Value {
  return typeof depth === 'number' ? depth + 1 : expression(`${textOf(depth)} + 1`);
}

export function templateOf(site: CallSite): BundleTemplate | undefined {
  return site.template === undefined ? undefined : site.lowering.bundle.templates[site.template];
}

export function lowerCall(site: CallSite): readonly Step[] {
  const template = templateOf(site);
  if (template === undefined || site.lowering.isOutlined(template.id)) return lowerChild(site);
  return lowerTemplate(site, template);
}

/** The call with everything that Argo puts round a template: lock outside, then memo, then retries, then the body. */
export function lowerTemplate(site: CallSite, template: BundleTemplate): readonly Step[] {
  const withRetry = (inner: CallSite): readonly Step[] =>
    template.template.retryStrategy
      ? lowerRetry(inner, template, (attempt) => lowerOnce(attempt, template))
      : lowerOnce(inner, template);
  const withMemo = (inner: CallSite): readonly Step[] =>
    template.template.memoize ? lowerMemoized(inner, template, withRetry) : withRetry(inner);
  return template.template.synchronization ? lowerLocked(site, template, withMemo) : withMemo(site);
}

/** One run of a template, without what surrounds it. */
function lowerOnce(site: CallSite, template: BundleTemplate): readonly Step[] {
  const type = templateType(template.template);
  if (type === 'steps') return lowerSteps(bodyOf(site, template), site.outcome);
  if (type === 'dag') return lowerDag(bodyOf(site, template), site.outcome);
  if (type === 'suspend') return lowerSuspend(site, template);
  return lowerLeaf(site, template);
}

export function bodyOf(site: CallSite, template: BundleTemplate): Body {
  return {
    lowering: site.lowering,
    path: site.path,
    template,
    node: site.node,
    inputs: site.inputs,
    globals: site.globals,
    depth: deeper(site.depth),
    captures: capturesOf(template.template),
    ...(site.exit === undefined ? {} : { exit: site.exit }),
    ...(site.attempt === undefined ? {} : { attempt: site.attempt }),
    outer: outerOf(site, template),
  };
}

/** What a handler must know to read a field of a node's template: its lock's name, the key of its memo. */
export function nodeRequest(site: CallSite, template: BundleTemplate): { readonly [key: string]: Value } {
  return {
    machine: site.lowering.bundle.id,
    template: template.id,
    node: site.node,
    inputs: site.inputs,
    run: RUN,
    globals: site.lowering.hasGlobals ? [...site.globals] : [],
    now: ENTERED,
  };
}

/** An inline template is text of its caller, so it reads what its call brings along. */
export function outerOf(site: CallSite, template: BundleTemplate): Value {
  if (template.name !== '' || site.call === undefined) return null;
  if (isExpressionValue(site.call)) return optional(member(site.call, 'outer'));
  return (site.call as Readonly<Record<string, Value>>)['outer'] ?? null;
}

/** The body's own start, as a fact in the history: nothing else says that a steps or dag node exists. */
export function startOf(body: Body): { readonly [key: string]: Value | undefined } {
  return {
    kind: 'call',
    node: body.node,
    template: body.template.id,
    inputs: body.inputs,
    startedAt: ENTERED,
    retries: body.attempt?.retries,
  };
}
