/**
 * Parses calls: built-in functions with predicates, other built-in functions, functions of the
 * environment.
 */
import type { Node } from '../ast.ts';
import { builtinNames } from '../builtin-names.ts';
import { ExprFault } from '../fault.ts';
import type { Token } from './lexer.ts';
import { advance, current, expect, isAt, node, type Parser } from './parse-state.ts';

type Parameter = 'value' | 'predicate' | 'optional value' | 'optional predicate';

const predicateFunctions: ReadonlyMap<string, readonly Parameter[]> = new Map<string, readonly Parameter[]>([
  ...[
    'all',
    'none',
    'any',
    'one',
    'filter',
    'map',
    'find',
    'findIndex',
    'findLast',
    'findLastIndex',
    'groupBy',
  ].map((name): [string, readonly Parameter[]] => [name, ['value', 'predicate']]),
  ['count', ['value', 'optional predicate']],
  ['sum', ['value', 'optional predicate']],
  ['sortBy', ['value', 'predicate', 'optional value']],
  ['reduce', ['value', 'predicate', 'optional value']],
]);

/** `left | name(…)`: left is the first argument. */
export function parsePipedCall(parser: Parser, left: Node): Node {
  const name = expect(parser, 'identifier');
  return parseCall(parser, name, [left], { checkOverrides: true });
}

export function parseCall(
  parser: Parser,
  name: Token,
  given: readonly Node[],
  { checkOverrides }: { readonly checkOverrides: boolean },
): Node {
  const { at } = name;
  const hidden = checkOverrides && parser.isOverridden(name.value);
  const parameters = hidden ? undefined : predicateFunctions.get(name.value);
  if (parameters) {
    const args = parsePredicateArguments(parser, parameters, given);
    return node(parser, { kind: 'builtin', name: name.value, args, at }, args);
  }
  if (!hidden && builtinNames.has(name.value)) {
    const args = parseArguments(parser, given);
    return node(parser, { kind: 'builtin', name: name.value, args, at }, args);
  }
  const callee = node(parser, { kind: 'identifier', name: name.value, at });
  const args = parseArguments(parser, given);
  return node(parser, { kind: 'call', callee, args, at }, [callee, ...args]);
}

function parsePredicateArguments(
  parser: Parser,
  parameters: readonly Parameter[],
  given: readonly Node[],
): readonly Node[] {
  expect(parser, 'bracket', '(');
  const args = [...given];
  const wanted = parameters.slice(given.length);
  for (const [index, parameter] of wanted.entries()) {
    if (isAt(parser, 'bracket', ')')) {
      if (parameter.startsWith('optional')) break;
      throw new ExprFault(`expected at least ${wanted.length} arguments`, current(parser).at);
    }
    if (index > 0) expect(parser, 'operator', ',');
    args.push(parameter.endsWith('predicate') ? parsePredicate(parser) : parser.parseExpression(parser, 0));
  }
  if (isAt(parser, 'operator', ',')) advance(parser);
  expect(parser, 'bracket', ')');
  return args;
}

export function parseArguments(parser: Parser, given: readonly Node[]): readonly Node[] {
  expect(parser, 'bracket', '(');
  const args = [...given];
  while (!isAt(parser, 'bracket', ')')) {
    if (args.length > given.length) expect(parser, 'operator', ',');
    if (isAt(parser, 'bracket', ')')) break;
    args.push(parser.parseExpression(parser, 0));
  }
  expect(parser, 'bracket', ')');
  return args;
}

function parsePredicate(parser: Parser): Node {
  const { at } = current(parser);
  const braced = isAt(parser, 'bracket', '{');
  if (braced) advance(parser);
  parser.predicateDepth += 1;
  const body = braced ? parser.parseSequence(parser) : parser.parseExpression(parser, 0);
  if (!braced && isAt(parser, 'operator', ';')) {
    throw new ExprFault('wrap predicate with brackets { and }', current(parser).at);
  }
  parser.predicateDepth -= 1;
  if (braced) expect(parser, 'bracket', '}');
  return node(parser, { kind: 'predicate', node: body, at }, [body]);
}
