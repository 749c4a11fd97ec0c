/** What the parts of the parser share: the tokens, the place in them, and the budgets. */
import { heightAbove, type Node } from '../ast.ts';
import { ExprFault } from '../fault.ts';
import type { Token, TokenKind } from './lexer.ts';

/** expr-lang's own limit on nodes; ours on nesting, so that no input exhausts the stack. */
const MAX_NODES = 10_000;
const MAX_HEIGHT = 500;
const MAX_NESTING = 250;

export interface Parser {
  readonly tokens: readonly Token[];
  /** Names that the environment defines, which hide built-in functions. */
  readonly isOverridden: (name: string) => boolean;
  readonly parseExpression: (parser: Parser, precedence: number) => Node;
  readonly parseSequence: (parser: Parser) => Node;
  index: number;
  predicateDepth: number;
  nesting: number;
  nodes: number;
}

export function current(parser: Parser): Token {
  return parser.tokens[parser.index] ?? { kind: 'end', value: '', at: 0 };
}

export function advance(parser: Parser): void {
  if (parser.index >= parser.tokens.length - 1) throw unexpected(current(parser));
  parser.index += 1;
}

export function isAt(parser: Parser, kind: TokenKind, value?: string): boolean {
  const token = current(parser);
  return token.kind === kind && (value === undefined || token.value === value);
}

/** Passes the token, which must be there. */
export function expect(parser: Parser, kind: TokenKind, value?: string): Token {
  const token = current(parser);
  if (!isAt(parser, kind, value)) throw unexpected(token);
  advance(parser);
  return token;
}

export function unexpected(token: Token): ExprFault {
  return new ExprFault(`unexpected token ${describe(token)}`, token.at);
}

export function describe(token: Token): string {
  if (token.kind === 'end') return 'EOF';
  return `${token.kind[0]?.toUpperCase()}${token.kind.slice(1)}(${JSON.stringify(token.value)})`;
}

type Distribute<T> = T extends Node ? Omit<T, 'height'> : never;

/** Adds the height, and holds the budgets. */
export function node(parser: Parser, made: Distribute<Node>, below: readonly Node[] = []): Node {
  parser.nodes += 1;
  const height = heightAbove(below);
  if (parser.nodes > MAX_NODES) throw new ExprFault('expression exceeds maximum allowed nodes', made.at);
  if (height > MAX_HEIGHT) throw new ExprFault('expression nests too deeply', made.at);
  return { ...made, height } as Node;
}

/** Runs a part of the parser that may contain itself. */
export function nested(parser: Parser, parse: () => Node): Node {
  parser.nesting += 1;
  if (parser.nesting > MAX_NESTING) throw new ExprFault('expression nests too deeply', current(parser).at);
  const made = parse();
  parser.nesting -= 1;
  return made;
}
