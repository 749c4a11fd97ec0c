/** The states that neither call nor hold anything: Pass, Succeed, Choice, Wait, Fail. */

import type { ExpressionScope } from '../asl/jsonata.ts';
import { cancellableSleep } from './cancellable-sleep.ts';
import type { PreparedState } from './prepared.ts';
import { ERRORS, StateFailure } from './state-failure.ts';
import { evaluateTyped, type Template, whenReady, wrongType } from './template.ts';
import { type Leaving, leaveState, prepareLeaving, scopeOf, type Visit } from './visit.ts';

type Typed<T extends PreparedState['type']> = Visit<Extract<PreparedState, { readonly type: T }>>;

export function passOn(visit: Visit): Leaving | Promise<Leaving> {
  return leaveBy(visit, visit.state);
}

function leaveBy(
  visit: Visit,
  way: Pick<PreparedState, 'output' | 'assign' | 'next'>,
): Leaving | Promise<Leaving> {
  return whenReady(prepareLeaving(visit, way, visit.input, way.next), (leaving) =>
    leaveState(visit, leaving),
  );
}

export function choose(visit: Typed<'Choice'>): Leaving | Promise<Leaving> {
  return chooseFrom(visit, scopeOf(visit), 0);
}

function chooseFrom(
  visit: Typed<'Choice'>,
  scope: ExpressionScope,
  first: number,
): Leaving | Promise<Leaving> {
  const { state } = visit;
  for (let at = first; at < state.rules.length; at += 1) {
    const rule = state.rules[at]!;
    const holds = evaluateTyped('boolean', rule.condition, scope, visit);
    if (holds instanceof Promise)
      return holds.then((does) => (does ? leaveBy(visit, rule) : chooseFrom(visit, scope, at + 1)));
    if (holds) return leaveBy(visit, rule);
  }
  if (state.next === undefined) {
    const text = `Failed to transition out of the state '${state.name}'.`;
    throw new StateFailure(ERRORS.noChoice, `${text} The state does not point to a next state.`);
  }
  return passOn(visit);
}

/** Longest wait that AWS accepts, about three years. */
const LONGEST_WAIT_SECONDS = 99_999_999;

export async function waitOut(visit: Typed<'Wait'>): Promise<Leaving> {
  const { state, frame } = visit;
  const delay = await delayOf(visit);
  if (delay > 0) {
    try {
      await cancellableSleep(frame.run.clock, delay, frame.cancel);
    } catch (thrown) {
      frame.run.history.follow(frame.trail, 'WaitStateAborted');
      throw thrown;
    }
  }
  return leaveBy(visit, state);
}

async function delayOf(visit: Typed<'Wait'>): Promise<number> {
  const { state, frame } = visit;
  if (state.seconds !== undefined) {
    const seconds = await evaluateTyped('number', state.seconds, scopeOf(visit), visit);
    const valid = Number.isInteger(seconds) && seconds >= 0 && seconds <= LONGEST_WAIT_SECONDS;
    if (!valid) throw wrongType(state.seconds, visit, 'integer', seconds);
    return seconds * 1000;
  }
  if (state.timestamp === undefined) return 0;
  const text = await evaluateTyped('string', state.timestamp, scopeOf(visit), visit);
  const until = Date.parse(text);
  if (Number.isNaN(until)) throw wrongType(state.timestamp, visit, 'timestamp', text);
  return until - frame.run.clock.now();
}

/** The error's own name and cause are what the states around see. */
export async function failState(visit: Typed<'Fail'>): Promise<never> {
  const { error, cause } = visit.state;
  const scope = scopeOf(visit);
  const textOf = (template: Template | undefined) =>
    template === undefined ? undefined : evaluateTyped('string', template, scope, visit);
  throw new StateFailure(await textOf(error), await textOf(cause));
}
