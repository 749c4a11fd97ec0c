/** The rewritings of expr-lang's optimizer that change what an expression gives or whether it fails. */
import { type BinaryNode, type BuiltinNode, heightAbove, type Node } from './ast.ts';
import type { Nature } from './check/nature.ts';
import { foldConstants } from './optimize/fold.ts';
import { rewriteTree } from './optimize/rewrite.ts';

type Rewrite = (node: Node, natures: ReadonlyMap<Node, Nature>) => Node | undefined;

/** The tree as expr-lang runs it; `natures` gains the new nodes. Throws ExprFault for `7 % 0`. */
export function optimizeTree(tree: Node, natures: Map<Node, Nature>): Node {
  const passes: readonly Rewrite[] = [
    literalSet,
    foldConstants,
    rangeTest,
    filterMap,
    filterLength,
    filterEnd,
    sumRange,
    sumArray,
    sumMap,
    countAny,
    countThreshold,
  ];
  return passes.reduce((each, pass) => rewriteTree(each, (node) => pass(node, natures), natures), tree);
}

function isCall(node: Node | undefined, name: string, args: number): node is BuiltinNode {
  return node?.kind === 'builtin' && node.name === name && node.args.length === args;
}

function isBinary(node: Node | undefined, operator: string): node is BinaryNode {
  return node?.kind === 'binary' && node.operator === operator;
}

/** `x in ["a", "b"]` looks the needle up in a set of strings. */
function literalSet(node: Node, natures: ReadonlyMap<Node, Nature>): Node | undefined {
  if (!isBinary(node, 'in') || node.right.kind !== 'array' || node.right.nodes.length === 0) return undefined;
  const { nodes, at } = node.right;
  if (natures.get(node.left)?.type === 'int' && nodes.every(({ kind }) => kind === 'int')) return undefined;
  const values = nodes.flatMap((each) => (each.kind === 'string' ? [each.value] : []));
  if (values.length < nodes.length) return undefined;
  return { ...node, right: { kind: 'string-set', values: new Set(values), at, height: 1 } };
}

/** `i in 1..5` compares, and makes no list. */
function rangeTest(node: Node, natures: ReadonlyMap<Node, Nature>): Node | undefined {
  if (!isBinary(node, 'in') || natures.get(node.left)?.type !== 'int' || !isBinary(node.right, '..')) {
    return undefined;
  }
  const { left: from, right: to } = node.right;
  if (from.kind !== 'int' || to.kind !== 'int') return undefined;
  const { at } = node;
  const compare = (operator: string, right: Node): Node => {
    return { kind: 'binary', operator, left: node.left, right, at, height: heightAbove([node.left, right]) };
  };
  const sides = [compare('>=', from), compare('<=', to)] as const;
  return { kind: 'binary', operator: 'and', left: sides[0], right: sides[1], at, height: heightAbove(sides) };
}

function usesIndex(node: Node): boolean {
  let found = false;
  rewriteTree(node, (each) => {
    if (each.kind === 'pointer' && each.name === 'index') found = true;
    return undefined;
  });
  return found;
}

/** `map(filter(xs, p), f)` maps while it filters. */
function filterMap(node: Node): Node | undefined {
  if (!isCall(node, 'map', 2)) return undefined;
  const [filter, predicate] = node.args;
  if (!isCall(filter, 'filter', 2) || filter.map || predicate?.kind !== 'predicate' || usesIndex(predicate)) {
    return undefined;
  }
  return { ...filter, map: predicate.node, at: node.at, height: node.height };
}

function filterLength(node: Node): Node | undefined {
  const [filter] = isCall(node, 'len', 1) ? node.args : [];
  return isCall(filter, 'filter', 2) ? renamed(node, filter, 'count', {}) : undefined;
}

/** `filter(xs, p)[0]` and `first(filter(xs, p))` stop at the first that passes; likewise the last. */
function filterEnd(node: Node): Node | undefined {
  if (
    node.kind === 'member' &&
    !node.optional &&
    node.property.kind === 'int' &&
    isCall(node.node, 'filter', 2)
  ) {
    const name = node.property.value === 0n ? 'find' : node.property.value === -1n ? 'findLast' : undefined;
    return name && renamed(node, node.node, name, { throws: true, map: node.node.map });
  }
  const name = isCall(node, 'first', 1) ? 'find' : isCall(node, 'last', 1) ? 'findLast' : undefined;
  const [filter] = name && node.kind === 'builtin' ? node.args : [];
  return name && isCall(filter, 'filter', 2) ? renamed(node, filter, name, { map: filter.map }) : undefined;
}

