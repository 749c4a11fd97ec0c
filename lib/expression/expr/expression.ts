/** expr-lang 1.17.8 as Argo configures it: compile and run an expression; no input throws. */

import { goFormat } from '../go/format.ts';
import { GoError } from '../go-error.ts';
import type { GoMap, GoValue } from '../values.ts';
import { childrenOf, type Node } from './ast.ts';
import type { Nature } from './check/nature.ts';
import { checkPattern, checkTree } from './check.ts';
import { evaluate } from './evaluate.ts';
import { ExprFault, type ExprPhase, type ExprPosition, positionOf } from './fault.ts';
import { ANY_MAP } from './go-types.ts';
import { optimizeTree } from './optimize.ts';
import { parseTree } from './parser.ts';
import { type Machine, stepThrough } from './run/machine.ts';

/**
 * The variables and functions in force; a name that is not there is an error when the expression is
 * compiled.
 */
export type ExprEnv = ReadonlyMap<string, GoValue>;

export interface ExprFailure {
  readonly ok: false;
  readonly error: string;
  readonly phase: ExprPhase;
  readonly position: ExprPosition;
}

export interface ExprValue {
  readonly ok: true;
  readonly value: GoValue;
}

export type ExprResult = ExprValue | ExprFailure;

/** An expression that has been checked against an environment and runs in it. */
export interface ExprProgram {
  readonly ok: true;
  readonly run: () => ExprResult;
}

/** Parses and checks the text against the names, and the types of the values, of the environment. */
export function compileExpr(text: string, env: ExprEnv): ExprProgram | ExprFailure {
  return guarded(
    text,
    'compile',
    () => 0,
    () => {
      const tree = parseTree(text, (name) => env.has(name));
      const natures = new Map(checkTree(tree, env));
      checkPatterns(tree);
      const optimized = optimizeTree(tree, natures);
      return { ok: true, run: () => runTree(text, optimized, natures, env) };
    },
  );
}

/** Compiles and runs the text. */
export function evaluateExpr(text: string, env: ExprEnv): ExprResult {
  const program = compileExpr(text, env);
  return program.ok ? program.run() : program;
}

/** The condition's value; anything but a bool is an error. */
export function evalBool(
  text: string,
  env: ExprEnv,
): { readonly ok: true; readonly value: boolean } | ExprFailure {
  const result = evaluateExpr(text, env);
  if (!result.ok) return result;
  if (typeof result.value === 'boolean') return { ok: true, value: result.value };
  const error = `unable to cast expression result '${goFormat(result.value)}' to bool`;
  return { ok: false, error, phase: 'run', position: positionOf(text, 0) };
}

/**
 * A literal pattern is compiled even where the checker did not look, as among arguments of an unknown
 * function.
 */
function checkPatterns(tree: Node): void {
  const pending: Node[] = [tree];
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (node.kind === 'binary' && node.operator === 'matches' && node.right.kind === 'string') {
      checkPattern(node.right.value, node.at);
    }
    pending.push(...childrenOf(node));
  }
}

function runTree(text: string, tree: Node, natures: ReadonlyMap<Node, Nature>, env: ExprEnv): ExprResult {
  const entries: GoMap = { kind: 'map', type: ANY_MAP, entries: env };
  const machine: Machine = {
    env: entries,
    natures,
    evaluate,
    loops: [],
    variables: [],
    at: 0,
    memory: 0,
    steps: 0,
  };
  return guarded(
    text,
    'run',
    () => machine.at,
    () => {
      const value = evaluate(machine, tree);
      // A few steps can make a value that holds another many times over; nobody could print it.
      stepThrough(machine, [value]);
      return { ok: true, value };
    },
  );
}

/** What went wrong as a value. A RangeError is the engine's own: too deep a recursion, too long a string. */
function guarded<T>(text: string, phase: ExprPhase, at: () => number, work: () => T): T | ExprFailure {
  try {
    return work();
  } catch (error) {
    if (error instanceof ExprFault) {
      return {
        ok: false,
        error: error.message,
        phase: error.phase,
        position: positionOf(text, error.offset),
      };
    }
    if (error instanceof GoError || error instanceof RangeError) {
      return { ok: false, error: error.message, phase, position: positionOf(text, at()) };
    }
    throw error;
  }
}
