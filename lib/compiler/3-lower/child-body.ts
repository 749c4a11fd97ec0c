/** A body some of whose members run in an execution of their own: what that is told, and the body as it sees it. */
import type { BundleTemplate } from '../../evaluate/bundle.ts';
import type { Body, Lowering } from './body.ts';
import { capturesOf } from './captures.ts';
import type { TaskStep } from './plan.ts';
import { startsExecution } from './start-execution.ts';
import { expression, member, optional, type Value } from './value.ts';

/** Starts it; `more` is what its target needs besides, `whose` what tells it apart from others of the same moment. */
export function startsChildOf(
  body: Body,
  target: string,
  more: { readonly node: Value; readonly globals: readonly Value[]; readonly [key: string]: Value },
  whose: Value,
): Pick<TaskStep, 'resource' | 'arguments' | 'retry'> {
  const input = {
    ...more,
    body: body.node,
    inputs: body.inputs,
    exit: body.exit ?? null,
    retries: body.attempt?.retries ?? null,
    lastRetry: body.attempt?.lastRetry ?? null,
    outer: body.outer ?? null,
    depth: body.depth,
  };
  return startsExecution(body.lowering, target, input, target, whose);
}

export const INPUT = expression('$states.context.Execution.Input');

export function childBody(lowering: Lowering, template: BundleTemplate, target: string): Body {
  const retried = template.template.retryStrategy !== undefined;
  return {
    lowering,
    path: [target],
    template,
    node: member(INPUT, 'body'),
    inputs: member(INPUT, 'inputs'),
    globals: lowering.hasGlobals ? [member(INPUT, 'globals')] : [],
    depth: member(INPUT, 'depth'),
    captures: capturesOf(template.template),
    ...(lowering.bundle.onExit === undefined ? {} : { exit: member(INPUT, 'exit') }),
    ...(retried
      ? { attempt: { retries: member(INPUT, 'retries'), lastRetry: member(INPUT, 'lastRetry') } }
      : {}),
    outer: optional(member(INPUT, 'outer')),
  };
}
