/** Tokens to a tree of stages, as govaluate plans and reorders them (stagePlanner.go). */
import { WhenError, type WhenToken } from './token.ts';

/**
 * What a stage does: an operator by its spelling, or one of the named forms. `negate` and `complement` are
 * prefixes.
 */
export interface WhenStage {
  symbol: string;
  left: WhenStage | undefined;
  right: WhenStage | undefined;
  /** The value of a literal, the name of a variable or accessor. */
  token: WhenToken;
}

/** Deeper brackets than anybody writes; keeps clear of the end of the stack. */
const maxDepth = 100;

/** Binary operators from the loosest to the tightest. */
const levels: readonly ReadonlySet<string>[] = [
  new Set([',']),
  new Set(['?', ':', '??']),
  new Set(['||']),
  new Set(['&&']),
  new Set(['==', '!=', '>', '>=', '<', '<=', '=~', '!~', 'in']),
  new Set(['^', '&', '|']),
  new Set(['>>', '<<']),
  new Set(['+', '-']),
  new Set(['*', '/', '%']),
  new Set(['**']),
];
const levelOfKind: Readonly<Record<string, readonly number[]>> = {
  SEPARATOR: [0],
  TERNARY: [1],
  LOGICALOP: [2, 3],
  COMPARATOR: [4],
  MODIFIER: [5, 6, 7, 8, 9],
};

/**
 * govaluate's operatorPrecedence: stages next to each other with the same number are evaluated from the
 * left.
 */
const precedence: Readonly<Record<string, number>> = Object.fromEntries([
  ...levels.flatMap((symbols, index) => [...symbols].map((symbol) => [symbol, index + 10] as const)),
  ...['prefix-', 'prefix!', 'prefix~'].map((symbol) => [symbol, 3] as const),
  ['access', 2],
  ['brackets', 0],
]);

function precedenceOf(stage: WhenStage): number {
  return precedence[stage.symbol] ?? 1;
}

interface Stream {
  readonly tokens: readonly WhenToken[];
  at: number;
  depth: number;
}

function next(stream: Stream): WhenToken {
  const token = stream.tokens[stream.at];
  if (!token) throw new WhenError('Unexpected end of expression', stream.tokens[stream.at - 1]?.end ?? 0);
  stream.at++;
  return token;
}

function isOperatorOf(token: WhenToken, level: number): boolean {
  const kinds = levelOfKind[token.kind];
  return kinds?.includes(level) === true && levels[level]?.has(String(token.value)) === true;
}

/**
 * One level of operators. govaluate recurses to the right and reorders later; the chain here is built the
 * same way.
 */
function planLevel(stream: Stream, level: number): WhenStage | undefined {
  if (level === levels.length) return planAccessor(stream);
  const chain: { left: WhenStage | undefined; token: WhenToken }[] = [];
  for (;;) {
    const stage = planLevel(stream, level + 1);
    const token = stream.tokens[stream.at];
    if (token && isOperatorOf(token, level)) {
      stream.at++;
      chain.push({ left: stage, token });
      continue;
    }
    // At the end of the tokens govaluate steps back one token all the same; the levels above meet that token
    // again.
    if (!token) stream.at--;
    return chain.reduceRight<WhenStage | undefined>(
      (right, { left, token }) => ({ symbol: String(token.value), left, right, token }),
      stage,
    );
  }
}

function planTokens(stream: Stream): WhenStage | undefined {
  return stream.at < stream.tokens.length ? planLevel(stream, 0) : undefined;
}

function planAccessor(stream: Stream): WhenStage | undefined {
  const token = next(stream);
  if (token.kind !== 'ACCESSOR') {
    stream.at--;
    return planValue(stream);
  }
  const isCall = stream.tokens[stream.at]?.kind === 'CLAUSE';
  return { symbol: 'access', left: undefined, right: isCall ? planTokens(stream) : undefined, token };
}

function planClause(stream: Stream, token: WhenToken): WhenStage {
  if (++stream.depth > maxDepth) throw new WhenError('Brackets are nested too deeply', token.start);
  const inner = planTokens(stream);
  // Whatever stands here is taken for the closing bracket: `((a) b)` passes the checks before.
  next(stream);
  stream.depth--;
  return { symbol: 'brackets', left: undefined, right: inner, token };
}

function planValue(stream: Stream): WhenStage | undefined {
  const token = next(stream);
  switch (token.kind) {
    case 'CLAUSE':
      return planClause(stream, token);
    case 'CLAUSE_CLOSE':
      stream.at--;
      return undefined;
    case 'VARIABLE':
      return { symbol: 'variable', left: undefined, right: undefined, token };
    case 'NUMERIC':
    case 'STRING':
    case 'PATTERN':
    case 'BOOLEAN':
    case 'TIME':
      return { symbol: 'literal', left: undefined, right: undefined, token };
    case 'PREFIX':
      return { symbol: `prefix${token.value}`, left: undefined, right: planAccessor(stream), token };
    default:
      throw new WhenError(`Unable to plan token kind: '${token.kind}', value: '${token.value}'`, token.start);
  }
}

/** Turns a chain of stages that hang to the right of each other into one that is evaluated from the left. */
function mirror(stages: readonly WhenStage[]): void {
  const operands = [...stages.map((stage) => stage.left), stages[stages.length - 1]!.right];
  const operators = stages.map(({ symbol, token }) => ({ symbol, token }));
  const last = stages.length - 1;
  stages.forEach((stage, index) => {
    Object.assign(stage, operators[last - index]);
    stage.left = index === last ? operands[0] : stages[index + 1];
    stage.right = operands[last - index + 1];
  });
}

function reorder(root: WhenStage): void {
  let same: WhenStage[] = [];
  for (let stage: WhenStage | undefined = root; stage; ) {
    const following: WhenStage | undefined = stage.right;
    if (stage.left) reorder(stage.left);
    if (same.length > 0 && precedenceOf(same[0]!) !== precedenceOf(stage)) {
      if (same.length > 1) mirror(same);
      same = [];
    }
    same.push(stage);
    stage = following;
  }
  if (same.length > 1) mirror(same);
}

/**
 * The tree of stages of a checked list of tokens; tokens after a complete expression are left out, as
 * upstream.
 */
export function planWhen(tokens: readonly WhenToken[]): WhenStage | undefined {
  const root = planTokens({ tokens, at: 0, depth: 0 });
  if (root) reorder(root);
  return root;
}
