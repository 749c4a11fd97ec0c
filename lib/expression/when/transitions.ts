/** Which kind of token may follow which, as govaluate's lexer states have it (lexerState.go). */
import { type TokenKind, WhenError, type WhenToken } from './token.ts';

const afterValue: readonly TokenKind[] = [
  ...(['MODIFIER', 'COMPARATOR', 'LOGICALOP', 'CLAUSE_CLOSE', 'TERNARY', 'SEPARATOR'] as const),
];
const operand: readonly TokenKind[] = [
  ...(['PREFIX', 'NUMERIC', 'BOOLEAN', 'VARIABLE', 'ACCESSOR', 'STRING', 'TIME', 'CLAUSE'] as const),
];

const next: Readonly<Record<TokenKind, readonly TokenKind[]>> = {
  UNKNOWN: [...operand, 'PATTERN'],
  CLAUSE: [...operand, 'PATTERN', 'CLAUSE_CLOSE'],
  CLAUSE_CLOSE: [...afterValue, 'NUMERIC', 'BOOLEAN', 'VARIABLE', 'STRING', 'PATTERN', 'TIME', 'CLAUSE'],
  NUMERIC: afterValue,
  BOOLEAN: afterValue,
  STRING: afterValue,
  VARIABLE: afterValue,
  ACCESSOR: [...afterValue, 'CLAUSE'],
  // A date or a pattern may not stand before `?`: an omission of govaluate that `when` inherits.
  TIME: afterValue.filter((kind) => kind !== 'TERNARY'),
  PATTERN: afterValue.filter((kind) => kind !== 'TERNARY'),
  // A modifier may not be followed by a date either.
  MODIFIER: [...operand.filter((kind) => kind !== 'TIME'), 'CLAUSE_CLOSE'],
  COMPARATOR: [...operand, 'CLAUSE_CLOSE', 'PATTERN'],
  LOGICALOP: [...operand, 'CLAUSE_CLOSE'],
  // Neither a string nor a date nor another prefix: `!'a'`, `!!true`.
  PREFIX: ['NUMERIC', 'BOOLEAN', 'VARIABLE', 'ACCESSOR', 'CLAUSE', 'CLAUSE_CLOSE'],
  TERNARY: [...operand, 'SEPARATOR'],
  SEPARATOR: operand,
};

const mayEnd: ReadonlySet<TokenKind> = new Set([
  ...(['CLAUSE_CLOSE', 'NUMERIC', 'BOOLEAN', 'STRING', 'TIME', 'PATTERN', 'VARIABLE', 'ACCESSOR'] as const),
]);

export function canFollow(before: TokenKind, after: TokenKind): boolean {
  return next[before].includes(after);
}

function described(token: WhenToken | undefined): string {
  if (!token) return 'UNKNOWN [<nil>]';
  // govaluate prints a bracket as the number of its character.
  if (token.kind === 'CLAUSE') return 'CLAUSE [40]';
  if (token.kind === 'CLAUSE_CLOSE') return 'CLAUSE_CLOSE [41]';
  return `${token.kind} [${token.value}]`;
}

/** Throws where brackets do not balance. Only their count is compared: `)(` passes here. */
export function checkBalance(tokens: readonly WhenToken[]): void {
  let open = 0;
  let position = 0;
  for (const token of tokens) {
    if (token.kind === 'CLAUSE') open++;
    else if (token.kind === 'CLAUSE_CLOSE') open--;
    else continue;
    if (open <= 1) position = token.start;
  }
  if (open !== 0) throw new WhenError('Unbalanced parenthesis', position);
}

/** Throws where one token may not follow another, or the expression may not end where it does. */
export function checkOrder(tokens: readonly WhenToken[]): void {
  let last: WhenToken | undefined;
  for (const token of tokens) {
    if (!canFollow(last?.kind ?? 'UNKNOWN', token.kind)) {
      if (last?.kind === 'VARIABLE' && token.kind === 'CLAUSE') {
        throw new WhenError(`Undefined function ${last.value}`, last.start);
      }
      const message = `Cannot transition token types from ${described(last)} to ${described(token)}`;
      throw new WhenError(message, token.start);
    }
    last = token;
  }
  if (!last || !mayEnd.has(last.kind)) throw new WhenError('Unexpected end of expression', last?.end ?? 0);
}
