/** Parses `depends`: the part of expr-lang that is left once every word is the name of a task. */
import { type DependsAst, type DependsPair, isTaskResult } from './ast.ts';
import { DependsError, type DependsToken, lexDepends } from './lex.ts';

export type DependsParse =
  | { readonly ok: true; readonly ast: DependsAst }
  | { readonly ok: false; readonly error: string; readonly position: number };

/** Words that expr-lang keeps for itself: a task of that name cannot be asked about. */
const reserved: ReadonlySet<string> = new Set([
  ...['and', 'or', 'not', 'in', 'matches', 'contains', 'startsWith', 'endsWith'],
  ...['let', 'if', 'else', 'true', 'false', 'nil'],
]);
const pairs: ReadonlyMap<string, { readonly kind: DependsPair['kind']; readonly precedence: number }> =
  new Map([
    ['||', { kind: 'or', precedence: 10 }],
    ['&&', { kind: 'and', precedence: 15 }],
    ['==', { kind: 'equal', precedence: 20 }],
    ['!=', { kind: 'unequal', precedence: 20 }],
    ['??', { kind: 'else', precedence: 500 }],
  ]);
/** `!a == b` is `(!a) == b`, but `!a ?? b` is `!(a ?? b)`. */
const notPrecedence = 50;
/** Clear of the end of the stack. */
const maxDepth = 200;
/** expr-lang refuses what has more nodes (conf.DefaultMaxNodes). */
const maxNodes = 10_000;
const longest = 1 << 20;

interface Stream {
  readonly tokens: readonly DependsToken[];
  at: number;
  depth: number;
}

function current(stream: Stream): DependsToken {
  return stream.tokens[stream.at]!;
}

function isOperator(stream: Stream, symbol: string): boolean {
  const token = current(stream);
  return token.kind === 'operator' && token.text === symbol;
}

function take(stream: Stream): DependsToken {
  const token = current(stream);
  if (token.kind !== 'end') stream.at++;
  return token;
}

function unexpected(token: DependsToken): DependsError {
  const message = token.kind === 'end' ? 'unexpected end of expression' : `unexpected ${token.text}`;
  return new DependsError(message, token.start);
}

function expect(stream: Stream, symbol: string): DependsToken {
  if (!isOperator(stream, symbol)) throw unexpected(current(stream));
  return take(stream);
}

function parseRef(token: DependsToken): DependsAst {
  const [task = '', result] = token.text.split('.');
  if (reserved.has(task)) throw unexpected(token);
  if (/^\d/.test(task))
    throw new DependsError(`a name that begins with a digit cannot stand here: ${task}`, token.start);
  if (result !== undefined && !isTaskResult(result)) {
    throw new DependsError(
      `task result '${result}' for task '${task}' is invalid`,
      token.start + task.length + 1,
    );
  }
  return { kind: 'ref', task, result, start: token.start, end: token.end };
}

function unquoted(text: string): string {
  const inner = text.slice(1, -1);
  return text.startsWith('`') ? inner : inner.replace(/\\(.)/g, '$1');
}

function parsePrimary(stream: Stream): DependsAst {
  const token = take(stream);
  if (token.kind === 'ref') return parseRef(token);
  if (token.kind === 'text')
    return { kind: 'text', value: unquoted(token.text), start: token.start, end: token.end };
  if (token.text === '!') {
    const operand = deeper(stream, token, () => parseBinary(stream, notPrecedence));
    return { kind: 'not', operand, start: token.start, end: operand.end };
  }
  if (token.text !== '(') throw unexpected(token);
  const inner = deeper(stream, token, () => parseSequence(stream));
  const close = expect(stream, ')');
  return { ...inner, start: token.start, end: close.end };
}

function deeper<T>(stream: Stream, token: DependsToken, run: () => T): T {
  if (++stream.depth > maxDepth) throw new DependsError('nested too deeply', token.start);
  const value = run();
  stream.depth--;
  return value;
}

