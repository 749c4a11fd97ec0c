/** Parses an expression by precedence climbing, as expr-lang 1.17's parser does. */
import type { Node } from './ast.ts';
import { ExprFault } from './fault.ts';
import { lexExpression, type Token } from './parse/lexer.ts';
import { binaryOperators, comparisons, negatable, type OperatorInfo } from './parse/operator-table.ts';
import { parsePipedCall } from './parse/parse-call.ts';
import { parsePrimary } from './parse/parse-primary.ts';
import {
  advance,
  current,
  expect,
  isAt,
  nested,
  node,
  type Parser,
  unexpected,
} from './parse/parse-state.ts';

const MAX_LENGTH = 200_000;

/** The tree of the text. Throws ExprFault. */
export function parseTree(text: string, isOverridden: (name: string) => boolean = () => false): Node {
  if (text.length > MAX_LENGTH) throw new ExprFault('expression is too long', 0);
  const parser: Parser = {
    tokens: lexExpression(text),
    isOverridden,
    parseExpression,
    parseSequence,
    index: 0,
    predicateDepth: 0,
    nesting: 0,
    nodes: 0,
  };
  const tree = parseSequence(parser);
  if (!isAt(parser, 'end')) throw unexpected(current(parser));
  return tree;
}

function parseSequence(parser: Parser): Node {
  const first = parseExpression(parser, 0);
  const nodes = [first];
  while (isAt(parser, 'operator', ';')) {
    advance(parser);
    if (isAt(parser, 'end')) break;
    nodes.push(parseExpression(parser, 0));
  }
  return nodes.length === 1 ? first : node(parser, { kind: 'sequence', nodes, at: first.at }, nodes);
}

function parseExpression(parser: Parser, precedence: number): Node {
  return nested(parser, () => {
    if (precedence === 0 && isAt(parser, 'operator', 'let')) return parseLet(parser);
    if (precedence === 0 && isAt(parser, 'operator', 'if')) return parseIf(parser);
    const tree = parseOperators(parser, parsePrimary(parser), precedence);
    return precedence === 0 ? parseTernary(parser, tree) : tree;
  });
}

interface Operation {
  readonly token: Token;
  readonly info: OperatorInfo;
  readonly negated: boolean;
}

/** The operator that comes next and binds tightly enough; `not` belongs to the operator after it. */
function nextOperation(parser: Parser, precedence: number): Operation | undefined {
  const first = current(parser);
  if (first.kind !== 'operator') return undefined;
  const negated = first.value === 'not';
  const token = negated ? parser.tokens[parser.index + 1] : first;
  if (!token || (negated && !negatable.has(token.value))) throw unexpected(token ?? first);
  const info = binaryOperators.get(token.value);
  if (!info || info.precedence < precedence) return undefined;
  return { token, info, negated };
}

function parseOperators(parser: Parser, start: Node, precedence: number): Node {
  let left = start;
  let previous = '';
  for (;;) {
    const operation = nextOperation(parser, precedence);
    if (!operation) return left;
    const { token, info, negated } = operation;
    parser.index += negated ? 1 : 0;
    advance(parser);
    if (token.value === '|') {
      left = parsePipedCall(parser, left);
    } else if (previous === '??' && token.value !== '??') {
      throw new ExprFault(
        `Operator (${token.value}) and coalesce expressions (??) cannot be mixed.`,
        token.at,
      );
    } else if (comparisons.has(token.value)) {
      left = parseComparison(parser, left, token, info.precedence);
    } else {
      const right = parser.parseExpression(parser, info.rightToLeft ? info.precedence : info.precedence + 1);
      left = node(parser, { kind: 'binary', operator: token.value, left, right, at: token.at }, [
        left,
        right,
      ]);
      if (negated)
        left = node(parser, { kind: 'unary', operator: 'not', operand: left, at: token.at }, [left]);
    }
    previous = token.value;
  }
}

/** `a < b < c` is `a < b && b < c`. */
function parseComparison(parser: Parser, start: Node, first: Token, precedence: number): Node {
  let left = start;
  let token = first;
  let root: Node | undefined;
  for (;;) {
    const right = parseExpression(parser, precedence + 1);
    const made = node(parser, { kind: 'binary', operator: token.value, left, right, at: token.at }, [
      left,
      right,
    ]);
    root = root
      ? node(parser, { kind: 'binary', operator: '&&', left: root, right: made, at: token.at }, [root, made])
      : made;
    left = right;
    token = current(parser);
    if (token.kind !== 'operator' || !comparisons.has(token.value)) return root;
    advance(parser);
  }
}

function parseLet(parser: Parser): Node {
  expect(parser, 'operator', 'let');
  const name = expect(parser, 'identifier');
  expect(parser, 'operator', '=');
  const value = parseExpression(parser, 0);
  expect(parser, 'operator', ';');
  const body = parseSequence(parser);
  return node(parser, { kind: 'let', name: name.value, value, body, at: name.at }, [value, body]);
}

function parseIf(parser: Parser): Node {
  const { at } = current(parser);
  advance(parser);
  const condition = parseExpression(parser, 0);
  const whenTrue = parseBlock(parser);
  expect(parser, 'operator', 'else');
  const whenFalse = isAt(parser, 'operator', 'if')
    ? nested(parser, () => parseIf(parser))
    : parseBlock(parser);
  return node(parser, { kind: 'conditional', condition, whenTrue, whenFalse, at }, [
    condition,
    whenTrue,
    whenFalse,
  ]);
}

function parseBlock(parser: Parser): Node {
  expect(parser, 'bracket', '{');
  const body = parseSequence(parser);
  expect(parser, 'bracket', '}');
  return body;
}

function parseTernary(parser: Parser, start: Node): Node {
  let condition = start;
  while (isAt(parser, 'operator', '?')) {
    const { at } = current(parser);
    advance(parser);
    let whenTrue = condition;
    if (isAt(parser, 'operator', ':')) {
      advance(parser);
    } else {
      whenTrue = parseExpression(parser, 0);
      expect(parser, 'operator', ':');
    }
    const whenFalse = parseExpression(parser, 0);
    condition = node(parser, { kind: 'conditional', condition, whenTrue, whenFalse, at }, [
      condition,
      whenTrue,
      whenFalse,
    ]);
  }
  return condition;
}
