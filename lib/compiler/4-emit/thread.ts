/**
 * Jump threading: where the way to a Choice already decides it, the transition leads past it, and past states that only
 * assign. On AWS every state entered costs money and events.
 */
import type { Assignments } from '../3-lower/plan.ts';
import { isExpressionValue, textOf, type Value } from '../3-lower/value.ts';
import {
  type Answers,
  type AnswersOf,
  afterEdge,
  decide,
  edgesWithFacts,
  type Facts,
  factsOf,
} from './facts.ts';
import { type Edge, type FlowBlock, type FlowState, reachable } from './flow.ts';
import { mentions, substitute, substituteAll } from './substitute.ts';

/** Where a transition begins decides what it may take over. */
type Source = 'work' | 'caught' | 'plain' | 'choice';

const MOST_HOPS = 100;
/** Bytes that a transition may take over, so that what many lead to is not written many times. */
const MOST_TAKEN = 2000;
/** By so much may it grow because values take the place of variables. */
const MOST_GROWTH = 500;

/** What is only right in the state itself: its input, its result, the time of its entry. */
const OWN = /\$states\.(input|result|errorOutput)/;
const CLOCK = /\$states\.context\.(State|Task)\b/;

export function threaded(block: FlowBlock, entry: Facts, answersOf: AnswersOf): FlowBlock {
  let before = block;
  for (;;) {
    const facts = factsOf(before, entry, answersOf);
    const after = reachable({
      ...before,
      states: new Map(
        [...before.states].map(([name, state]) => {
          const known = facts.get(name);
          return [name, known === undefined ? state : redirected(state, before, known, answersOf(state))];
        }),
      ),
    });
    if (isSame(before, after)) return withinBlocks(after, facts, answersOf);
    before = after;
  }
}

function isSame(one: FlowBlock, other: FlowBlock): boolean {
  return (
    one.states.size === other.states.size &&
    [...one.states].every(([name, state]) => other.states.get(name) === state)
  );
}

/** What holds where a Parallel or a Map is entered, holds in its blocks as well. */
function withinBlocks(block: FlowBlock, facts: ReadonlyMap<string, Facts>, answersOf: AnswersOf): FlowBlock {
  const states = [...block.states].map(([name, state]): [string, FlowState] => {
    if (state.kind !== 'work' || state.blocks.length === 0) return [name, state];
    const known = facts.get(name) ?? new Map();
    return [name, { ...state, blocks: state.blocks.map((one) => threaded(one, known, answersOf)) }];
  });
  return { ...block, states: new Map(states) };
}

function redirected(state: FlowState, block: FlowBlock, facts: Facts, answers: Answers): FlowState {
  const known = new Map(edgesWithFacts(state, facts));
  const follow = <E extends Edge>(edge: E, source: Source): E =>
    followed(edge, source, block, known.get(edge) ?? facts, answers);
  switch (state.kind) {
    case 'fail':
      return state;
    case 'work': {
      const next = follow(state.next, 'work');
      const caught = state.caught.map((edge) => follow(edge, 'caught'));
      const isKept = next === state.next && caught.every((edge, at) => edge === state.caught[at]);
      return isKept ? state : { ...state, next, caught };
    }
    case 'plain': {
      const next = follow(state.next, 'plain');
      return next === state.next ? state : { ...state, next };
    }
    case 'choice': {
      const rules = state.rules.map((edge) => follow(edge, 'choice'));
      const otherwise = follow(state.otherwise, 'choice');
      const isKept = otherwise === state.otherwise && rules.every((edge, at) => edge === state.rules[at]);
      return isKept ? state : { ...state, rules, otherwise };
    }
  }
}

function followed<E extends Edge>(
  edge: E,
  source: Source,
  block: FlowBlock,
  facts: Facts,
  answers: Answers,
): E {
  let current: E = edge;
  let known = afterEdge(facts, edge, answers);
  for (let hop = 0; hop < MOST_HOPS && current.to !== undefined; hop += 1) {
    const target = block.states.get(current.to);
    const way = target === undefined || current.to === undefined ? undefined : wayThrough(target, known);
    if (way === undefined) return current;
    const taken = takenOver(current, way, source);
    if (taken === undefined) return current;
    known = afterEdge(known, way);
    current = taken;
  }
  return current;
}

/** Where the state leads for sure; undefined where that is open, or where it does more than to lead on. */
function wayThrough(state: FlowState, facts: Facts): Edge | undefined {
  if (state.kind === 'plain') return state.step.kind === 'pass' ? state.next : undefined;
  if (state.kind !== 'choice') return undefined;
  for (const rule of state.rules) {
    const holds = decide(rule.condition.test, facts);
    if (holds === undefined) return undefined;
    if (holds) return rule;
  }
  return state.otherwise;
}

/** The transition with what the way assigns and hands on; undefined where it cannot take that over. */
function takenOver<E extends Edge>(edge: E, way: Edge, source: Source): E | undefined {
  const assign = way.assign ?? {};
  const added = [...Object.values(assign), ...(way.output === undefined ? [] : [way.output])];
  if (way.to === undefined) {
    // Neither a rule nor a catcher can end a block.
    if (source !== 'work' && source !== 'plain') return undefined;
    if (way.output === undefined) return undefined;
  } else if (way.output !== undefined) return undefined;
  if (added.length > 0 && source === 'caught') return undefined;
  if (added.some((value) => mentions(value, OWN))) return undefined;
  if (source === 'work' && added.some((value) => mentions(value, CLOCK))) return undefined;
  const before = edge.assign ?? {};
  const own = substituteAll(assign, before);
  const output = way.output === undefined ? edge.output : substitute(way.output, before);
  if (
    added.length > 0 &&
    sizeOf(own) + (way.output === undefined ? 0 : textOf(output ?? null).length) > MOST_TAKEN
  )
    return undefined;
  if (sizeOf(own) > sizeOf(assign) + MOST_GROWTH) return undefined;
  const all = { ...before, ...own };
  return {
    ...edge,
    to: way.to,
    assign: Object.keys(all).length === 0 ? undefined : way.to === undefined ? lasting(all, output) : all,
    output,
  };
}

function sizeOf(assign: Assignments): number {
  return Object.values(assign).reduce((sum: number, value: Value) => sum + textOf(value).length, 0);
}

/** At the end of a block variables vanish; of use are only those that tell the history about a node. */
function lasting(assign: Assignments, output: Value | undefined): Assignments {
  return Object.fromEntries(Object.entries(assign).filter(([, value]) => isFact(value) && value !== output));
}

function isFact(value: Value): boolean {
  if (isExpressionValue(value))
    return value.phases !== undefined && !/^\$states\.result[\w.]*$/.test(value.text);
  return typeof value === 'object' && value !== null && !Array.isArray(value) && 'node' in value;
}
