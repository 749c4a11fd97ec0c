/**
 * What stands in place of an expression when the texts around it are checked. It is not worked out, which would take far
 * longer than all else: all that matters is whether it gives something that a name may hold.
 */

import type { Node } from '../../expression/expr/ast.ts';
import { ExprFault } from '../../expression/expr/fault.ts';
import { parseTree } from '../../expression/expr/parser.ts';
import { identifiersOf } from '../../expression/template/identifiers.ts';
import { type Lookup, placeholder } from './tags.ts';

/** Found in every expression (`GetFuncMap` in `util/expr/env/env.go`). */
const functions: ReadonlySet<string> = new Set(['asInt', 'asFloat', 'string', 'jsonpath', 'toJson', 'sprig']);

/** An expression stays as it is, here undefined, when what it reads is not there yet. */
export function expressionValue(lookup: Lookup): Lookup {
  return (expression) => {
    const tree = treeOf(expression);
    if (tree === undefined) return undefined;
    const names = identifiersOf(expression) ?? [];
    const reads = names.filter(
      (name) =>
        !functions.has(name.split('.', 1)[0]!) && !names.some((other) => other.startsWith(`${name}.`)),
    );
    const values = reads.map(lookup);
    if (values.includes(undefined)) return undefined;
    if (tree.kind === 'identifier' || tree.kind === 'member') return values[0];
    return values.length > 0 ? placeholder : constantOf(tree);
  };
}

function treeOf(expression: string): Node | undefined {
  try {
    return parseTree(expression);
  } catch (error) {
    if (error instanceof ExprFault || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Literals are what they are; of anything else but lists and maps, a letter stands for what a name may hold. */
function constantOf(tree: Node): string | undefined {
  if (tree.kind === 'array' || tree.kind === 'map' || tree.kind === 'nil') return undefined;
  return tree.kind === 'string' || tree.kind === 'int' || tree.kind === 'bool' ? String(tree.value) : 'x';
}