function parseBinary(stream: Stream, precedence: number): DependsAst {
  let left = parsePrimary(stream);
  let before = '';
  for (;;) {
    const token = current(stream);
    const pair = token.kind === 'operator' ? pairs.get(token.text) : undefined;
    if (!pair || pair.precedence < precedence) return left;
    if (before === '??' && token.text !== '??') {
      throw new DependsError(
        `Operator (${token.text}) and coalesce expressions (??) cannot be mixed`,
        token.start,
      );
    }
    take(stream);
    const right = parseBinary(stream, pair.precedence + 1);
    left = { kind: pair.kind, left, right, start: left.start, end: right.end };
    before = token.text;
  }
}

function parseChoice(stream: Stream): DependsAst {
  let node = parseBinary(stream, 0);
  while (isOperator(stream, '?')) {
    const token = take(stream);
    const then = isOperator(stream, ':') ? node : deeper(stream, token, () => parseChoice(stream));
    expect(stream, ':');
    const otherwise = deeper(stream, token, () => parseChoice(stream));
    node = { kind: 'choice', condition: node, then, otherwise, start: node.start, end: otherwise.end };
  }
  return node;
}

/** `a; b` has the value of `b`. */
function parseSequence(stream: Stream): DependsAst {
  let node = parseChoice(stream);
  while (isOperator(stream, ';')) {
    typeOf(node);
    take(stream);
    if (current(stream).kind === 'end') break;
    node = parseChoice(stream);
  }
  return node;
}

type Type = 'answer' | 'text' | 'either';

/**
 * The type of a node; throws where operands do not go together, as expr-lang does before it evaluates
 * anything.
 */
function typeOf(node: DependsAst): Type {
  switch (node.kind) {
    case 'ref':
      return 'answer';
    case 'text':
      return 'text';
    case 'not':
      return checkAnswer(node.operand);
    case 'choice': {
      checkAnswer(node.condition);
      const then = typeOf(node.then);
      return then === typeOf(node.otherwise) ? then : 'either';
    }
    default:
      return typeOfPair(node);
  }
}

function typeOfPair(node: DependsPair): Type {
  // Long chains hang to the left; they are followed in a loop to spare the stack.
  const spine: DependsPair[] = [];
  let first: DependsAst = node;
  while (first.kind !== 'ref' && first.kind !== 'text' && first.kind !== 'not' && first.kind !== 'choice') {
    spine.push(first);
    first = first.left;
  }
  return spine.reduceRight<Type>((left, pair) => pairType(pair, left, typeOf(pair.right)), typeOf(first));
}

function pairType(pair: DependsPair, left: Type, right: Type): Type {
  const isMixed = left !== right && left !== 'either' && right !== 'either';
  if (pair.kind === 'else') return left === right ? left : 'either';
  const isLogic = pair.kind === 'and' || pair.kind === 'or';
  if (isMixed || (isLogic && left === 'text')) {
    throw new DependsError('the operands are of different kinds', pair.right.start);
  }
  return 'answer';
}

function checkAnswer(node: DependsAst): Type {
  if (typeOf(node) === 'text')
    throw new DependsError('a text in quotes is neither true nor false', node.start);
  return 'answer';
}

/** The tree of a `depends`, as written or as rewritten by `rewriteDepends`. */
export function parseDepends(text: string): DependsParse {
  if (text.length > longest) return { ok: false, error: 'the expression is too long', position: longest };
  try {
    const tokens = lexDepends(text);
    if (tokens.length > maxNodes)
      throw new DependsError('the expression is too long', tokens[maxNodes]!.start);
    const stream: Stream = { tokens, at: 0, depth: 0 };
    const ast = parseSequence(stream);
    if (current(stream).kind !== 'end') throw unexpected(current(stream));
    checkAnswer(ast);
    return { ok: true, ast };
  } catch (error) {
    if (!(error instanceof DependsError)) throw error;
    return { ok: false, error: error.message, position: error.position };
  }
}
