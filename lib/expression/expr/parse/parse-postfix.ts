/** Parses what follows an operand: `.name`, `?.name`, `.method(…)`, `[index]`, `[from:to]`. */
import type { Node } from '../ast.ts';
import { ExprFault } from '../fault.ts';
import { parseArguments } from './parse-call.ts';
import { advance, current, expect, isAt, node, type Parser } from './parse-state.ts';

const NAME = /^[\p{L}_$][\p{L}\p{Nd}_$]*$/u;

export function parsePostfix(parser: Parser, start: Node): Node {
  let tree = start;
  for (;;) {
    const { kind, value } = current(parser);
    if (kind === 'operator' && value === '.') {
      advance(parser);
      tree = parseMember(parser, tree, false);
    } else if (kind === 'operator' && value === '?.') {
      advance(parser);
      tree = isAt(parser, 'bracket', '[') ? parseIndex(parser, tree, true) : parseMember(parser, tree, true);
    } else if (kind === 'bracket' && value === '[') {
      tree = parseIndex(parser, tree, false);
    } else {
      return tree;
    }
  }
}

function parseMember(parser: Parser, start: Node, optional: boolean): Node {
  const name = current(parser);
  advance(parser);
  // Words such as `not` and `matches` are operators, and names of properties too.
  if (name.kind !== 'identifier' && (name.kind !== 'operator' || !NAME.test(name.value))) {
    throw new ExprFault('expected name', name.at);
  }
  const { at } = name;
  const property = node(parser, { kind: 'string', value: name.value, at });
  const chained = start.kind === 'chain';
  const base = chained ? start.node : start;
  const method = isAt(parser, 'bracket', '(');
  let tree = node(parser, { kind: 'member', node: base, property, optional, method, at }, [base, property]);
  if (method) {
    const args = parseArguments(parser, []);
    tree = node(parser, { kind: 'call', callee: tree, args, at }, [tree, ...args]);
  }
  return chained || optional ? node(parser, { kind: 'chain', node: tree, at }, [tree]) : tree;
}

function parseIndex(parser: Parser, base: Node, optional: boolean): Node {
  const { at } = expect(parser, 'bracket', '[');
  const from = isAt(parser, 'operator', ':') ? undefined : parser.parseExpression(parser, 0);
  if (isAt(parser, 'operator', ':')) {
    advance(parser);
    const to = isAt(parser, 'bracket', ']') ? undefined : parser.parseExpression(parser, 0);
    expect(parser, 'bracket', ']');
    const ends = [...(from ? [from] : []), ...(to ? [to] : [])];
    return node(parser, { kind: 'slice', node: base, at, ...(from && { from }), ...(to && { to }) }, [
      base,
      ...ends,
    ]);
  }
  expect(parser, 'bracket', ']');
  if (!from) throw new ExprFault('expected an index', at);
  const property = from;
  const member = node(parser, { kind: 'member', node: base, property, optional, method: false, at }, [
    base,
    property,
  ]);
  return optional ? node(parser, { kind: 'chain', node: member, at }, [member]) : member;
}
