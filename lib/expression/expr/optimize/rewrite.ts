/** Rebuilds a tree from its leaves up. */
import type { Node } from '../ast.ts';
import type { Nature } from '../check/nature.ts';

/** Each node, its parts rewritten first, is put in place of itself or of what `rewrite` makes of it. */
export function rewriteTree(
  node: Node,
  rewrite: (node: Node) => Node | undefined,
  natures?: Map<Node, Nature>,
): Node {
  const rebuilt = withParts(node, (part) => rewriteTree(part, rewrite, natures));
  const nature = natures?.get(node);
  if (nature && rebuilt !== node) natures?.set(rebuilt, nature);
  const made = rewrite(rebuilt) ?? rebuilt;
  if (nature && made !== rebuilt && !natures?.has(made)) natures?.set(made, nature);
  return made;
}

function withParts(node: Node, part: (node: Node) => Node): Node {
  switch (node.kind) {
    case 'unary':
      return changed(node, { operand: part(node.operand) });
    case 'binary':
      return changed(node, { left: part(node.left), right: part(node.right) });
    case 'chain':
    case 'predicate':
      return changed(node, { node: part(node.node) });
    case 'member':
      return changed(node, { node: part(node.node), property: part(node.property) });
    case 'slice':
      return changed(node, {
        node: part(node.node),
        ...(node.from && { from: part(node.from) }),
        ...(node.to && { to: part(node.to) }),
      });
    case 'call':
      return changed(node, { callee: part(node.callee), args: parts(node.args, part) });
    case 'builtin':
      return changed(node, { args: parts(node.args, part), ...(node.map && { map: part(node.map) }) });
    case 'let':
      return changed(node, { value: part(node.value), body: part(node.body) });
    case 'sequence':
    case 'array':
      return changed(node, { nodes: parts(node.nodes, part) });
    case 'conditional':
      return changed(node, {
        condition: part(node.condition),
        whenTrue: part(node.whenTrue),
        whenFalse: part(node.whenFalse),
      });
    case 'map': {
      const pairs = node.pairs.map((pair) => changed(pair, { key: part(pair.key), value: part(pair.value) }));
      return pairs.every((pair, at) => pair === node.pairs[at]) ? node : { ...node, pairs };
    }
    default:
      return node;
  }
}

/** The same list where nothing in it changed, so that nodes keep their identity. */
function parts(nodes: readonly Node[], part: (node: Node) => Node): readonly Node[] {
  const made = nodes.map(part);
  return made.every((each, at) => each === nodes[at]) ? nodes : made;
}

function changed<T extends object>(node: T, fields: Partial<T>): T {
  const keys = Object.keys(fields) as (keyof T)[];
  return keys.every((key) => node[key] === fields[key]) ? node : { ...node, ...fields };
}
