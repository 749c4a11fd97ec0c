/**
 * What stands in place of an expression when the texts around it are checked. It is not worked out, which would take far
 * longer than all else: all that matters is whether it gives something that a name may hold.
 */

import { childrenOf, type Node } from '../../expression/expr/ast.ts';
import { ExprFault } from '../../expression/expr/fault.ts';
import { parseTree } from '../../expression/expr/parser.ts';
import { identifiersOf } from '../../expression/template/identifiers.ts';
import { type Lookup, placeholder } from './tags.ts';

/** Found in every expression (`GetFuncMap` in `util/expr/env/env.go`). */
const functions: ReadonlySet<string> = new Set(['asInt', 'asFloat', 'string', 'jsonpath', 'toJson', 'sprig']);

/** Give lists and maps, which are written as JSON. */
const collections: ReadonlySet<string> = new Set(
  'filter map sort sortBy groupBy split splitAfter keys values toPairs fromPairs reverse uniq concat flatten'.split(
    ' ',
  ),
);

/** An expression stays as it is, here undefined, when what it reads is not there yet. */
export function expressionValue(lookup: Lookup): Lookup {
  return (expression) => {
    const tree = treeOf(expression);
    if (tree === undefined) return undefined;
    const names = identifiersOf(expression) ?? [];
    const given = new Set([...functions, ...letNames(tree)]);
    const reads = names.filter(
      (name) => !given.has(name.split('.', 1)[0]!) && !names.some((other) => other.startsWith(`${name}.`)),
    );
    const values = reads.map(lookup);
    if (values.includes(undefined)) return undefined;
    if (tree.kind === 'identifier' || tree.kind === 'member') return values[0];
    return literalOf(tree) ?? (values.length > 0 ? placeholder : 'x');
  };
}

function letNames(node: Node): readonly string[] {
  const inside = childrenOf(node).flatMap(letNames);
  return node.kind === 'let' ? [node.name, ...inside] : inside;
}

function treeOf(expression: string): Node | undefined {
  try {
    return parseTree(expression);
  } catch (error) {
    if (error instanceof ExprFault || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Literals are what they are; of lists and maps, what keeps them from being names. */
function literalOf(tree: Node): string | undefined {
  if (tree.kind === 'string' || tree.kind === 'int' || tree.kind === 'bool') return String(tree.value);
  const isCollection =
    (tree.kind === 'builtin' && collections.has(tree.name)) ||
    (tree.kind === 'binary' && tree.operator === '..') ||
    tree.kind === 'array' ||
    tree.kind === 'map';
  return isCollection ? '[]' : undefined;
}
