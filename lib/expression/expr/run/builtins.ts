/** What expr-lang's built-in functions do at run time; those with predicates are in `closures.ts`. */

import { goFormat, goTypeOf } from '../../go/format.ts';
import { parseGoFloat, parseGoInt, truncateToInt64 } from '../../go/parse-number.ts';
import { goRunes } from '../../go/utf8.ts';
import { GoError } from '../../go-error.ts';
import type { GoValue } from '../../values.ts';
import { kindOf } from '../go-types.ts';
import { bitFunctions } from './builtins-bits.ts';
import { encodingFunctions } from './builtins-encoding.ts';
import { listFunctions } from './builtins-list.ts';
import { numberFunctions } from './builtins-number.ts';
import { stringFunctions } from './builtins-string.ts';
import { timeFunctions } from './builtins-time.ts';
import { lengthOf } from './fetch.ts';
import { integerOf, isTagged } from './operators.ts';

/** What a function may use up: elements that it makes, and steps that it takes beyond its arguments' size. */
export interface Budget {
  readonly grow: (size: number) => void;
  readonly step: (size: number) => void;
}

export type Builtin = (args: readonly GoValue[], budget: Budget) => GoValue;

function length([value = null]: readonly GoValue[]): GoValue {
  return BigInt(typeof value === 'string' ? goRunes(value).length : lengthOf(value));
}

const typeNames: ReadonlyMap<string, string> = new Map([
  ['bool', 'bool'],
  ['string', 'string'],
  ['slice', 'array'],
  ['array', 'array'],
  ['map', 'map'],
  ['func', 'func'],
  ['struct', 'struct'],
]);

function typeName([value = null]: readonly GoValue[]): GoValue {
  if (value === null) return 'nil';
  const type = goTypeOf(value);
  const kind = kindOf(type);
  if (/^[\w./]+\.\w+$/.test(type)) return type;
  if (/^int/.test(kind)) return 'int';
  if (/^uint/.test(kind)) return 'uint';
  if (/^float/.test(kind)) return 'float';
  return typeNames.get(kind) ?? 'unknown';
}

/** `int(x)`, which is Argo's `asInt` too. */
export function toIntValue(value: GoValue): bigint {
  if (typeof value === 'string') {
    const parsed = parseGoInt(value);
    if (parsed === undefined) throw new GoError(`invalid operation: int(${value})`);
    return parsed;
  }
  if (typeof value === 'number') return truncateToInt64(value);
  const integer = integerOf(value);
  if (integer !== undefined) return integer;
  if (isTagged(value) && value.kind === 'int') return value.value;
  if (isTagged(value) && value.kind === 'duration') return value.nanos;
  throw new GoError(`invalid operation: int(${goTypeOf(value)})`);
}

/** `float(x)`, which is Argo's `asFloat` too. */
export function toFloatValue(value: GoValue): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') {
    const parsed = parseGoFloat(value);
    if (parsed === undefined) throw new GoError(`invalid operation: float(${value})`);
    return parsed;
  }
  const integer = integerOf(value);
  if (integer === undefined) throw new GoError(`invalid operation: float(${goTypeOf(value)})`);
  return Number(integer);
}

/** The functions by name. */
export const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['len', length],
  ['type', typeName],
  ['int', ([value = null]) => toIntValue(value)],
  ['float', ([value = null]) => toFloatValue(value)],
  ['string', ([value = null]) => goFormat(value)],
  ...numberFunctions,
  ...stringFunctions,
  ...listFunctions,
  ...encodingFunctions,
  ...timeFunctions,
  ...bitFunctions,
]);
