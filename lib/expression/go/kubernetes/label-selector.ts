/** Kubernetes label selectors, which resource templates use for their success and failure conditions. */
import { GoError } from '../../go-error.ts';
import { parseGoInt } from '../parse-number.ts';
import { goQuote } from '../quote.ts';
import { compareGoStrings, goLength } from '../utf8.ts';

export type SelectorOperator = '=' | '==' | '!=' | 'in' | 'notin' | 'gt' | 'lt' | 'exists' | '!';

export interface Requirement {
  readonly key: string;
  readonly operator: SelectorOperator;
  /** Sorted and without repetition. */
  readonly values: readonly string[];
}

interface Token {
  readonly kind:
    | 'identifier'
    | 'end'
    | 'error'
    | ')'
    | '('
    | ','
    | '!'
    | '=='
    | '='
    | '>'
    | '<'
    | '!='
    | 'in'
    | 'notin';
  readonly text: string;
}

interface Cursor {
  readonly tokens: readonly Token[];
  at: number;
}

/** The requirements of a selector, sorted by key. Throws GoError with the message of `labels.Parse`. */
export function parseSelector(selector: string): Requirement[] {
  const cursor: Cursor = { tokens: tokenize(selector), at: 0 };
  const requirements: Requirement[] = [];
  for (;;) {
    const token = peek(cursor);
    if (token.kind === 'end') break;
    if (!startsRequirement(token)) {
      throw new GoError(`found '${token.text}', expected: !, identifier, or 'end of string'`);
    }
    requirements.push(parseRequirement(cursor));
    const after = take(cursor);
    if (after.kind === 'end') break;
    if (after.kind !== ',') throw new GoError(`found '${after.text}', expected: ',' or 'end of string'`);
    const next = peek(cursor);
    if (!startsRequirement(next)) throw new GoError(`found '${next.text}', expected: identifier after ','`);
  }
  return requirements.sort((a, b) => compareGoStrings(a.key, b.key));
}

/** Whether a requirement holds; `lookup` gives the text at a key, or undefined if there is none. */
export function requirementMatches(
  { key, operator, values }: Requirement,
  lookup: (key: string) => string | undefined,
): boolean {
  const text = lookup(key);
  switch (operator) {
    case 'exists':
      return text !== undefined;
    case '!':
      return text === undefined;
    case 'in':
    case '=':
    case '==':
      return text !== undefined && values.includes(text);
    case 'notin':
    case '!=':
      return text === undefined || !values.includes(text);
    case 'gt':
    case 'lt': {
      const left = text === undefined ? undefined : parseGoInt(text);
      const right = parseGoInt(values[0] ?? '');
      if (left === undefined || right === undefined) return false;
      return operator === 'gt' ? left > right : left < right;
    }
  }
}

const operators = new Map<Token['kind'], SelectorOperator>([
  ['=', '='],
  ['==', '=='],
  ['!=', '!='],
  ['in', 'in'],
  ['notin', 'notin'],
  ['>', 'gt'],
  ['<', 'lt'],
]);

function parseRequirement(cursor: Cursor): Requirement {
  try {
    const isNegated = peek(cursor).kind === '!';
    if (isNegated) take(cursor);
    const { kind, text: key } = take(cursor);
    if (kind !== 'identifier') throw new GoError(`found '${key}', expected: identifier`);
    checkKey(key);
    const next = peek(cursor);
    const isAlone = next.kind === 'end' || next.kind === ',';
    if (isNegated || isAlone) return { key, operator: isNegated ? '!' : 'exists', values: [] };
    return restriction(key, cursor);
  } catch (error) {
    if (error instanceof GoError) throw new GoError(`unable to parse requirement: ${error.message}`);
    throw error;
  }
}

