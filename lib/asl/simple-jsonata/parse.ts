/** Tokens → tree, by the precedences of jsonata 2.0.6; undefined where anything stands that is not understood. */

import { AWS_FUNCTIONS, JSONATA_FUNCTIONS } from '../jsonata-functions.ts';
import { type Token, tokensOf } from './tokens.ts';
import { depthOf, type Operator, SIMPLE_FUNCTIONS, type SimpleFunction, type Tree } from './tree.ts';

/** How tightly each binds (jsonata's table of operators). */
const BINDING: Readonly<Record<string, number>> = {
  '.': 75,
  '[': 80,
  '*': 60,
  '+': 50,
  '-': 50,
  '&': 50,
  '=': 40,
  '!=': 40,
  '<': 40,
  '<=': 40,
  '>': 40,
  '>=': 40,
  in: 40,
  and: 30,
  or: 25,
  '?': 20,
};

/** Words that are no names even where a name may stand. */
const RESERVED = new Set(['and', 'or', 'in', 'true', 'false', 'null', 'function']);
const VALUES: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };

/** Through these an expression could reach what JavaScript gives every object. */
const PROTOTYPE_NAME = /^__(proto|(define|lookup)(Getter|Setter))__$/;

/** Far from where AWS refuses an expression for its depth. */
const DEEPEST = 40;

/** Thrown where the text is none of ours: no error, and nobody looks at it. */
const GIVE_UP = Symbol('not understood');

interface Reader {
  readonly tokens: readonly Token[];
  at: number;
  depth: number;
  /** Whether names stand for members of an item. */
  hasContext: boolean;
}

export function parseSimple(text: string): Tree | undefined {
  const tokens = tokensOf(text);
  if (tokens === undefined || tokens.length === 0) return undefined;
  const reader: Reader = { tokens, at: 0, depth: 0, hasContext: false };
  try {
    const tree = readExpression(reader, 0);
    return reader.at === tokens.length && depthOf(tree) <= DEEPEST ? tree : undefined;
  } catch (thrown) {
    if (thrown === GIVE_UP) return undefined;
    throw thrown;
  }
}

function giveUp(): never {
  throw GIVE_UP;
}

function isAt(reader: Reader, sign: string): boolean {
  const token = reader.tokens[reader.at];
  return token?.kind === 'sign' && token.value === sign;
}

function expect(reader: Reader, sign: string): void {
  if (!isAt(reader, sign)) giveUp();
  reader.at += 1;
}

function bindingOf(token: Token | undefined): number {
  if (token?.kind !== 'sign' && token?.kind !== 'word') return 0;
  return (Object.hasOwn(BINDING, token.value) && BINDING[token.value]) || 0;
}

function readExpression(reader: Reader, weakest: number): Tree {
  reader.depth += 1;
  if (reader.depth > DEEPEST) giveUp();
  let left = readFirst(reader);
  while (bindingOf(reader.tokens[reader.at]) > weakest) left = readNext(reader, left);
  reader.depth -= 1;
  return left;
}

function readFirst(reader: Reader): Tree {
  const token = reader.tokens[reader.at];
  reader.at += 1;
  switch (token?.kind) {
    case 'text':
    case 'number':
      return { kind: 'literal', value: token.value };
    case 'word':
      return Object.hasOwn(VALUES, token.value)
        ? { kind: 'literal', value: VALUES[token.value]! }
        : readItemMember(reader);
    case 'name':
      return readItemMember(reader);
    case 'variable':
      return isAt(reader, '(') ? readCall(reader, token.value) : readVariable(reader, token.value);
    case 'sign':
      if (token.value === '(') return readBlock(reader);
      if (token.value === '[') return readArray(reader);
      if (token.value === '{') return readObject(reader);
      if (token.value === '-') return readNegative(reader);
      return giveUp();
    default:
      return giveUp();
  }
}

const isFunctionName = (name: string) =>
  AWS_FUNCTIONS.has(name) || JSONATA_FUNCTIONS.has(name) || name === 'eval';

function readVariable(reader: Reader, name: string): Tree {
  if (isFunctionName(name)) giveUp();
  if (!isAt(reader, ':=')) return { kind: 'variable', name };
  // Where a block does not bind it, a variable lives on in ways that only jsonata keeps.
  return giveUp();
}

function readCall(reader: Reader, name: string): Tree {
  if (!Object.hasOwn(SIMPLE_FUNCTIONS, name)) giveUp();
  reader.at += 1;
  const given = readList(reader, ',', ')');
  const [fewest, most] = SIMPLE_FUNCTIONS[name as SimpleFunction];
  if (given.length < fewest || given.length > most) giveUp();
  return { kind: 'call', name: name as SimpleFunction, given };
}

