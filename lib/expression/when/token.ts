/** The tokens of govaluate, the language of `when` (Knetic/govaluate, TokenKind.go and OperatorSymbol.go). */

export type TokenKind =
  | 'UNKNOWN'
  | 'PREFIX'
  | 'NUMERIC'
  | 'BOOLEAN'
  | 'STRING'
  | 'PATTERN'
  | 'TIME'
  | 'VARIABLE'
  | 'SEPARATOR'
  | 'ACCESSOR'
  | 'COMPARATOR'
  | 'LOGICALOP'
  | 'MODIFIER'
  | 'CLAUSE'
  | 'CLAUSE_CLOSE'
  | 'TERNARY';

export interface WhenToken {
  readonly kind: TokenKind;
  /**
   * Operators, words and strings: their text. Numbers and times (Unix seconds): a number. Booleans: a
   * boolean.
   */
  readonly value: string | number | boolean;
  /** UTF-16 offsets in the expression. */
  readonly start: number;
  readonly end: number;
}

/** An error of one expression, with the UTF-16 offset at which it shows. */
export interface WhenFault {
  readonly message: string;
  readonly position: number;
}

/** Thrown inside the parser and evaluator, caught at their API. */
export class WhenError extends Error {
  readonly position: number;
  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}

export const prefixSymbols: ReadonlySet<string> = new Set(['-', '!', '~']);
export const logicalSymbols: ReadonlySet<string> = new Set(['&&', '||']);
export const ternarySymbols: ReadonlySet<string> = new Set(['?', ':', '??']);
export const modifierSymbols: ReadonlySet<string> = new Set([
  ...['+', '-', '*', '/', '%', '**', '&', '|', '^', '>>', '<<'],
]);
export const comparatorSymbols: ReadonlySet<string> = new Set([
  ...['==', '!=', '>', '>=', '<', '<=', '=~', '!~', 'in'],
]);
