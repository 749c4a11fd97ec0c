/** The tree of an expr-lang expression. `at` is the offset that an error names, `height` bounds recursion. */

interface Base {
  readonly at: number;
  readonly height: number;
}

export type Node =
  | (Base & { readonly kind: 'nil' })
  | (Base & { readonly kind: 'bool'; readonly value: boolean })
  | IntNode
  | (Base & { readonly kind: 'float'; readonly value: number })
  | StringNode
  | (Base & { readonly kind: 'bytes'; readonly value: Uint8Array })
  | IdentifierNode
  | (Base & { readonly kind: 'unary'; readonly operator: string; readonly operand: Node })
  | BinaryNode
  | (Base & { readonly kind: 'chain'; readonly node: Node })
  | MemberNode
  | (Base & { readonly kind: 'slice'; readonly node: Node; readonly from?: Node; readonly to?: Node })
  | (Base & { readonly kind: 'call'; readonly callee: Node; readonly args: readonly Node[] })
  | BuiltinNode
  | PredicateNode
  | (Base & { readonly kind: 'pointer'; readonly name: string })
  | (Base & { readonly kind: 'let'; readonly name: string; readonly value: Node; readonly body: Node })
  | (Base & { readonly kind: 'sequence'; readonly nodes: readonly Node[] })
  | ConditionalNode
  | (Base & { readonly kind: 'array'; readonly nodes: readonly Node[] })
  | (Base & { readonly kind: 'map'; readonly pairs: readonly Pair[] })
  | (Base & { readonly kind: 'string-set'; readonly values: ReadonlySet<string> });

export interface IntNode extends Base {
  readonly kind: 'int';
  readonly value: bigint;
}

export interface StringNode extends Base {
  readonly kind: 'string';
  readonly value: string;
}

export interface IdentifierNode extends Base {
  readonly kind: 'identifier';
  readonly name: string;
}

export interface BinaryNode extends Base {
  readonly kind: 'binary';
  readonly operator: string;
  readonly left: Node;
  readonly right: Node;
}

export interface MemberNode extends Base {
  readonly kind: 'member';
  readonly node: Node;
  readonly property: Node;
  readonly optional: boolean;
  readonly method: boolean;
}

/** A call of a built-in function. The optional fields are put there by the optimizer. */
export interface BuiltinNode extends Base {
  readonly kind: 'builtin';
  readonly name: string;
  readonly args: readonly Node[];
  /** `find` fails where nothing is found, as `filter(…)[0]` does. */
  readonly throws?: boolean;
  /** What `filter` and `find` yield in place of the element. */
  readonly map?: Node;
  /** `count` stops at this number. */
  readonly threshold?: bigint;
}

export interface PredicateNode extends Base {
  readonly kind: 'predicate';
  readonly node: Node;
}

export interface ConditionalNode extends Base {
  readonly kind: 'conditional';
  readonly condition: Node;
  readonly whenTrue: Node;
  readonly whenFalse: Node;
}

export interface Pair {
  readonly key: Node;
  readonly value: Node;
}

/** The nodes directly below, in the order in which they are read. */
export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'unary':
      return [node.operand];
    case 'binary':
      return [node.left, node.right];
    case 'chain':
    case 'predicate':
      return [node.node];
    case 'member':
      return [node.node, node.property];
    case 'slice':
      return [node.node, ...(node.from ? [node.from] : []), ...(node.to ? [node.to] : [])];
    case 'call':
      return [node.callee, ...node.args];
    case 'builtin':
      return node.map ? [...node.args, node.map] : node.args;
    case 'let':
      return [node.value, node.body];
    case 'sequence':
    case 'array':
      return node.nodes;
    case 'conditional':
      return [node.condition, node.whenTrue, node.whenFalse];
    case 'map':
      return node.pairs.flatMap(({ key, value }) => [key, value]);
    default:
      return [];
  }
}

/** One more than the highest of the nodes. */
export function heightAbove(nodes: readonly Node[]): number {
  return nodes.reduce((highest, node) => Math.max(highest, node.height), 0) + 1;
}
