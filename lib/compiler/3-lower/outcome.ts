/** JSONata for outcomes: what a caught error becomes, and questions about phases. */

import { type Body, ENTERED } from './body.ts';
import { variableName } from './names.ts';
import type { CatchClause } from './plan.ts';
import { type Expression, expression, member, textOf, type Value, variable } from './value.ts';

/**
 * The outcome that a caught error stands for. Argo.Failed and Argo.Error carry it as their cause; a timeout is
 * Failed; whatever else went wrong outside the user's program is Error. The node's own name wins, since the cause
 * may come from an attempt below it.
 */
export function caughtOutcome(node: Value): Expression {
  const error = '$states.errorOutput';
  const cause = `(${error}.Cause ? ${error}.Cause : ${error}.Error)`;
  const own = `$contains(${error}.Error, "Argo.") and $substring(${cause}, 0, 1) = "{"`;
  const phase = `${error}.Error = "States.Timeout" ? "Failed" : "Error"`;
  const made = `{"node": ${textOf(node)}, "phase": ${phase}, "message": ${cause}}`;
  // Lambda wraps what a function throws: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
  const told = `($told := $parse(${cause}); $exists($told.errorMessage) ? $parse($told.errorMessage) : $told)`;
  return expression(`${own} ? $merge([${told}, {"node": ${textOf(node)}}]) : ${made}`);
}

/** Catches everything into a variable; States.ALL does not cover States.DataLimitExceeded. */
export function catchInto(outcome: string, node: Value, goto?: string): readonly CatchClause[] {
  const assign = { [outcome]: caughtOutcome(node) };
  const target = goto === undefined ? {} : { goto };
  return [
    { errors: ['States.DataLimitExceeded'], assign, ...target },
    { errors: ['States.ALL'], assign, ...target },
  ];
}

/** Whether a member failed in a way that its `continueOn` does not forgive; for loops, whether any item did. */
export function failedExpression(
  outcome: string,
  forgives: { readonly failed: boolean; readonly error: boolean },
): string | undefined {
  const bad = [...(forgives.failed ? [] : ['Failed']), ...(forgives.error ? [] : ['Error'])];
  if (bad.length === 0) return undefined;
  const list = textOf(bad);
  return `($${outcome}.phase in ${list} or $count($${outcome}.items[phase in ${list}]) > 0)`;
}

/** Whether a template's end needs nothing but the phases of what it ran: no outputs, nothing exported. */
export function endsPlainly(body: Body): boolean {
  const { outputs } = body.template.template;
  const count = (outputs?.parameters?.length ?? 0) + (outputs?.artifacts?.length ?? 0);
  return count === 0 && !body.lowering.hasGlobals;
}

/** Every outcome, and every item of a loop, is Succeeded, and no task is missing. */
export function allSucceeded(outcomes: readonly string[]): Expression {
  const list = outcomes.map((name) => `$${name}`).join(', ');
  return expression(
    `$count([${list}][phase != "Succeeded"]) = 0 and $count([${list}].items[phase != "Succeeded"]) = 0`,
  );
}

export function succeeded(body: Body): Value {
  return {
    node: body.node,
    phase: 'Succeeded',
    startedAt: member(variable(variableName('start', body.path)), 'startedAt'),
    finishedAt: ENTERED,
  };
}
