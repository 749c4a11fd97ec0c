/** Whether a task runs, waits or is omitted, given the nodes it depends on (workflow/controller/dag.go). */
import {
  type ContinueOn,
  type DependsAst,
  type DependsPair,
  plainResults,
  refsOf,
  type TaskResult,
} from './ast.ts';
import { DependsError } from './lex.ts';
import { parseDepends } from './parse.ts';

export type NodePhase = 'Pending' | 'Running' | 'Succeeded' | 'Skipped' | 'Failed' | 'Error' | 'Omitted';

/** The node of a task that is waited for. */
export interface DependsNode {
  /** Empty or absent while the node has no phase. */
  readonly phase?: NodePhase | '' | undefined;
  readonly daemoned?: boolean | undefined;
  /** For a loop, the phases of its items; undefined for an item whose node is not there. */
  readonly children?: readonly (NodePhase | undefined)[] | undefined;
  /** False while a hook of the node is still running. */
  readonly areHooksDone?: boolean | undefined;
  /** For a name alone in a `depends` that was not rewritten. */
  readonly continueOn?: ContinueOn | undefined;
}

/** `proceed` false: wait. `execute` false: the task is omitted. */
export type DependsDecision =
  | { readonly ok: true; readonly proceed: false }
  | { readonly ok: true; readonly proceed: true; readonly execute: boolean }
  | { readonly ok: false; readonly error: string; readonly position: number };

/** The node of a task, undefined while there is none. */
export type NodeLookup = (task: string) => DependsNode | undefined;

const finished: ReadonlySet<string> = new Set(['Succeeded', 'Failed', 'Error', 'Skipped', 'Omitted']);

/** A daemon counts as finished once it runs. */
function isDaemonUp(node: DependsNode): boolean {
  return node.daemoned === true && node.phase !== 'Pending';
}

function isFulfilled(node: DependsNode | undefined): node is DependsNode {
  if (!node || node.areHooksDone === false) return false;
  return finished.has(node.phase ?? '') || isDaemonUp(node);
}

function hasResult(node: DependsNode, result: TaskResult): boolean {
  const children = node.children ?? [];
  switch (result) {
    case 'Errored':
      return node.phase === 'Error';
    case 'Daemoned':
      return isDaemonUp(node);
    case 'AnySucceeded':
      return children.includes('Succeeded');
    case 'AllFailed':
      return children.length > 0 && children.every((phase) => phase === 'Failed');
    default:
      return node.phase === result;
  }
}

type Value = boolean | string;

function answerOf(node: DependsNode, result: TaskResult | undefined): boolean {
  const wanted = result === undefined ? plainResults(node.continueOn) : [result];
  return wanted.some((one) => hasResult(node, one));
}

/** A text where an answer must be, behind `??` or `?:`, shows only now. */
function answerIn(value: Value, ast: DependsAst): boolean {
  if (typeof value === 'boolean') return value;
  throw new DependsError(`the text '${value}' is neither true nor false`, ast.start);
}

function combine({ kind, left: ast }: DependsPair, left: Value, right: () => Value): Value {
  switch (kind) {
    case 'and':
      return answerIn(left, ast) && right();
    case 'or':
      return answerIn(left, ast) || right();
    case 'equal':
      return left === right();
    case 'unequal':
      return left !== right();
    default:
      return left;
  }
}

function valueIn(ast: DependsAst, nodeOf: (task: string) => DependsNode): Value {
  // Long chains hang to the left; they are followed in a loop to spare the stack.
  const spine: DependsPair[] = [];
  let first: DependsAst = ast;
  while ('left' in first) {
    spine.push(first);
    first = first.left;
  }
  const start = simpleValue(first, nodeOf);
  return spine.reduceRight((left, pair) => combine(pair, left, () => valueIn(pair.right, nodeOf)), start);
}

function simpleValue(
  ast: Exclude<DependsAst, { left: DependsAst }>,
  nodeOf: (task: string) => DependsNode,
): Value {
  switch (ast.kind) {
    case 'ref':
      return answerOf(nodeOf(ast.task), ast.result);
    case 'text':
      return ast.value;
    case 'not':
      return !answerIn(valueIn(ast.operand, nodeOf), ast.operand);
    case 'choice':
      return answerIn(valueIn(ast.condition, nodeOf), ast.condition)
        ? valueIn(ast.then, nodeOf)
        : valueIn(ast.otherwise, nodeOf);
  }
}

/** The decision for a parsed `depends`; `statusOf` gives the node of each task that it names. */
export function evaluateDependsAst(ast: DependsAst, statusOf: NodeLookup): DependsDecision {
  const nodes = new Map<string, DependsNode>();
  for (const { task } of refsOf(ast)) {
    const node = nodes.get(task) ?? statusOf(task);
    if (!isFulfilled(node)) return { ok: true, proceed: false };
    nodes.set(task, node);
  }
  try {
    const execute = answerIn(
      valueIn(ast, (task) => nodes.get(task) ?? {}),
      ast,
    );
    return { ok: true, proceed: true, execute };
  } catch (error) {
    if (!(error instanceof DependsError)) throw error;
    return { ok: false, error: error.message, position: error.position };
  }
}

const name = /([a-zA-Z0-9][-a-zA-Z0-9]*?)\.[A-Z][a-zA-Z]+|[a-zA-Z0-9][-a-zA-Z0-9]*/g;

/**
 * The decision for the logic that `rewriteDepends` gave, as Argo takes it: first every task named must have
 * ended, then
 * the logic is read, so that a fault of its syntax shows only when the task would start.
 */
export function evaluateDepends(logic: string, statusOf: NodeLookup): DependsDecision {
  // Without dependencies there is nothing to evaluate, and the task runs at once.
  if (logic === '') return { ok: true, proceed: true, execute: true };
  for (const match of logic.matchAll(name)) {
    if (!isFulfilled(statusOf(match[1] ?? match[0]))) return { ok: true, proceed: false };
  }
  const parsed = parseDepends(logic);
  if (parsed.ok) return evaluateDependsAst(parsed.ast, statusOf);
  const error = `unable to evaluate expression '${logic}': ${parsed.error}`;
  return { ok: false, error, position: parsed.position };
}
