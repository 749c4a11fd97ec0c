/** What the parts of the evaluator share: the environment, the variables in force, and the budgets. */
import { GoError } from '../../go-error.ts';
import type { GoMap, GoValue } from '../../values.ts';
import type { Node } from '../ast.ts';
import type { Nature } from '../check/nature.ts';

/** expr-lang's own budget for elements of lists and maps that an expression makes. */
const MEMORY_BUDGET = 1_000_000;
/** Ours: expr-lang bounds no loops. A step is a node evaluated, or so much of a value that is worked on. */
const STEP_BUDGET = 20_000_000;
const CHARS_PER_STEP = 8;
/** Bytes that are no UTF-8 are handled one by one. */
const STEPS_PER_BROKEN_CHAR = 8;
/** Deeper values would exhaust the stack of what prints or compares them. */
const MAX_VALUE_DEPTH = 900;
const BROKEN = /\p{Surrogate}/u;

/** The list that a predicate runs over. */
export interface Loop {
  readonly items: readonly GoValue[];
  /** A map in place of a list: its length counts, its elements cannot be had. */
  readonly opaque: boolean;
  index: number;
  accumulator: GoValue;
}

export interface Machine {
  readonly env: GoMap;
  readonly natures: ReadonlyMap<Node, Nature>;
  readonly evaluate: (machine: Machine, node: Node) => GoValue;
  readonly loops: Loop[];
  readonly variables: { readonly name: string; readonly value: GoValue }[];
  /** The offset of the node at work, for messages. */
  at: number;
  memory: number;
  steps: number;
}

/** The element that the predicate sees. */
export function elementOfLoop({ items, index, opaque }: Loop): GoValue {
  if (opaque) throw new GoError('reflect: call of reflect.Value.Index on map Value');
  return items[index] ?? null;
}

/** Counts elements that are made. */
export function grow(machine: Machine, size: number): void {
  machine.memory += size;
  if (machine.memory >= MEMORY_BUDGET) throw new GoError('memory budget exceeded');
}

/** Counts a node that is evaluated, or work of that size. */
export function step(machine: Machine, size = 1): void {
  machine.steps += size;
  if (machine.steps > STEP_BUDGET) throw new GoError('step budget exceeded');
}

/** Counts work on the whole of the values. */
export function stepThrough(machine: Machine, values: readonly GoValue[], depth = 0): void {
  if (depth > MAX_VALUE_DEPTH) throw new GoError('recursion depth exceeded');
  for (const value of values) {
    if (typeof value === 'string') stepThroughText(machine, value);
    if (typeof value !== 'object' || value === null) continue;
    if (value.kind === 'list') stepThroughItems(machine, value.items ?? [], depth);
    if (value.kind === 'map' && value.type.startsWith('map[')) {
      stepThroughItems(machine, [...(value.entries?.values() ?? [])], depth);
    }
  }
}

/** Counts work on each byte of the string. */
export function stepThroughText(machine: Machine, text: string): void {
  step(machine, BROKEN.test(text) ? text.length * STEPS_PER_BROKEN_CHAR : text.length / CHARS_PER_STEP);
}

function stepThroughItems(machine: Machine, items: readonly GoValue[], depth: number): void {
  step(machine, items.length);
  if (items.some((item) => typeof item === 'string' || typeof item === 'object'))
    stepThrough(machine, items, depth + 1);
}

/** The value as a bool, which Go asserts. */
export function asBool(value: GoValue, typeName: (value: GoValue) => string): boolean {
  if (typeof value === 'boolean') return value;
  throw new GoError(`interface conversion: interface {} is ${typeName(value)}, not bool`);
}
