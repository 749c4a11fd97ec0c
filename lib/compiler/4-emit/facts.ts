/** Which phases outcomes can have at a place of the flow, told from how they were assigned on the way there. */
import type { NodePhase } from '../../protocol/outcome.ts';
import { isExpressionValue, type Test, type Value } from '../3-lower/value.ts';
import { type Edge, edgesFrom, type FlowBlock, type FlowState, forwards } from './flow.ts';

/** Phases by variable; of a variable that is not there nothing is known. */
export type Facts = ReadonlyMap<string, readonly NodePhase[]>;

export const NO_FACTS: Facts = new Map();

/** What was assigned last is what is asked about; keeping all of it would cost the square of the workflow's size. */
const MOST_FACTS = 32;

/** Phases of what the branches of a Parallel answer: by branch, and by place where a branch answers with a list. */
export type Answers = readonly (readonly (readonly NodePhase[] | undefined)[])[];

/** Tells of a state with branches what these answer. */
export type AnswersOf = (state: FlowState) => Answers;

const NO_ANSWERS: Answers = [];

export function afterEdge(facts: Facts, { assign }: Edge, answers = NO_ANSWERS): Facts {
  if (assign === undefined) return facts;
  const learnt = Object.keys(assign).map(
    (name) => [name, phasesOf(assign[name] ?? null, facts, answers)] as const,
  );
  const isNew = learnt.some(([name, phases]) => phases !== undefined || facts.has(name));
  if (!isNew && facts.size <= MOST_FACTS) return facts;
  const after = new Map(facts);
  for (const [name, phases] of learnt) {
    after.delete(name);
    if (phases !== undefined) after.set(name, phases);
  }
  for (const name of after.keys()) {
    if (after.size <= MOST_FACTS) break;
    after.delete(name);
  }
  return after;
}

