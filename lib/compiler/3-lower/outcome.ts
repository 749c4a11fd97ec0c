/** Values and conditions about outcomes: what a caught error becomes, and when a template has ended well. */
import type { Invocation } from '../../argo/invocation.ts';
import { ARGO_NOT_STARTED, type NodePhase } from '../../protocol/outcome.ts';
import { type Body, ENTERED } from './body.ts';
import { hasHooks } from './bundle.ts';
import { all, among, any, condition, not, phaseIn } from './condition.ts';
import { variableName } from './names.ts';
import type { CatchClause } from './plan.ts';
import { concat, type Expression, expression, member, type Test, type Value, variable } from './value.ts';

/** Whether the error that was caught means Failed. */
export const FAILED_ERRORS = '$states.errorOutput.Error in ["Argo.Failed", "States.Timeout"]';

const FAILURES: readonly NodePhase[] = ['Failed', 'Error'];

export const NOT_SUCCEEDED: readonly NodePhase[] = [
  'Failed',
  'Error',
  'Skipped',
  'Omitted',
  'Running',
  'Pending',
];

/**
 * The outcome that a caught error stands for, as a CaughtOutcome (lib/protocol/outcome.ts): only its phase is worked out
 * in the machine. A timeout is Failed; whatever else went wrong outside the user's program is Error.
 */
export function caughtOutcome(node: Value): {
  readonly node: Value;
  readonly phase: Value;
  readonly caught: Value;
} {
  return {
    node,
    phase: expression(`${FAILED_ERRORS} ? "Failed" : "Error"`, { phases: FAILURES }),
    caught: expression('$states.errorOutput'),
  };
}

/** Catches everything into a variable; States.ALL does not cover States.DataLimitExceeded. */
export function catchInto(outcome: string, node: Value, goto?: string): readonly CatchClause[] {
  return catchAll({ [outcome]: caughtOutcome(node) }, goto);
}

export function catchAll(assign: { readonly [key: string]: Value }, goto?: string): readonly CatchClause[] {
  const target = goto === undefined ? {} : { goto };
  return [
    { errors: ['States.DataLimitExceeded'], assign, ...target },
    { errors: ['States.ALL'], assign, ...target },
  ];
}

/** The cause with which an outcome is thrown: what was caught goes on as it came. */
export function causeOf(outcome: string): Expression {
  const caught = `$exists($${outcome}.caught.Cause) and $not($exists($${outcome}.message))`;
  return expression(`$substring($string(${caught} ? $${outcome}.caught.Cause : $${outcome}), 0, 32768)`);
}

export function failed(outcome: string): Test {
  return phaseIn(outcome, FAILURES);
}

/** A member: the variable that holds its outcome, and whether that is of a loop. */
export interface Held {
  readonly outcome: string;
  readonly isLoop: boolean;
  /** It may have Succeeded, and yet hand on other phases to what is omitted after it. */
  readonly handsOn: boolean;
}

/** Whether a member failed in a way that its `continueOn` does not forgive; for loops, whether any item did. */
export function failedUnforgiven(
  { outcome, isLoop }: Held,
  forgives: { readonly failed: boolean; readonly error: boolean },
): Test | undefined {
  const bad = FAILURES.filter((phase) => !(phase === 'Failed' ? forgives.failed : forgives.error));
  if (bad.length === 0) return undefined;
  const own = phaseIn(outcome, bad);
  return isLoop ? any([own, itemsIn(outcome, bad)]) : own;
}

/**
 * Whether the member, or an item of the loop, could not be started, or a template that it ran could not be ended
 * (executeTemplate answers with an error): no `continueOn` forgives that (executeStepGroup in `steps.go`).
 */
export function erred(member: Ended): Test {
  return anyNotStarted(member, '');
}

/** Whether a hook of the member, or of an item of the loop, could not be started. */
export function spoiltByHook(member: Ended): Test {
  return anyNotStarted(member, '.hooks');
}

type Ended = Pick<Held, 'outcome' | 'isLoop'>;

function anyNotStarted({ outcome, isLoop }: Ended, below: string): Test {
  return { kind: 'text', text: `$count($${outcome}${isLoop ? '.items' : ''}${below}[${NOT_STARTED}]) > 0` };
}

/** Of an outcome, or of one that was caught: it could not be started. */
export const NOT_STARTED = `notStarted or caught.Error = "${ARGO_NOT_STARTED}"`;

/** Whether any item of a loop has one of the phases. */
function itemsIn(outcome: string, phases: readonly NodePhase[]): Test {
  return { kind: 'text', text: `$count(${among(`$${outcome}.phases`, phases)}) > 0` };
}

/** Whether a template's end needs nothing but the phases of what it ran: no outputs, nothing exported. */
export function endsPlainly(body: Body): boolean {
  const { outputs } = body.template.template;
  const count = (outputs?.parameters?.length ?? 0) + (outputs?.artifacts?.length ?? 0);
  return count === 0 && !body.lowering.hasGlobals;
}

/** What is called may hand on other phases, or the member has hooks, on which what follows may hang. */
export function mayHandOn(body: Body, invocation: Invocation): boolean {
  const called = body.template.calls[invocation.name ?? ''];
  return hasHooks(invocation) || (called !== undefined && body.lowering.handsOn(called));
}

/** Every outcome, and every item of a loop, is Succeeded, and no task is missing or hands on something else. */
export function allSucceeded(members: readonly Held[]): Expression {
  const ends = members.flatMap(({ outcome, isLoop, handsOn }): Test[] => {
    const places = isLoop ? [outcome, `${outcome}.items`] : [outcome];
    const text = places.map((at) => `$count([$${at}.ends, $${at}.hooks]) > 0`).join(' or ');
    return handsOn ? [not({ kind: 'text', text })] : [];
  });
  const items = members.flatMap(({ outcome, isLoop }): Test[] =>
    isLoop ? [not(itemsIn(outcome, NOT_SUCCEEDED))] : [],
  );
  return condition(
    all([...members.map(({ outcome }) => phaseIn(outcome, ['Succeeded'])), ...items, ...ends]),
  );
}

/** `last`: the only member that can have ended last; its time is the template's. */
export function succeeded(body: Body, last?: string): Value {
  return {
    node: body.node,
    phase: 'Succeeded',
    startedAt: member(variable(variableName('start', body.path)), 'startedAt'),
    // `& ""`: what is missing must not fail the state.
    finishedAt: last === undefined ? ENTERED : concat(member(variable(last), 'finishedAt'), ''),
  };
}