function restriction(key: string, cursor: Cursor): Requirement {
  const token = cursor.tokens[cursor.at] ?? endToken;
  cursor.at += 1;
  const operator = operators.get(token.kind);
  if (operator === undefined) {
    throw new GoError(`found '${token.text}', expected: in, notin, =, ==, !=, gt, lt`);
  }
  const found = operator === 'in' || operator === 'notin' ? parseValues(cursor) : [parseExactValue(cursor)];
  const values = [...new Set(found)].sort(compareGoStrings);
  for (const value of values) {
    if ((operator === 'gt' || operator === 'lt') && parseGoInt(value) === undefined) {
      throw new GoError(`${goQuote(value)}: for 'Gt', 'Lt' operators, the value must be an integer`);
    }
    if (goLength(value) > 63 || !/^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/.test(value)) {
      throw new GoError(
        `${goQuote(value)}: a valid label must be an empty string or consist of alphanumeric characters`,
      );
    }
  }
  return { key, operator, values };
}

function parseExactValue(cursor: Cursor): string {
  const next = peek(cursor);
  if (next.kind === 'end' || next.kind === ',') return '';
  const token = take(cursor);
  if (token.kind === 'identifier') return token.text;
  throw new GoError(`found '${token.text}', expected: identifier`);
}

function parseValues(cursor: Cursor): string[] {
  const open = take(cursor);
  if (open.kind !== '(') throw new GoError(`found '${open.text}' expected: '('`);
  const first = peek(cursor);
  if (first.kind === ')') {
    take(cursor);
    return [''];
  }
  if (first.kind !== 'identifier' && first.kind !== ',') {
    throw new GoError(`found '${first.text}', expected: ',', ')' or identifier`);
  }
  const values = parseIdentifiers(cursor);
  take(cursor);
  return values;
}

/** Values up to the closing bracket; an empty place between commas is the empty string. */
function parseIdentifiers(cursor: Cursor): string[] {
  const values: string[] = [];
  for (;;) {
    const token = take(cursor);
    const next = peek(cursor);
    if (token.kind === 'identifier') {
      values.push(token.text);
      if (next.kind === ')') return values;
      if (next.kind !== ',') throw new GoError(`found '${next.text}', expected: ',' or ')'`);
    } else if (token.kind === ',') {
      if (values.length === 0 || next.kind === ')' || next.kind === ',') values.push('');
      if (next.kind === ')') return values;
    } else {
      throw new GoError(`found '${token.text}', expected: ',', or identifier`);
    }
  }
}

function checkKey(key: string): void {
  const parts = key.split('/');
  const name = parts.at(-1) ?? '';
  const prefix = parts.length === 2 ? parts[0] : undefined;
  const subdomain = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
  const isPrefix = prefix === undefined || (prefix.length <= 253 && subdomain.test(prefix));
  const isName = name.length <= 63 && /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(name);
  if (parts.length > 2 || !isPrefix || !isName) throw new GoError(`${goQuote(key)} is not a valid label key`);
}

const endToken: Token = { kind: 'end', text: '' };

/** Words such as `in` are identifiers wherever no operator is expected. */
function peek(cursor: Cursor): Token {
  const token = cursor.tokens[cursor.at] ?? endToken;
  return token.kind === 'in' || token.kind === 'notin' ? { ...token, kind: 'identifier' } : token;
}

function take(cursor: Cursor): Token {
  const token = peek(cursor);
  cursor.at += 1;
  return token;
}

function startsRequirement({ kind }: Token): boolean {
  return kind === 'identifier' || kind === '!';
}

const symbols = new Set<string>([')', ',', '!', '==', '=', '>', '<', '!=', '(']);

function tokenize(selector: string): Token[] {
  // A NUL byte ends the input, as Go's lexer cannot tell it from the end.
  const text = selector.split('\0', 1)[0] ?? '';
  const tokens: Token[] = [];
  for (const [piece] of text.matchAll(/[^\s=!(),<>]+|[=!(),<>]+|[^\S \t\r\n]+/g)) {
    if (/^[=!(),<>]/.test(piece)) tokens.push(...symbolTokens(piece));
    else tokens.push({ kind: piece === 'in' || piece === 'notin' ? piece : 'identifier', text: piece });
  }
  tokens.push(endToken);
  return tokens;
}

/** Cuts a run of symbols: each token is the longest of the symbols that continues a symbol. */
function symbolTokens(run: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < run.length; ) {
    const two = run.slice(at, at + 2);
    const text = symbols.has(two) ? two : (run[at] ?? '');
    tokens.push({ kind: text as Token['kind'], text });
    at += text.length;
  }
  return tokens;
}