function renamed(
  node: Node,
  { args }: BuiltinNode,
  name: string,
  { throws, map }: { readonly throws?: boolean; readonly map?: Node | undefined },
): BuiltinNode {
  const { at, height } = node;
  return { kind: 'builtin', name, args, at, height, ...(throws && { throws }), ...(map && { map }) };
}

/** `sum(1..n)` and `reduce(1..n, # + #acc)` are arithmetic series, which make no list. */
function sumRange(node: Node): Node | undefined {
  if (node.kind !== 'builtin' || (node.name !== 'sum' && node.name !== 'reduce')) return undefined;
  const [range, predicate, start] = node.args;
  if (!isBinary(range, '..') || range.left.kind !== 'int' || range.right.kind !== 'int') return undefined;
  const [from, to] = [range.left.value, range.right.value];
  if (to < from) return undefined;
  const count = wrap(to - from + 1n);
  const sum = wrap(wrap(count * wrap(from + to)) / 2n);
  const body = predicate?.kind === 'predicate' ? predicate.node : undefined;
  const value = node.name === 'sum' ? summed(sum, count, body, node) : reduced(sum, body, start, node);
  return value === undefined ? undefined : { kind: 'int', value: wrap(value), at: node.at, height: 1 };
}

function wrap(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}

function isPointer(node: Node, name: string): boolean {
  return node.kind === 'pointer' && node.name === name;
}

function summed(
  sum: bigint,
  count: bigint,
  body: Node | undefined,
  { args }: BuiltinNode,
): bigint | undefined {
  if (args.length === 1 || (body && isPointer(body, ''))) return sum;
  if (body?.kind !== 'binary') return undefined;
  const pointerFirst = isPointer(body.left, '');
  const constant = pointerFirst ? body.right : body.left;
  if (constant.kind !== 'int' || (!pointerFirst && !isPointer(body.right, ''))) return undefined;
  switch (body.operator) {
    case '*':
      return constant.value * sum;
    case '+':
      return sum + count * constant.value;
    case '-':
      return pointerFirst ? sum - count * constant.value : count * constant.value - sum;
    default:
      return undefined;
  }
}

function reduced(
  sum: bigint,
  body: Node | undefined,
  start: Node | undefined,
  { args }: BuiltinNode,
): bigint | undefined {
  if (!isBinary(body, '+')) return undefined;
  const adds = isPointer(body.left, '') ? isPointer(body.right, 'acc') : isPointer(body.left, 'acc');
  if (!adds || (isPointer(body.left, 'acc') && !isPointer(body.right, ''))) return undefined;
  if (args.length < 3) return sum;
  return start?.kind === 'int' ? start.value + sum : undefined;
}

/** `sum([a, b, c])` is `a + (b + c)`; a list of literals is a constant by then. */
function sumArray(node: Node): Node | undefined {
  const [array] = isCall(node, 'sum', 1) ? node.args : [];
  if (array?.kind !== 'array' || array.nodes.length < 2) return undefined;
  if (array.nodes.every(({ kind }) => ['int', 'float', 'string', 'bool'].includes(kind))) return undefined;
  return array.nodes.reduceRight((right, left) => {
    const { at } = node;
    return { kind: 'binary', operator: '+', left, right, at, height: heightAbove([left, right]) };
  });
}

function sumMap(node: Node): Node | undefined {
  const [map] = isCall(node, 'sum', 1) ? node.args : [];
  return isCall(map, 'map', 2) ? renamed(node, map, 'sum', {}) : undefined;
}

/** `count(xs, p) > 0` stops at the first that passes. */
function countAny(node: Node): Node | undefined {
  if (node.kind !== 'binary' || !isCall(node.left, 'count', 2) || node.right.kind !== 'int') return undefined;
  const some =
    (node.operator === '>' && node.right.value === 0n) || (node.operator === '>=' && node.right.value === 1n);
  return some ? renamed(node, node.left, 'any', {}) : undefined;
}

function countThreshold(node: Node): Node | undefined {
  if (node.kind !== 'binary' || !isCall(node.left, 'count', 2) || node.right.kind !== 'int') return undefined;
  if (!['>', '>=', '<', '<='].includes(node.operator) || node.right.value < 0n) return undefined;
  const threshold = node.right.value + (node.operator === '>' || node.operator === '<=' ? 1n : 0n);
  return threshold <= 1n ? undefined : { ...node, left: { ...node.left, threshold } };
}
