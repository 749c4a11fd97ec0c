/** Parses jq filters, with the grammar of gojq, which Argo uses. */
import { GoError } from '../go-error.ts';
import type { BinaryOperator, Definition, Filter, Pattern } from './ast.ts';
import { type Token, tokensOf } from './lex.ts';

interface Reader {
  readonly tokens: readonly Token[];
  at: number;
}

/** Throws GoError. */
export function parseFilter(text: string): Filter {
  const reader = { tokens: tokensOf(text), at: 0 };
  if (reader.tokens.length === 0) return IDENTITY;
  const filter = pipe(reader);
  if (reader.at < reader.tokens.length) throw unexpected(reader);
  return filter;
}

/** A list of definitions, such as jq's own. */
export function parseDefinitions(text: string): readonly Definition[] {
  const reader = { tokens: tokensOf(text), at: 0 };
  const found: Definition[] = [];
  while (reader.at < reader.tokens.length) found.push(definition(reader));
  return found;
}

const IDENTITY: Filter = { kind: 'identity' };

function unexpected(reader: Reader): GoError {
  const token = reader.tokens[reader.at];
  if (token === undefined) return new GoError('unexpected EOF');
  return new GoError(`unexpected token ${JSON.stringify(token.text)}`);
}

function isAt(reader: Reader, text: string, kind: Token['kind'] = 'symbol'): boolean {
  const token = reader.tokens[reader.at];
  return token !== undefined && token.kind === kind && token.text === text;
}

function takes(reader: Reader, text: string, kind: Token['kind'] = 'symbol'): boolean {
  const found = isAt(reader, text, kind);
  if (found) reader.at += 1;
  return found;
}

function expect(reader: Reader, text: string, kind: Token['kind'] = 'symbol'): void {
  if (!takes(reader, text, kind)) throw unexpected(reader);
}

function takeKind<K extends Token['kind']>(reader: Reader, kind: K): Extract<Token, { kind: K }> | undefined {
  const token = reader.tokens[reader.at];
  if (token?.kind !== kind) return undefined;
  reader.at += 1;
  return token as Extract<Token, { kind: K }>;
}

function pipe(reader: Reader): Filter {
  if (isAt(reader, 'def', 'word'))
    return { kind: 'define', definition: definition(reader), body: pipe(reader) };
  if (takes(reader, 'label', 'word')) {
    const name = named(reader);
    expect(reader, '|');
    return { kind: 'label', name, body: pipe(reader) };
  }
  const left = comma(reader);
  return takes(reader, '|') ? { kind: 'pipe', left, right: pipe(reader) } : left;
}

function named(reader: Reader): string {
  const variable = takeKind(reader, 'variable');
  if (variable === undefined) throw unexpected(reader);
  return variable.text;
}

function definition(reader: Reader): Definition {
  expect(reader, 'def', 'word');
  const name = takeKind(reader, 'word')?.text;
  if (name === undefined) throw unexpected(reader);
  const parameters: string[] = [];
  if (takes(reader, '(')) {
    do {
      const word = takeKind(reader, 'word')?.text ?? `$${named(reader)}`;
      parameters.push(word);
    } while (takes(reader, ';'));
    expect(reader, ')');
  }
  expect(reader, ':');
  const body = pipe(reader);
  expect(reader, ';');
  return { name, parameters, body };
}

function comma(reader: Reader): Filter {
  let left = binary(reader, 0);
  while (takes(reader, ',')) left = { kind: 'comma', left, right: binary(reader, 0) };
  return left;
}

type Level = { readonly operators: readonly string[]; readonly side: 'left' | 'right' | 'none' };

/** From the loosest to the tightest. */
const LEVELS: readonly Level[] = [
  { operators: ['//'], side: 'right' },
  { operators: ['=', '|=', '+=', '-=', '*=', '/=', '%=', '//='], side: 'none' },
  { operators: ['or'], side: 'left' },
  { operators: ['and'], side: 'left' },
  { operators: ['==', '!=', '<', '<=', '>', '>='], side: 'none' },
  { operators: ['+', '-'], side: 'left' },
  { operators: ['*', '/', '%'], side: 'left' },
];

function binary(reader: Reader, level: number): Filter {
  const row = LEVELS[level];
  if (row === undefined) return bound(reader);
  let left = binary(reader, level + 1);
  for (;;) {
    const operator = row.operators.find(
      (one) => takes(reader, one) || (/^[a-z]/.test(one) && takes(reader, one, 'word')),
    );
    if (operator === undefined) return left;
    const right = binary(reader, row.side === 'right' ? level : level + 1);
    left = joined(operator, left, right);
    if (row.side === 'none') {
      const again = reader.tokens[reader.at];
      if (again?.kind === 'symbol' && row.operators.includes(again.text)) throw unexpected(reader);
      return left;
    }
  }
}

