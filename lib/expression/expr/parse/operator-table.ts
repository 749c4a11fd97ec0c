/** Precedences and associativity of expr-lang's operators. */

export interface OperatorInfo {
  readonly precedence: number;
  readonly rightToLeft?: true;
}

export const unaryOperators: ReadonlyMap<string, OperatorInfo> = new Map([
  ['not', { precedence: 50 }],
  ['!', { precedence: 50 }],
  ['-', { precedence: 90 }],
  ['+', { precedence: 90 }],
]);

export const binaryOperators: ReadonlyMap<string, OperatorInfo> = new Map<string, OperatorInfo>([
  ['|', { precedence: 0 }],
  ['or', { precedence: 10 }],
  ['||', { precedence: 10 }],
  ['and', { precedence: 15 }],
  ['&&', { precedence: 15 }],
  ['==', { precedence: 20 }],
  ['!=', { precedence: 20 }],
  ['<', { precedence: 20 }],
  ['>', { precedence: 20 }],
  ['>=', { precedence: 20 }],
  ['<=', { precedence: 20 }],
  ['in', { precedence: 20 }],
  ['matches', { precedence: 20 }],
  ['contains', { precedence: 20 }],
  ['startsWith', { precedence: 20 }],
  ['endsWith', { precedence: 20 }],
  ['..', { precedence: 25 }],
  ['+', { precedence: 30 }],
  ['-', { precedence: 30 }],
  ['*', { precedence: 60 }],
  ['/', { precedence: 60 }],
  ['%', { precedence: 60 }],
  ['**', { precedence: 100, rightToLeft: true }],
  ['^', { precedence: 100, rightToLeft: true }],
  ['??', { precedence: 500 }],
]);

/** Operators that may follow `not`, as in `not in`. */
export const negatable: ReadonlySet<string> = new Set([
  'contains',
  'matches',
  'startsWith',
  'endsWith',
  'in',
]);

/** Operators that chain: `1 < x < 3`. */
export const comparisons: ReadonlySet<string> = new Set(['<', '>', '>=', '<=']);
