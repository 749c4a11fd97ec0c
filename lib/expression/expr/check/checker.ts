/** What the parts of the checker share. */
import type { GoValue } from '../../values.ts';
import type { Node } from '../ast.ts';
import type { Nature } from './nature.ts';

export interface Checker {
  readonly env: ReadonlyMap<string, GoValue>;
  /** Checks a node and answers what is known of it. */
  readonly visit: (node: Node) => Nature;
  /** The lists that predicates run over, innermost last, each with `#index` and `#acc` where it has them. */
  readonly collections: { readonly nature: Nature; readonly variables: ReadonlyMap<string, Nature> }[];
  readonly variables: { readonly name: string; readonly nature: Nature }[];
}
