/** Parses what an operator stands between: literals, names, brackets, unary operators, pointers. */
import { parseGoFloat, parseGoInt } from '../../go/parse-number.ts';
import type { Node, Pair } from '../ast.ts';
import { ExprFault } from '../fault.ts';
import type { Token } from './lexer.ts';
import { unaryOperators } from './operator-table.ts';
import { parseCall } from './parse-call.ts';
import { parsePostfix } from './parse-postfix.ts';
import { advance, current, describe, expect, isAt, node, type Parser, unexpected } from './parse-state.ts';

export function parsePrimary(parser: Parser): Node {
  const token = current(parser);
  const unary = token.kind === 'operator' ? unaryOperators.get(token.value) : undefined;
  if (unary) {
    advance(parser);
    const operand = parser.parseExpression(parser, unary.precedence);
    const made = node(parser, { kind: 'unary', operator: token.value, operand, at: token.at }, [operand]);
    return parsePostfix(parser, made);
  }
  if (isAt(parser, 'bracket', '(')) {
    advance(parser);
    const inner = parser.parseSequence(parser);
    expect(parser, 'bracket', ')');
    return parsePostfix(parser, inner);
  }
  if (parser.predicateDepth > 0 && (isAt(parser, 'operator', '#') || isAt(parser, 'operator', '.'))) {
    return parsePostfix(parser, parsePointer(parser));
  }
  if (isAt(parser, 'operator', '::')) {
    advance(parser);
    const name = expect(parser, 'identifier');
    return parsePostfix(parser, parseCall(parser, name, [], { checkOverrides: false }));
  }
  return parseOperand(parser);
}

/** `#`, `#acc`, `#index`; a leading `.` is `#.` */
function parsePointer(parser: Parser): Node {
  const { at, value } = current(parser);
  let name = '';
  if (value === '#') {
    advance(parser);
    if (isAt(parser, 'identifier')) {
      name = current(parser).value;
      advance(parser);
    }
  }
  return node(parser, { kind: 'pointer', name, at });
}

function parseOperand(parser: Parser): Node {
  const token = current(parser);
  const { at, value } = token;
  switch (token.kind) {
    case 'identifier':
      return parseName(parser, token);
    case 'number':
      advance(parser);
      return parseNumber(parser, token);
    case 'string':
      advance(parser);
      return parsePostfix(parser, node(parser, { kind: 'string', value, at }));
    case 'bytes':
      advance(parser);
      return parsePostfix(
        parser,
        node(parser, { kind: 'bytes', value: token.bytes ?? new Uint8Array(), at }),
      );
    default:
      break;
  }
  if (isAt(parser, 'bracket', '[')) return parsePostfix(parser, parseArray(parser));
  if (isAt(parser, 'bracket', '{')) return parsePostfix(parser, parseMap(parser));
  throw unexpected(token);
}

/** A constant takes no postfix: `nil.a` is an error. */
function parseName(parser: Parser, token: Token): Node {
  const { at, value } = token;
  advance(parser);
  if (value === 'true' || value === 'false')
    return node(parser, { kind: 'bool', value: value === 'true', at });
  if (value === 'nil') return node(parser, { kind: 'nil', at });
  const made = isAt(parser, 'bracket', '(')
    ? parseCall(parser, token, [], { checkOverrides: true })
    : node(parser, { kind: 'identifier', name: value, at });
  return parsePostfix(parser, made);
}

function parseNumber(parser: Parser, token: Token): Node {
  const text = token.value.replaceAll('_', '');
  const { at } = token;
  const hex = /^0x/i.test(text);
  if (!hex && /[.eE]/.test(text)) {
    const value = parseGoFloat(text);
    if (value === undefined) throw new ExprFault('invalid float literal', at);
    return node(parser, { kind: 'float', value, at });
  }
  const value = parseGoInt(text, hex || /^0[bo]/i.test(text) ? 0 : 10);
  if (value === undefined) throw new ExprFault('invalid integer literal', at);
  return node(parser, { kind: 'int', value, at });
}

function parseArray(parser: Parser): Node {
  const { at } = expect(parser, 'bracket', '[');
  const nodes: Node[] = [];
  while (!isAt(parser, 'bracket', ']')) {
    if (nodes.length > 0) {
      expect(parser, 'operator', ',');
      if (isAt(parser, 'bracket', ']')) break;
    }
    nodes.push(parser.parseExpression(parser, 0));
  }
  expect(parser, 'bracket', ']');
  return node(parser, { kind: 'array', nodes, at }, nodes);
}

function parseMap(parser: Parser): Node {
  const { at } = expect(parser, 'bracket', '{');
  const pairs: Pair[] = [];
  while (!isAt(parser, 'bracket', '}')) {
    if (pairs.length > 0) {
      expect(parser, 'operator', ',');
      if (isAt(parser, 'bracket', '}')) break;
    }
    const key = parseKey(parser);
    expect(parser, 'operator', ':');
    pairs.push({ key, value: parser.parseExpression(parser, 0) });
  }
  expect(parser, 'bracket', '}');
  return node(
    parser,
    { kind: 'map', pairs, at },
    pairs.flatMap(({ key, value }) => [key, value]),
  );
}

/** A number, string or name is a string; anything else stands in parentheses. */
function parseKey(parser: Parser): Node {
  const token = current(parser);
  if (token.kind === 'number' || token.kind === 'string' || token.kind === 'identifier') {
    advance(parser);
    return node(parser, { kind: 'string', value: token.value, at: token.at });
  }
  if (isAt(parser, 'bracket', '(')) return parser.parseExpression(parser, 0);
  throw new ExprFault(
    'a map key must be a quoted string, a number, a identifier, or an expression enclosed in parentheses ' +
      `(unexpected token ${describe(token)})`,
    token.at,
  );
}