/** The phases of the outcome that a value is, or of the phase that it yields. */
function phasesOf(value: Value, facts: Facts, answers = NO_ANSWERS): readonly NodePhase[] | undefined {
  if (isExpressionValue(value)) {
    if (value.phases !== undefined) return value.phases;
    if (value.branch !== undefined) {
      const [branch = 0, index = 0] = value.branch;
      return answers[branch]?.[index];
    }
    return /^\$\w+$/.test(value.text) ? facts.get(value.text.slice(1)) : undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const phase = (value as Readonly<Record<string, Value>>)['phase'];
  if (typeof phase === 'string') return [phase as NodePhase];
  return phase === undefined ? undefined : phasesOf(phase, facts, answers);
}

/** Whether the test holds for sure, or fails for sure; undefined where that depends on the run. */
export function decide(test: Test | undefined, facts: Facts): boolean | undefined {
  if (test === undefined) return undefined;
  switch (test.kind) {
    case 'text':
      return undefined;
    case 'not': {
      const of = decide(test.of, facts);
      return of === undefined ? undefined : !of;
    }
    case 'phase': {
      const known = facts.get(test.outcome);
      if (known === undefined) return undefined;
      const among = known.filter((phase) => test.phases.includes(phase)).length;
      return among === known.length ? true : among === 0 ? false : undefined;
    }
    case 'all':
    case 'any': {
      const decisive = test.kind === 'any';
      const parts = test.of.map((one) => decide(one, facts));
      if (parts.includes(decisive)) return decisive;
      return parts.includes(undefined) ? undefined : !decisive;
    }
  }
}

/** What is known where the test was found to hold, or to fail. */
function given(facts: Facts, test: Test | undefined, holds: boolean): Facts {
  if (test === undefined || test.kind === 'text') return facts;
  const known = new Map(facts);
  return learn(known, test, holds) ? known : facts;
}

/** Adds what the test tells; a test of a thousand outcomes must not copy what is known a thousand times. */
function learn(known: Map<string, readonly NodePhase[]>, test: Test | undefined, holds: boolean): boolean {
  if (test === undefined || test.kind === 'text') return false;
  if (test.kind === 'not') return learn(known, test.of, !holds);
  if (test.kind === 'phase') {
    const before = known.get(test.outcome);
    const left =
      before?.filter((phase) => test.phases.includes(phase) === holds) ?? (holds ? test.phases : undefined);
    if (left !== undefined) known.set(test.outcome, left);
    return left !== undefined;
  }
  // Of all that hold each one does; of any that fails each one fails; else it could be either.
  if ((test.kind === 'all') !== holds) return false;
  return test.of.map((one) => learn(known, one, holds)).includes(true);
}

/** Every edge of a state with what is known on it before it assigns: a Choice has learnt why it takes it. */
export function edgesWithFacts(state: FlowState, facts: Facts): readonly (readonly [Edge, Facts])[] {
  if (state.kind !== 'choice') return edgesFrom(state).map((edge) => [edge, facts]);
  let known = facts;
  const rules = state.rules.map((rule): readonly [Edge, Facts] => {
    const taken = given(known, rule.condition.test, true);
    known = given(known, rule.condition.test, false);
    return [rule, taken];
  });
  return [...rules, [state.otherwise, known]];
}

function joined(one: Facts, other: Facts): Facts {
  const both = new Map<string, readonly NodePhase[]>();
  for (const [name, phases] of one) {
    const others = other.get(name);
    if (others !== undefined) both.set(name, unionOf(phases, others));
  }
  return both;
}

function unionOf(one: readonly NodePhase[], other: readonly NodePhase[]): readonly NodePhase[] {
  return other.every((phase) => one.includes(phase)) ? one : [...new Set([...one, ...other])];
}

function same(one: Facts, other: Facts): boolean {
  if (one.size !== other.size) return false;
  for (const [name, phases] of one) if (other.get(name)?.length !== phases.length) return false;
  return true;
}

/** What holds on entry to each state of a block; a state is looked at after those that lead to it, but for loops. */
export function factsOf(block: FlowBlock, entry: Facts, answersOf: AnswersOf): ReadonlyMap<string, Facts> {
  const known = new Map<string, Facts>([[block.startAt, entry]]);
  const changed = new Set([block.startAt]);
  const order = forwards(block);
  while (changed.size > 0) {
    for (const [name, state] of order) {
      const facts = known.get(name);
      if (!changed.delete(name) || facts === undefined) continue;
      const answers = answersOf(state);
      for (const [edge, before] of edgesWithFacts(state, facts)) {
        if (edge.to === undefined) continue;
        const arriving = afterEdge(before, edge, answers);
        const there = known.get(edge.to);
        const joint = there === undefined ? arriving : joined(there, arriving);
        if (there !== undefined && same(there, joint)) continue;
        known.set(edge.to, joint);
        if (block.states.has(edge.to)) changed.add(edge.to);
      }
    }
  }
  return known;
}

/** The answers of every block inside `block`, found once, without what holds outside of it. */
export function answersWithin(block: FlowBlock): AnswersOf {
  const found = new Map<FlowBlock, Answers[number]>();
  const answersOf: AnswersOf = (state) =>
    state.kind === 'work' ? state.blocks.map((one) => found.get(one) ?? []) : NO_ANSWERS;
  const visit = (one: FlowBlock): void => {
    for (const state of one.states.values()) {
      if (state.kind !== 'work') continue;
      for (const inner of state.blocks) {
        visit(inner);
        found.set(inner, answerOf(inner, factsOf(inner, NO_FACTS, answersOf)));
      }
    }
  };
  visit(block);
  return answersOf;
}

/** What holds of a block's output, whichever of its states ends it. */
function answerOf(block: FlowBlock, known: ReadonlyMap<string, Facts>): Answers[number] {
  let answer: readonly (readonly NodePhase[] | undefined)[] | undefined;
  for (const [name, state] of block.states) {
    const facts = known.get(name);
    if (facts === undefined) continue;
    for (const { to, output } of edgesFrom(state)) {
      if (to !== undefined) continue;
      const values = Array.isArray(output) ? (output as readonly Value[]) : [output ?? null];
      const phases = values.map((value) => phasesOf(value, facts));
      answer = answer === undefined ? phases : answer.map((one, at) => union(one, phases[at]));
    }
  }
  return answer ?? [];
}

function union(
  one: readonly NodePhase[] | undefined,
  other: readonly NodePhase[] | undefined,
): readonly NodePhase[] | undefined {
  return one === undefined || other === undefined ? undefined : unionOf(one, other);
}
