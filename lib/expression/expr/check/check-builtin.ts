/** Checks calls of the built-in functions that take no predicate. */
import type { BuiltinNode } from '../ast.ts';
import { ExprFault } from '../fault.ts';
import { ANY_FUNCTION, ANY_LIST, kindOf, signatureOf } from '../go-types.ts';
import { argumentsFault } from './check-call.ts';
import type { Checker } from './checker.ts';
import {
  elementNature,
  FLOAT,
  INT,
  isAssignable,
  isInteger,
  isUnknown,
  keyNature,
  type Nature,
  nameOf,
  TIME,
  UNKNOWN,
} from './nature.ts';

const bits = ['func(int, int) int'];
const twoTexts = ['func(string, string) string'];
const affix = [...twoTexts, 'func(string) string'];
const search = ['func(string, string) int'];
const test = ['func(string, string) bool'];
const pieces = ['func(string, string) []string', 'func(string, string, int) []string'];
const condition = ['func([]interface {}, func(interface {}) bool) bool'];
const finder = ['func([]interface {}, func(interface {}) bool) interface {}'];
const position = ['func([]interface {}, func(interface {}) bool) int'];

/** The overloads that a function declares; the first is its type where it is named without a call. */
const declared: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['all', condition],
  ['none', condition],
  ['any', condition],
  ['one', condition],
  ['filter', ['func([]interface {}, func(interface {}) bool) []interface {}']],
  ['map', ['func([]interface {}, func(interface {}) interface {}) []interface {}']],
  ['find', finder],
  ['findLast', finder],
  ['findIndex', position],
  ['findLastIndex', position],
  ['count', position],
  ['sum', position],
  ['groupBy', ['func([]interface {}, func(interface {}) interface {}) map[interface {}][]interface {}']],
  ['sortBy', ['func([]interface {}, func(interface {}) bool, string) []interface {}']],
  [
    'reduce',
    ['func([]interface {}, func(interface {}, interface {}) interface {}, interface {}) interface {}'],
  ],
  ['type', ['func(interface {}) string']],
  ['string', ['func(interface {}) string']],
  ['trim', ['func(string) string', ...twoTexts]],
  ['trimPrefix', affix],
  ['trimSuffix', affix],
  ['upper', ['func(string) string']],
  ['lower', ['func(string) string']],
  ['split', pieces],
  ['splitAfter', pieces],
  ['replace', ['func(string, string, string, int) string', 'func(string, string, string) string']],
  ['repeat', ['func(string, int) string']],
  [
    'join',
    [
      'func([]string, string) string',
      'func([]interface {}, string) string',
      'func([]interface {}) string',
      'func([]string) string',
    ],
  ],
  ['indexOf', search],
  ['lastIndexOf', search],
  ['hasPrefix', test],
  ['hasSuffix', test],
  ['toJSON', ['func(interface {}) string']],
  ['fromJSON', ['func(string) interface {}']],
  ['toBase64', ['func(string) string']],
  ['fromBase64', ['func(string) string']],
  ['duration', ['func(string) time.Duration']],
  ['timezone', ['func(string) *time.Location']],
  [
    'sort',
    ['[]interface {}', '[]int', '[]float64', '[]string'].flatMap((list) => [
      `func(${list}, string) []interface {}`,
      `func(${list}) []interface {}`,
    ]),
  ],
  ['bitand', bits],
  ['bitor', bits],
  ['bitxor', bits],
  ['bitnand', bits],
  ['bitshl', bits],
  ['bitshr', bits],
  ['bitushr', bits],
  ['bitnot', ['func(int) int']],
]);

/** The type of a built-in function that is named and not called. */
export function builtinType(name: string): string {
  return declared.get(name)?.[0] ?? ANY_FUNCTION;
}

type Validator = (args: readonly Nature[], name: string) => Nature | string;

const isNumeric = (nature: Nature): boolean => /^(u?int|float)/.test(kindOf(nature.type));
const ofKind =
  (...kinds: readonly string[]) =>
  (nature: Nature): boolean =>
    isUnknown(nature) || kinds.includes(kindOf(nature.type));
const list = ofKind('slice', 'array');
const map = ofKind('map');

/** A validator is given types and gives one: what is known of the elements beyond that is lost (builtin.go). */
const typeOnly = ({ type }: Nature): Nature => (type === undefined ? UNKNOWN : { type });

/** One argument that passes the test. */
function one(passes: (nature: Nature) => boolean, result: Nature | ((nature: Nature) => Nature)): Validator {
  return (args, name) => {
    const [first] = args;
    if (!first || args.length !== 1) return `invalid number of arguments (expected 1, got ${args.length})`;
    if (!isUnknown(first) && !passes(first)) return `invalid argument for ${name} (type ${nameOf(first)})`;
    return typeof result === 'function' ? result(first) : result;
  };
}

