/** A body some of whose members run in an execution of their own: what that is told, and the body as it sees it. */
import type { BundleTemplate } from '../../evaluate/bundle.ts';
import { type Body, type Lowering, RUN } from './body.ts';
import { capturesOf } from './captures.ts';
import { machineArn } from './machines.ts';
import { expression, member, optional, type Value } from './value.ts';

/** The arguments that start it; `more` is what its target needs besides. */
export function childArguments(
  body: Body,
  target: string,
  more: { readonly node: Value; readonly globals: readonly Value[]; readonly [key: string]: Value },
): Value {
  return {
    StateMachineArn: machineArn(body.lowering, target),
    Input: {
      AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: expression('$states.context.Execution.Id'),
      workflow: RUN,
      target,
      ...more,
      body: body.node,
      inputs: body.inputs,
      exit: body.exit ?? null,
      retries: body.attempt?.retries ?? null,
      lastRetry: body.attempt?.lastRetry ?? null,
      outer: body.outer ?? null,
      depth: body.depth,
    },
  };
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
