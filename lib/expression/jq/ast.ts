/** A jq filter as a tree. */

export type Filter =
  | { readonly kind: 'identity' }
  | { readonly kind: 'recurse' }
  | { readonly kind: 'literal'; readonly value: null | boolean | number | string }
  /** A string with filters in it; each result of one goes through the format. */
  | {
      readonly kind: 'string';
      readonly format: string | undefined;
      readonly parts: readonly (string | Filter)[];
    }
  | { readonly kind: 'format'; readonly name: string }
  /** `.name`, `.[key]`: the key sees what the whole term sees. */
  | { readonly kind: 'index'; readonly of: Filter; readonly key: Filter }
  | { readonly kind: 'slice'; readonly of: Filter; readonly from?: Filter; readonly to?: Filter }
  | { readonly kind: 'iterate'; readonly of: Filter }
  | { readonly kind: 'array'; readonly items?: Filter }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [key: Filter, value: Filter])[] }
  | { readonly kind: 'negate'; readonly of: Filter }
  | { readonly kind: 'pipe' | 'comma' | 'alternative'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'and' | 'or'; readonly left: Filter; readonly right: Filter }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Filter;
      readonly right: Filter;
    }
  /** `=`, `|=`, or an operator that updates, such as `+=` and `//=`. */
  | { readonly kind: 'assign'; readonly operator: string; readonly target: Filter; readonly value: Filter }
  | { readonly kind: 'if'; readonly condition: Filter; readonly then: Filter; readonly otherwise: Filter }
  | { readonly kind: 'try'; readonly body: Filter; readonly handler?: Filter }
  | {
      readonly kind: 'reduce' | 'foreach';
      readonly source: Filter;
      readonly pattern: Pattern;
      readonly start: Filter;
      readonly update: Filter;
      readonly extract?: Filter;
    }
  | { readonly kind: 'bind'; readonly source: Filter; readonly pattern: Pattern; readonly body: Filter }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'define'; readonly definition: Definition; readonly body: Filter }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Filter[] }
  | { readonly kind: 'label'; readonly name: string; readonly body: Filter }
  | { readonly kind: 'break'; readonly name: string };

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '==' | '!=' | '<' | '<=' | '>' | '>=';

export interface Definition {
  readonly name: string;
  /** A parameter `$x` is bound to each value of its argument, and stands for a filter `x` as well. */
  readonly parameters: readonly string[];
  readonly body: Filter;
}

export type Pattern =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'array'; readonly items: readonly Pattern[] }
  /** `{$a}` binds the member as well as what its own pattern names. */
  | {
      readonly kind: 'object';
      readonly entries: readonly { readonly key: Filter; readonly bind?: string; readonly value?: Pattern }[];
    };
