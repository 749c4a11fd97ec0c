/** Bounds of evaluations, which JSONata 2.0.6 itself lacks: without them an expression may never end, or end the process. */

import type { AstNode } from './jsonata-ast.ts';
import { QUOTAS } from './quotas.ts';

/** What AWS says of an evaluation that it breaks off (the one on time is that of JSONata's own tools). */
export const BROKEN_OFF = {
  time: 'Expression evaluation timeout: Check for infinite loop',
  memory: 'Expression evaluation memory limit exceeded: Check for excessive memory usage',
  stack:
    'Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive',
} as const;

/**
 * AWS publishes one second; evaluation under watch is several times slower here, and the machine may be busy. Of memory
 * it accepted 873,782 numbers and 4,194,304 characters, and refused one number or as many characters more (measured by
 * floci, issue 2737).
 */
const BOUNDS = { steps: 1_000_000, milliseconds: 5_000, items: 873_782, characters: 4_194_304 } as const;

export interface Watch {
  readonly deadline: number;
  steps: number;
  /** Levels of nesting at which the bodies of functions that are being evaluated stand. */
  readonly bodies: number[];
  /** The same of calls. */
  readonly calls: number[];
}

export function createWatch(): Watch {
  return { deadline: Date.now() + BOUNDS.milliseconds, steps: 0, bodies: [], calls: [] };
}

/** Also of what never was under watch. */
export function isTooMuch(value: unknown): boolean {
  if (typeof value === 'string') return value.length > BOUNDS.characters;
  return Array.isArray(value) && value.length > BOUNDS.items;
}

/** jsonata 2.0.6 calls what is bound under these two symbols before and after it evaluates a node. */
const ON_ENTRY = Symbol.for('jsonata.__evaluate_entry');
const ON_EXIT = Symbol.for('jsonata.__evaluate_exit');

interface Environment {
  readonly lookup: (name: string) => unknown;
}

const CALLS = new Set(['function', 'apply', 'partial']);

export function installGuard(
  bind: (name: symbol, value: unknown) => void,
  ast: AstNode,
  watchIn: (environment: Environment) => Watch,
): void {
  const levels = levelsOf(ast);
  bind(ON_ENTRY, (node: AstNode, _input: unknown, environment: Environment) => {
    const watch = watchIn(environment);
    watch.steps += 1;
    if (watch.steps > BOUNDS.steps) throw new Error(BROKEN_OFF.time);
    if (watch.steps % 1024 === 0 && Date.now() > watch.deadline) throw new Error(BROKEN_OFF.time);
    const { inBody, isBody } = levels.get(node) ?? { inBody: 0, isBody: false };
    // The items of an array are evaluated side by side, so this is the level of some call that is under way.
    if (isBody) watch.bodies.push((watch.calls.at(-1) ?? 0) + 1);
    const level = (watch.bodies.at(-1) ?? 1) + inBody;
    if (level > QUOTAS.expressionDepth) throw new Error(BROKEN_OFF.stack);
    if (CALLS.has(node.type)) watch.calls.push(level);
  });
  bind(ON_EXIT, (node: AstNode, _input: unknown, environment: Environment, result: unknown) => {
    const watch = watchIn(environment);
    if (levels.get(node)?.isBody) watch.bodies.pop();
    if (CALLS.has(node.type)) watch.calls.pop();
    if (isTooMuch(result)) throw new Error(BROKEN_OFF.memory);
  });
}

interface Level {
  /** Levels between the node and the body of the innermost function around it. */
  readonly inBody: number;
  readonly isBody: boolean;
}

function levelsOf(ast: AstNode): ReadonlyMap<unknown, Level> {
  const levels = new Map<unknown, Level>();
  const seen = new Set<object>();
  const search = (value: unknown, inBody: number, isBody: boolean): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    const node = value as AstNode;
    const isNode = typeof node.type === 'string';
    if (isNode) levels.set(node, { inBody, isBody });
    for (const [field, member] of Object.entries(value)) {
      const opens = node.type === 'lambda' && field === 'body';
      search(member, opens ? 0 : inBody + (isNode ? 1 : 0), opens);
    }
  };
  search(ast, 0, false);
  return levels;
}
