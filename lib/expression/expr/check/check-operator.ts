/** Which operands expr-lang's checker takes for each binary operator, and what comes out. */
import { ExprFault } from '../fault.ts';
import {
  BOOL,
  both,
  DURATION,
  elementNature,
  FLOAT,
  INT,
  isAssignable,
  isBool,
  isComparable,
  isDuration,
  isInteger,
  isList,
  isMap,
  isNumber,
  isString,
  isTime,
  isUnknown,
  keyNature,
  listOf,
  mayBe,
  type Nature,
  NIL,
  nameOf,
  STRING,
  TIME,
  UNKNOWN,
} from './nature.ts';

type Rule = (left: Nature, right: Nature, at: number) => Nature | undefined;

const bytes: (nature: Nature) => boolean = ({ type }) => type === '[]uint8';

const equality: Rule = (left, right) => (isComparable(left, right) ? BOOL : undefined);
const logic: Rule = (left, right) =>
  both(left, right, isBool) || mayBe(left, right, isBool) ? BOOL : undefined;
const order: Rule = (left, right) =>
  [isNumber, isString, isTime, isDuration].some((test) => both(left, right, test)) ||
  mayBe(left, right, isNumber, isString, isTime, isDuration)
    ? BOOL
    : undefined;
const text: Rule = (left, right) =>
  both(left, right, isString) || mayBe(left, right, isString) ? BOOL : undefined;
const toFloat: Rule = (left, right) =>
  both(left, right, isNumber) || mayBe(left, right, isNumber) ? FLOAT : undefined;

function promoted(left: Nature, right: Nature): Nature {
  return isInteger(left) && isInteger(right) ? INT : FLOAT;
}

const add: Rule = (left, right) => {
  if (both(left, right, isNumber)) return promoted(left, right);
  if (both(left, right, isString)) return STRING;
  if ((isTime(left) && isDuration(right)) || (isDuration(left) && isTime(right))) return TIME;
  if (both(left, right, isDuration)) return DURATION;
  return mayBe(left, right, isNumber, isString, isTime, isDuration) ? UNKNOWN : undefined;
};

const subtract: Rule = (left, right) => {
  if (both(left, right, isNumber)) return promoted(left, right);
  if (both(left, right, isTime) || both(left, right, isDuration)) return DURATION;
  if (isTime(left) && isDuration(right)) return TIME;
  return mayBe(left, right, isNumber, isTime, isDuration) ? UNKNOWN : undefined;
};

const multiply: Rule = (left, right) => {
  if (both(left, right, isNumber)) return promoted(left, right);
  const measured = (nature: Nature): boolean => isNumber(nature) || isDuration(nature);
  if (both(left, right, measured)) return DURATION;
  return mayBe(left, right, isNumber, isDuration) ? UNKNOWN : undefined;
};

const member: Rule = (left, right, at) => {
  if ((isString(left) || isUnknown(left)) && (right.type === 'time.Time' || right.type === 'struct'))
    return BOOL;
  if (isMap(right)) {
    const key = keyNature(right);
    if (isUnknown(left) || isAssignable(left, key)) return BOOL;
    throw new ExprFault(`cannot use ${nameOf(left)} as type ${nameOf(key)} in map key`, at);
  }
  if (isList(right)) {
    const element = elementNature(right);
    if (isComparable(left, element)) return BOOL;
    throw new ExprFault(`cannot use ${nameOf(left)} as type ${nameOf(element)} in array`, at);
  }
  if (isUnknown(left) && isString(right)) return BOOL;
  return isUnknown(right) ? BOOL : undefined;
};

const coalesce: Rule = (left, right) => {
  if (left.nil) return right.nil ? NIL : right;
  return right.nil || isAssignable(right, left) ? left : UNKNOWN;
};

const rules: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['==', equality],
  ['!=', equality],
  ['or', logic],
  ['||', logic],
  ['and', logic],
  ['&&', logic],
  ['<', order],
  ['>', order],
  ['>=', order],
  ['<=', order],
  ['+', add],
  ['-', subtract],
  ['*', multiply],
  ['/', toFloat],
  ['**', toFloat],
  ['^', toFloat],
  ['%', (left, right) => (both(left, right, isInteger) || mayBe(left, right, isInteger) ? INT : undefined)],
  ['in', member],
  ['matches', (left, right) => (bytes(left) && isString(right) ? BOOL : text(left, right, 0))],
  ['contains', text],
  ['startsWith', text],
  ['endsWith', text],
  [
    '..',
    (left, right) =>
      both(left, right, isInteger) || mayBe(left, right, isInteger) ? listOf(INT) : undefined,
  ],
  ['??', coalesce],
]);

/** What the operator gives for such operands. Throws ExprFault where it does not take them. */
export function checkOperator(operator: string, left: Nature, right: Nature, at: number): Nature {
  const nature = rules.get(operator)?.(left, right, at);
  if (nature) return nature;
  const types = `${nameOf(left)} and ${nameOf(right)}`;
  throw new ExprFault(`invalid operation: ${operator} (mismatched types ${types})`, at);
}