function joined(operator: string, left: Filter, right: Filter): Filter {
  if (operator === '//') return { kind: 'alternative', left, right };
  if (operator === 'and' || operator === 'or') return { kind: operator, left, right };
  if (LEVELS[1]!.operators.includes(operator))
    return { kind: 'assign', operator, target: left, value: right };
  return { kind: 'binary', operator: operator as BinaryOperator, left, right };
}

/** `TERM as PATTERN | body` reaches as far to the right as it can. */
function bound(reader: Reader): Filter {
  if (takes(reader, '-')) return { kind: 'negate', of: bound(reader) };
  const source = postfix(reader);
  if (!takes(reader, 'as', 'word')) return source;
  const pattern = patternOf(reader);
  expect(reader, '|');
  return { kind: 'bind', source, pattern, body: pipe(reader) };
}

function patternOf(reader: Reader): Pattern {
  const variable = takeKind(reader, 'variable');
  if (variable !== undefined) return { kind: 'name', name: variable.text };
  if (takes(reader, '[')) {
    const items: Pattern[] = [];
    do items.push(patternOf(reader));
    while (takes(reader, ','));
    expect(reader, ']');
    return { kind: 'array', items };
  }
  expect(reader, '{');
  const entries: Extract<Pattern, { kind: 'object' }>['entries'][number][] = [];
  do {
    const bind = takeKind(reader, 'variable')?.text;
    const key: Filter = bind === undefined ? objectKey(reader) : { kind: 'literal', value: bind };
    const value = takes(reader, ':') ? patternOf(reader) : undefined;
    if (bind === undefined && value === undefined) throw unexpected(reader);
    entries.push({ key, ...(bind !== undefined && { bind }), ...(value !== undefined && { value }) });
  } while (takes(reader, ','));
  expect(reader, '}');
  return { kind: 'object', entries };
}

function postfix(reader: Reader): Filter {
  let term = primary(reader);
  for (;;) {
    const field = takeKind(reader, 'field');
    if (field !== undefined) term = { kind: 'index', of: term, key: { kind: 'literal', value: field.text } };
    else if (takes(reader, '?')) term = { kind: 'try', body: term };
    else if (isAt(reader, '[')) term = bracket(reader, term);
    else if (isAt(reader, '.') && isSuffix(reader.tokens[reader.at + 1])) {
      reader.at += 1;
      const key = stringFilter(reader);
      term = key === undefined ? bracket(reader, term) : { kind: 'index', of: term, key };
    } else return term;
  }
}

function isSuffix(token: Token | undefined): boolean {
  return token?.kind === 'string' || (token?.kind === 'symbol' && token.text === '[');
}

function bracket(reader: Reader, of: Filter): Filter {
  expect(reader, '[');
  if (takes(reader, ']')) return { kind: 'iterate', of };
  const from = takes(reader, ':') ? undefined : pipe(reader);
  if (from !== undefined && takes(reader, ']')) return { kind: 'index', of, key: from };
  if (from !== undefined) expect(reader, ':');
  if (from !== undefined && takes(reader, ']')) return { kind: 'slice', of, from };
  const to = pipe(reader);
  expect(reader, ']');
  return { kind: 'slice', of, ...(from !== undefined && { from }), to };
}

function primary(reader: Reader): Filter {
  const text = stringFilter(reader);
  if (text !== undefined) return text;
  const number = takeKind(reader, 'number');
  if (number !== undefined) return { kind: 'literal', value: number.value };
  const field = takeKind(reader, 'field');
  if (field !== undefined)
    return { kind: 'index', of: IDENTITY, key: { kind: 'literal', value: field.text } };
  const variable = takeKind(reader, 'variable');
  if (variable !== undefined) return { kind: 'variable', name: variable.text };
  const format = takeKind(reader, 'format');
  if (format !== undefined) return stringFilter(reader, format.text) ?? { kind: 'format', name: format.text };
  const word = takeKind(reader, 'word');
  if (word !== undefined) return worded(reader, word.text);
  if (takes(reader, '..')) return { kind: 'recurse' };
  if (takes(reader, '.')) {
    const key = stringFilter(reader);
    return key === undefined ? IDENTITY : { kind: 'index', of: IDENTITY, key };
  }
  if (takes(reader, '(')) {
    const inside = pipe(reader);
    expect(reader, ')');
    return inside;
  }
  if (takes(reader, '[')) {
    if (takes(reader, ']')) return { kind: 'array' };
    const items = pipe(reader);
    expect(reader, ']');
    return { kind: 'array', items };
  }
  if (takes(reader, '{')) return object(reader);
  throw unexpected(reader);
}

