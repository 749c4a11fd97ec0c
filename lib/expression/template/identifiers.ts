/**
 * The names that an expression reads, as Argo finds them (getIdentifiers in
 * util/template/expression_template.go).
 */
import { childrenOf, type Node } from '../expr/ast.ts';
import { ExprFault } from '../expr/fault.ts';
import { parseTree } from '../expr/parser.ts';

/**
 * Each identifier and each path of members, such as `a`, `a.b` and `a.b.c`, in the order in which they
 * are read. Members to the left of `??` or before `?.` are left out. Undefined where the text is no
 * expression.
 */
export function identifiersOf(expression: string): readonly string[] | undefined {
  try {
    const tree = parseTree(expression);
    const guarded = new Set<Node>();
    walk(tree, (node) => guard(node, guarded));
    const names = new Set<string>();
    walk(tree, (node) => {
      if (guarded.has(node)) return;
      if (node.kind === 'identifier') names.add(node.name);
      const path = pathOf(node);
      if (path !== undefined) names.add(path);
    });
    return [...names];
  } catch (error) {
    if (error instanceof ExprFault || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Parts first, as expr-lang's visitors go. */
function walk(node: Node, visit: (node: Node) => void): void {
  for (const child of childrenOf(node)) walk(child, visit);
  visit(node);
}

function guard(node: Node, guarded: Set<Node>): void {
  if (node.kind === 'binary' && node.operator === '??') {
    walk(node.left, (each) => {
      if (each.kind === 'member') guarded.add(each);
    });
  }
  if (node.kind === 'member' && node.optional && node.node.kind === 'member') guarded.add(node.node);
}

/** `a.b["c"]` is `a.b.c`; undefined for what is no plain path. */
function pathOf(node: Node): string | undefined {
  const parts: string[] = [];
  let each = node;
  while (each.kind === 'member') {
    if (each.optional || each.property.kind !== 'string') return undefined;
    parts.unshift(each.property.value);
    each = each.node;
  }
  return each.kind === 'identifier' && parts.length > 0 ? [each.name, ...parts].join('.') : undefined;
}
