/** What expr-lang knows of a node's value before it runs: a Go type, nil, or nothing. */
import { goTypeOf } from '../../go/format.ts';
import type { GoValue } from '../../values.ts';
import { ANY, ANY_LIST, elementOf, keyOf, kindOf } from '../go-types.ts';

export interface Nature {
  /** Absent: nothing is known. */
  readonly type?: string;
  readonly nil?: true;
  /** What is known of the elements of a list. */
  readonly element?: Nature;
}

export const UNKNOWN: Nature = {};
export const NIL: Nature = { nil: true };
export const BOOL: Nature = { type: 'bool' };
export const INT: Nature = { type: 'int' };
export const FLOAT: Nature = { type: 'float64' };
export const STRING: Nature = { type: 'string' };
export const TIME: Nature = { type: 'time.Time' };
export const DURATION: Nature = { type: 'time.Duration' };

export type NatureTest = (nature: Nature) => boolean;

export function natureOf(value: GoValue): Nature {
  return value === null ? NIL : { type: goTypeOf(value) };
}

export function listOf(element: Nature): Nature {
  return { type: ANY_LIST, element };
}

export const isUnknown: NatureTest = ({ type, nil }) => (type === undefined && !nil) || type === ANY;
export const isInteger: NatureTest = ({ type }) => type !== undefined && /^u?int(?:8|16|32|64)?$/.test(type);
export const isNumber: NatureTest = (nature) => isInteger(nature) || nature.type === 'float64';
export const isBool: NatureTest = ({ type }) => type === 'bool';
export const isString: NatureTest = ({ type }) => type === 'string';
export const isTime: NatureTest = ({ type }) => type === 'time.Time';
export const isDuration: NatureTest = ({ type }) => type === 'time.Duration';
export const isMap: NatureTest = ({ type }) => kindOf(type) === 'map';
export const isList: NatureTest = ({ type }) => kindOf(type) === 'slice' || kindOf(type) === 'array';

export function nameOf({ type }: Nature): string {
  return type ?? 'unknown';
}

/** What an element of the list or map is. */
export function elementNature({ type, element }: Nature): Nature {
  const kind = kindOf(type);
  if (type === undefined || (kind !== 'slice' && kind !== 'array' && kind !== 'map')) return UNKNOWN;
  return element ?? { type: elementOf(type) };
}

export function keyNature({ type }: Nature): Nature {
  return type === undefined || kindOf(type) !== 'map' ? UNKNOWN : { type: keyOf(type) };
}

/** Go's assignability, as far as types of expressions need it: the same type, or any to `interface {}`. */
export function isAssignable(from: Nature, to: Nature): boolean {
  if (from.nil && ['ptr', 'interface', 'func', 'map', 'slice'].includes(kindOf(to.type))) return true;
  if (from.type === undefined || to.type === undefined) return false;
  return to.type === ANY || from.type === to.type;
}

export function isComparable(left: Nature, right: Nature): boolean {
  return (
    isUnknown(left) ||
    isUnknown(right) ||
    Boolean(left.nil) ||
    Boolean(right.nil) ||
    [isNumber, isDuration, isTime, isList].some((test) => test(left) && test(right)) ||
    isAssignable(left, right)
  );
}

/** Both unknown, or one unknown and the other of a kind that the operator takes. */
export function mayBe(left: Nature, right: Nature, ...tests: readonly NatureTest[]): boolean {
  const any: NatureTest = (nature) => tests.some((test) => test(nature));
  if (isUnknown(left)) return isUnknown(right) || any(right);
  return isUnknown(right) && any(left);
}

export function both(left: Nature, right: Nature, test: NatureTest): boolean {
  return test(left) && test(right);
}