function stringFilter(reader: Reader, format?: string): Filter | undefined {
  const token = takeKind(reader, 'string');
  if (token === undefined) return undefined;
  const parts = token.parts.map((part) => (typeof part === 'string' ? part : nested(part)));
  const [only] = parts;
  if (parts.length === 1 && typeof only === 'string') return { kind: 'literal', value: only };
  return { kind: 'string', format, parts };
}

function nested(tokens: readonly Token[]): Filter {
  const reader = { tokens, at: 0 };
  const filter = pipe(reader);
  if (reader.at < tokens.length) throw unexpected(reader);
  return filter;
}

function object(reader: Reader): Filter {
  const entries: (readonly [Filter, Filter])[] = [];
  while (!takes(reader, '}')) {
    const variable = takeKind(reader, 'variable')?.text;
    if (variable !== undefined)
      entries.push([
        { kind: 'literal', value: variable },
        { kind: 'variable', name: variable },
      ]);
    else {
      const key = objectKey(reader);
      entries.push([key, takes(reader, ':') ? objectValue(reader) : { kind: 'index', of: IDENTITY, key }]);
    }
    if (!isAt(reader, '}')) expect(reader, ',');
  }
  return { kind: 'object', entries };
}

function objectKey(reader: Reader): Filter {
  const text = stringFilter(reader);
  if (text !== undefined) return text;
  const word = takeKind(reader, 'word');
  if (word !== undefined) return { kind: 'literal', value: word.text };
  const number = takeKind(reader, 'number');
  if (number !== undefined) return { kind: 'literal', value: number.text };
  expect(reader, '(');
  const key = pipe(reader);
  expect(reader, ')');
  return key;
}

/** A comma would begin the next entry. */
function objectValue(reader: Reader): Filter {
  const left = binary(reader, 0);
  return takes(reader, '|') ? { kind: 'pipe', left, right: objectValue(reader) } : left;
}

function worded(reader: Reader, word: string): Filter {
  switch (word) {
    case 'null':
      return { kind: 'literal', value: null };
    case 'true':
    case 'false':
      return { kind: 'literal', value: word === 'true' };
    case 'if':
      return condition(reader);
    case 'try': {
      const body = tried(reader);
      return takes(reader, 'catch', 'word')
        ? { kind: 'try', body, handler: tried(reader) }
        : { kind: 'try', body };
    }
    case 'reduce':
    case 'foreach':
      return fold(reader, word);
    case 'break':
      return { kind: 'break', name: named(reader) };
    case 'import':
    case 'include':
      throw new GoError(`jq's ${word} is not supported`);
    case 'def':
      reader.at -= 1;
      return { kind: 'define', definition: definition(reader), body: pipe(reader) };
    default:
      return { kind: 'call', name: word, args: argumentsOf(reader) };
  }
}

/** The body of a `try` is a term with what directly follows it. */
function tried(reader: Reader): Filter {
  if (takes(reader, '-')) return { kind: 'negate', of: tried(reader) };
  return postfix(reader);
}

function argumentsOf(reader: Reader): readonly Filter[] {
  if (!takes(reader, '(')) return [];
  const args: Filter[] = [];
  do args.push(pipe(reader));
  while (takes(reader, ';'));
  expect(reader, ')');
  return args;
}

function condition(reader: Reader): Filter {
  const test = pipe(reader);
  expect(reader, 'then', 'word');
  const then = pipe(reader);
  if (takes(reader, 'elif', 'word'))
    return { kind: 'if', condition: test, then, otherwise: condition(reader) };
  const otherwise = takes(reader, 'else', 'word') ? pipe(reader) : IDENTITY;
  expect(reader, 'end', 'word');
  return { kind: 'if', condition: test, then, otherwise };
}

function fold(reader: Reader, kind: 'reduce' | 'foreach'): Filter {
  const source = postfix(reader);
  expect(reader, 'as', 'word');
  const pattern = patternOf(reader);
  expect(reader, '(');
  const start = pipe(reader);
  expect(reader, ';');
  const update = pipe(reader);
  const extract = kind === 'foreach' && takes(reader, ';') ? pipe(reader) : undefined;
  expect(reader, ')');
  return { kind, source, pattern, start, update, ...(extract !== undefined && { extract }) };
}
