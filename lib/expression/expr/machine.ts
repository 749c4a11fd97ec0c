/** What the parts of the evaluator share: the environment, the variables in force, and the budgets. */
import { GoError } from '../go-error.ts';
import type { GoMap, GoValue } from '../values.ts';
import type { Node } from './ast.ts';
import type { Nature } from './nature.ts';

/** expr-lang's own budget for elements of lists and maps that an expression makes. */
const MEMORY_BUDGET = 1_000_000;
/** Ours: expr-lang bounds no loops. */
const STEP_BUDGET = 5_000_000;

/** The list that a predicate runs over. */
export interface Loop {
  readonly items: readonly GoValue[];
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

/** Counts elements that are made. */
export function grow(machine: Machine, size: number): void {
  machine.memory += size;
  if (machine.memory >= MEMORY_BUDGET) throw new GoError('memory budget exceeded');
}

/** Counts a node that is evaluated. */
export function step(machine: Machine): void {
  machine.steps += 1;
  if (machine.steps > STEP_BUDGET) throw new GoError('step budget exceeded');
}

/** The value as a bool, which Go asserts. */
export function asBool(value: GoValue, typeName: (value: GoValue) => string): boolean {
  if (typeof value === 'boolean') return value;
  throw new GoError(`interface conversion: interface {} is ${typeName(value)}, not bool`);
}
