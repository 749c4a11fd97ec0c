/** A JSONPath template of kubectl as a tree. */

/** What stands between braces, or the text outside of them. */
export type Node =
  | { readonly kind: 'list'; readonly nodes: readonly Node[] }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'field'; readonly name: string }
  /** `range`, `end`, or a word without meaning, which fails where it is met. */
  | { readonly kind: 'identifier'; readonly name: string }
  | { readonly kind: 'literal'; readonly value: number | boolean; readonly isFloat: boolean }
  | { readonly kind: 'slice'; readonly from?: number; readonly to: Bound; readonly step?: number }
  | { readonly kind: 'filter'; readonly left: Node; readonly right: Node; readonly operator: string }
  | { readonly kind: 'union'; readonly parts: readonly Node[] }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'recursive' };

/** `derived`: one after the start, where only an index is given. */
export type Bound =
  | { readonly kind: 'end' }
  | { readonly kind: 'derived' }
  | { readonly kind: 'at'; readonly at: number };