function readNegative(reader: Reader): Tree {
  const token = reader.tokens[reader.at];
  if (token?.kind !== 'number') return giveUp();
  reader.at += 1;
  // What binds more tightly than the sign would take the number away from it.
  if (bindingOf(reader.tokens[reader.at]) > 70) giveUp();
  return { kind: 'literal', value: 0 - token.value };
}

function readBlock(reader: Reader): Tree {
  const steps: Tree[] = [];
  while (!isAt(reader, ')')) {
    steps.push(readStep(reader));
    if (!isAt(reader, ';')) break;
    reader.at += 1;
  }
  expect(reader, ')');
  if (steps.length === 0) giveUp();
  return { kind: 'block', steps };
}

function readStep(reader: Reader): Tree {
  const token = reader.tokens[reader.at];
  const next = reader.tokens[reader.at + 1];
  if (token?.kind !== 'variable' || next?.kind !== 'sign' || next.value !== ':=')
    return readExpression(reader, 0);
  if (isFunctionName(token.value) || token.value === 'states') giveUp();
  reader.at += 2;
  return { kind: 'bind', name: token.value, value: readExpression(reader, 0) };
}

function readArray(reader: Reader): Tree {
  return { kind: 'array', items: readList(reader, ',', ']') };
}

function readList(reader: Reader, separator: string, end: string): readonly Tree[] {
  const items: Tree[] = [];
  if (!isAt(reader, end)) {
    items.push(readExpression(reader, 0));
    while (isAt(reader, separator)) {
      reader.at += 1;
      items.push(readExpression(reader, 0));
    }
  }
  expect(reader, end);
  return items;
}

function readObject(reader: Reader): Tree {
  const members: (readonly [string, Tree])[] = [];
  const keys = new Set<string>();
  while (!isAt(reader, '}')) {
    const key = reader.tokens[reader.at];
    if (key?.kind !== 'text' || keys.has(key.value) || key.value === '__proto__') return giveUp();
    keys.add(key.value);
    reader.at += 1;
    expect(reader, ':');
    members.push([key.value, readExpression(reader, 0)]);
    if (!isAt(reader, ',')) break;
    reader.at += 1;
    // A comma must be followed by another member.
    if (isAt(reader, '}')) giveUp();
  }
  expect(reader, '}');
  return { kind: 'object', members };
}

function readItemMember(reader: Reader): Tree {
  if (!reader.hasContext) giveUp();
  reader.at -= 1;
  return { kind: 'member', of: { kind: 'context' }, name: readName(reader) };
}

/** What is not a path by itself becomes the first step of one, with rules that only jsonata keeps. */
function canStep({ kind }: Tree): boolean {
  return kind === 'variable' || kind === 'member' || kind === 'array';
}

function isStepped(tree: Tree): boolean {
  if (tree.kind === 'item' || tree.kind === 'filter') return isStepped(tree.of);
  return tree.kind === 'variable' || tree.kind === 'member';
}

function readNext(reader: Reader, left: Tree): Tree {
  const { value } = reader.tokens[reader.at] as { readonly value: string };
  const binding = bindingOf(reader.tokens[reader.at]);
  reader.at += 1;
  switch (value) {
    case '.':
      return canStep(left) || isStepped(left)
        ? { kind: 'member', of: left, name: readName(reader) }
        : giveUp();
    case '[':
      return isStepped(left) || left.kind === 'array' || left.kind === 'block'
        ? readPredicate(reader, left)
        : giveUp();
    case '?':
      return readCondition(reader, left);
    default:
      return {
        kind: 'operation',
        operator: value as Operator,
        left,
        right: readExpression(reader, binding),
      };
  }
}

function readName(reader: Reader): string {
  const token = reader.tokens[reader.at];
  const isName = token?.kind === 'name' || (token?.kind === 'word' && !RESERVED.has(token.value));
  if (!isName || PROTOTYPE_NAME.test(token.value)) return giveUp();
  reader.at += 1;
  return token.value;
}

function readPredicate(reader: Reader, of: Tree): Tree {
  const outside = reader.hasContext;
  reader.hasContext = true;
  const condition = readExpression(reader, 0);
  reader.hasContext = outside;
  expect(reader, ']');
  // A filter within a filter takes time that `jsonata` is watched for.
  if (condition.kind !== 'literal') return outside ? giveUp() : { kind: 'filter', of, condition };
  const { value } = condition;
  return Number.isInteger(value) ? { kind: 'item', of, index: value as number } : giveUp();
}

function readCondition(reader: Reader, condition: Tree): Tree {
  const then = readExpression(reader, 0);
  if (!isAt(reader, ':')) return { kind: 'condition', condition, then, otherwise: undefined };
  reader.at += 1;
  return { kind: 'condition', condition, then, otherwise: readExpression(reader, 0) };
}