const aggregate: Validator = (args, name) => {
  const [first] = args;
  if (!first) return `not enough arguments to call ${name}`;
  for (const arg of args) {
    if (list(arg)) return UNKNOWN;
    if (!isNumeric(arg)) return `invalid argument for ${name} (type ${nameOf(arg)})`;
  }
  return first;
};

const date: Validator = (args) => {
  if (args.length === 0) return 'invalid number of arguments (expected at least 1, got 0)';
  const rest = args[0]?.type === '*time.Location' ? args.slice(1) : args;
  return rest.length > 3 ? `invalid number of arguments (expected at most 3, got ${rest.length})` : TIME;
};

const now: Validator = (args) => {
  const zoned = args.length === 1 && args[0]?.type === '*time.Location';
  return args.length === 0 || zoned ? TIME : `invalid number of arguments (expected 0, got ${args.length})`;
};

const take: Validator = ([from, count, ...more]) => {
  if (!from || !count || more.length > 0) return 'invalid number of arguments (expected 2)';
  if (!list(from)) return `cannot take from ${nameOf(from)}`;
  return ofKind('int', 'int8', 'int16', 'int32', 'int64')(count)
    ? typeOnly(from)
    : `cannot take ${nameOf(count)} elements`;
};

const concat: Validator = (args) => {
  if (args.length === 0) return 'invalid number of arguments (expected at least 1, got 0)';
  const wrong = args.find((arg) => !list(arg));
  return wrong ? `cannot concat ${nameOf(wrong)}` : { type: ANY_LIST };
};

const ANY_LIST_NATURE: Nature = { type: ANY_LIST };
const sized = ofKind('slice', 'array', 'map', 'string');
const elementOnly = (nature: Nature): Nature =>
  isUnknown(nature) ? UNKNOWN : elementNature(typeOnly(nature));
const numberOrText = (nature: Nature): boolean => isNumeric(nature) || kindOf(nature.type) === 'string';

const validators: ReadonlyMap<string, Validator> = new Map<string, Validator>([
  ['len', one(sized, INT)],
  ['abs', one(isNumeric, (nature) => (isUnknown(nature) ? UNKNOWN : nature))],
  ['ceil', one(isNumeric, FLOAT)],
  ['floor', one(isNumeric, FLOAT)],
  ['round', one(isNumeric, FLOAT)],
  ['int', one(numberOrText, INT)],
  ['float', one(numberOrText, FLOAT)],
  ['max', aggregate],
  ['min', aggregate],
  ['mean', aggregate],
  ['median', aggregate],
  ['now', now],
  ['date', date],
  ['first', one(list, elementOnly)],
  ['last', one(list, elementOnly)],
  ['take', take],
  ['keys', one(map, ANY_LIST_NATURE)],
  ['values', one(map, ANY_LIST_NATURE)],
  ['toPairs', one(map, ANY_LIST_NATURE)],
  ['fromPairs', one(list, { type: 'map[interface {}]interface {}' })],
  ['reverse', one(list, ANY_LIST_NATURE)],
  ['uniq', one(list, ANY_LIST_NATURE)],
  ['concat', concat],
  ['flatten', one(list, ANY_LIST_NATURE)],
]);

/** What the call gives. Throws ExprFault. */
export function checkBuiltin(checker: Checker, node: BuiltinNode): Nature {
  if (node.name === 'get') return checkGet(checker, node);
  const validate = validators.get(node.name);
  if (validate) {
    const result = validate(
      node.args.map((arg) => checker.visit(arg)),
      node.name,
    );
    if (typeof result === 'string') throw new ExprFault(result, node.at);
    return result;
  }
  let fault: ExprFault | undefined;
  for (const type of declared.get(node.name) ?? []) {
    const signature = signatureOf(type);
    fault = argumentsFault(checker, node.name, signature, node.args, node.at);
    if (!fault) return { type: signature.result };
  }
  throw fault ?? new ExprFault(`unknown builtin ${node.name}`, node.at);
}

function checkGet(checker: Checker, node: BuiltinNode): Nature {
  const [from, key] = node.args;
  if (!from || !key || node.args.length !== 2) {
    throw new ExprFault(`invalid number of arguments (expected 2, got ${node.args.length})`, node.at);
  }
  const base = checker.visit(from);
  const property = checker.visit(key);
  if (isUnknown(base)) return UNKNOWN;
  const kind = kindOf(base.type);
  if (kind === 'map') {
    if (isAssignable(property, keyNature(base)) || isUnknown(property)) return elementNature(base);
    throw new ExprFault(`cannot use ${nameOf(property)} to get an element from ${nameOf(base)}`, key.at);
  }
  if (kind === 'slice' || kind === 'array') {
    if (isInteger(property) || isUnknown(property)) return elementNature(base);
    throw new ExprFault(`non-integer slice index ${nameOf(property)}`, key.at);
  }
  throw new ExprFault(`type ${nameOf(base)} does not support indexing`, from.at);
}
