/**
 * The part of JSONata that machines are mostly made of: paths through objects, literals, operators, conditions, constructors,
 * blocks and a few functions. It is read and evaluated many times faster than by `jsonata`, and at once.
 */

export type Tree =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'variable'; readonly name: string }
  /** The item that a filter looks at. */
  | { readonly kind: 'context' }
  | { readonly kind: 'member'; readonly of: Tree; readonly name: string }
  /** `$x[2]`, `$x[-1]`. */
  | { readonly kind: 'item'; readonly of: Tree; readonly index: number }
  /** `$x[phase = "Failed"]`: names within stand for members of the item. */
  | { readonly kind: 'filter'; readonly of: Tree; readonly condition: Tree }
  | {
      readonly kind: 'operation';
      readonly operator: Operator;
      readonly left: Tree;
      readonly right: Tree;
    }
  | {
      readonly kind: 'condition';
      readonly condition: Tree;
      readonly then: Tree;
      readonly otherwise: Tree | undefined;
    }
  | { readonly kind: 'array'; readonly items: readonly Tree[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [key: string, value: Tree])[] }
  | { readonly kind: 'block'; readonly steps: readonly Tree[] }
  | { readonly kind: 'bind'; readonly name: string; readonly value: Tree }
  | { readonly kind: 'call'; readonly name: SimpleFunction; readonly given: readonly Tree[] };

export type Operator = '&' | '+' | '-' | '*' | '=' | '!=' | '<' | '<=' | '>' | '>=' | 'and' | 'or' | 'in';

/** With how many arguments they are understood. */
export const SIMPLE_FUNCTIONS = {
  exists: [1, 1],
  string: [1, 1],
  count: [1, 1],
  not: [1, 1],
  contains: [2, 2],
  substring: [2, 3],
  merge: [1, 1],
  parse: [1, 1],
} as const;

export type SimpleFunction = keyof typeof SIMPLE_FUNCTIONS;

export function childrenOf(tree: Tree): readonly Tree[] {
  switch (tree.kind) {
    case 'literal':
    case 'variable':
    case 'context':
      return [];
    case 'member':
    case 'item':
      return [tree.of];
    case 'filter':
      return [tree.of, tree.condition];
    case 'operation':
      return [tree.left, tree.right];
    case 'condition':
      return [tree.condition, tree.then, ...(tree.otherwise === undefined ? [] : [tree.otherwise])];
    case 'array':
      return tree.items;
    case 'object':
      return tree.members.map(([, value]) => value);
    case 'block':
      return tree.steps;
    case 'bind':
      return [tree.value];
    case 'call':
      return tree.given;
  }
}

export function depthOf(tree: Tree): number {
  let deepest = 0;
  for (const child of childrenOf(tree)) deepest = Math.max(deepest, depthOf(child));
  return deepest + 1;
}
