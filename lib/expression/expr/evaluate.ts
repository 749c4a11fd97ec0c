/** Evaluates a checked expression. */

import { goFormat, goTypeOf } from '../go/format.ts';
import { compileRegexp, regexpMatches } from '../go/regexp.ts';
import { goString } from '../go/utf8.ts';
import { GoError } from '../go-error.ts';
import type { GoList, GoMap, GoValue } from '../values.ts';
import type { BinaryNode, BuiltinNode, Node } from './ast.ts';
import { ANY_LIST, ANY_MAP } from './go-types.ts';
import { builtins } from './run/builtins.ts';
import { evaluateLoop } from './run/closures.ts';
import { contains, fetchValue, lengthOf, sliceValue } from './run/fetch.ts';
import {
  asBool,
  elementOfLoop,
  grow,
  type Machine,
  step,
  stepThrough,
  stepThroughText,
} from './run/machine.ts';
import {
  calculate,
  compare,
  equal,
  integerOf,
  isList,
  isNil,
  isTagged,
  negate,
  power,
  toInt,
} from './run/operators.ts';

/** The value of the tree. Throws GoError; `machine.at` then tells where. */
export function evaluate(machine: Machine, node: Node): GoValue {
  step(machine);
  switch (node.kind) {
    case 'nil':
      return null;
    case 'bool':
    case 'int':
    case 'float':
    case 'string':
      return node.value;
    case 'bytes':
      return bytesValue(node.value);
    case 'identifier':
      return identifierValue(machine, node.name);
    case 'unary':
      return unaryValue(machine, node.operator, evaluate(machine, node.operand), node.at);
    case 'binary':
      return binaryValue(machine, node);
    case 'chain': {
      const value = evaluateLink(machine, node.node);
      return value === undefined || isNil(value) ? null : value;
    }
    case 'member':
    case 'call':
      return evaluateLink(machine, node) ?? null;
    case 'slice':
      return sliceNodeValue(machine, node);
    case 'builtin':
      return builtinValue(machine, node);
    case 'predicate':
      return evaluate(machine, node.node);
    case 'pointer':
      return pointerValue(machine, node.name, node.at);
    case 'let':
      return letValue(machine, node);
    case 'sequence':
      return node.nodes.reduce<GoValue>((_, each) => evaluate(machine, each), null);
    case 'conditional':
      return condition(machine, node.condition)
        ? evaluate(machine, node.whenTrue)
        : evaluate(machine, node.whenFalse);
    case 'array':
      return arrayValue(machine, node.nodes, node.at);
    case 'map':
      return mapValue(machine, node);
    case 'string-set':
      return null;
  }
}

function bytesValue(bytes: Uint8Array): GoList {
  const items = Array.from(bytes, (byte): GoValue => ({ kind: 'int', type: 'uint8', value: BigInt(byte) }));
  return { kind: 'list', type: '[]uint8', items };
}

/** A name that the environment lacks is nil: the checker has refused it where expr-lang does. */
function identifierValue(machine: Machine, name: string): GoValue {
  const variable = machine.variables.findLast((each) => each.name === name);
  if (variable) return variable.value;
  return name === '$env' ? machine.env : (machine.env.entries?.get(name) ?? null);
}

function unaryValue(machine: Machine, operator: string, value: GoValue, at: number): GoValue {
  machine.at = at;
  if (operator === '-') return negate(value);
  return operator === '+' ? value : !asBool(value, goTypeOf);
}

function condition(machine: Machine, node: Node): boolean {
  const value = evaluate(machine, node);
  machine.at = node.at;
  return asBool(value, goTypeOf);
}

function binaryValue(machine: Machine, node: BinaryNode): GoValue {
  const { operator, right } = node;
  const left = evaluate(machine, node.left);
  switch (operator) {
    case 'and':
    case '&&':
      machine.at = node.at;
      return asBool(left, goTypeOf) ? evaluate(machine, right) : false;
    case 'or':
    case '||':
      machine.at = node.at;
      return asBool(left, goTypeOf) ? true : evaluate(machine, right);
    case '??':
      return isNil(left) ? evaluate(machine, right) : left;
    case 'in':
      if (right.kind === 'string-set') return isInSet(left, right.values);
      break;
    default:
      break;
  }
  const value = evaluate(machine, right);
  machine.at = node.at;
  if (typeof left !== 'bigint' || typeof value !== 'bigint') stepThrough(machine, [left, value]);
  if (operator === '==' || operator === '!=')
    return equalValues(machine, node, left, value) === (operator === '==');
  return operate(machine, operator, left, value);
}

/** expr-lang makes a map of a list of literal strings, so a needle of another type fails. */
function isInSet(needle: GoValue, values: ReadonlySet<string>): boolean {
  if (needle === null) return values.has('');
  if (typeof needle === 'string') return values.has(needle);
  throw new GoError(
    `reflect.Value.MapIndex: value of type ${goTypeOf(needle)} is not assignable to type string`,
  );
}

/** Where both sides are known to be int, or string, expr-lang asserts those types. */
function equalValues(machine: Machine, node: BinaryNode, left: GoValue, right: GoValue): boolean {
  const known = machine.natures.get(node.left)?.type;
  if ((known === 'int' || known === 'string') && machine.natures.get(node.right)?.type === known) {
    for (const value of [left, right]) {
      if (goTypeOf(value) !== known) {
        throw new GoError(`interface conversion: interface {} is ${goTypeOf(value)}, not ${known}`);
      }
    }
  }
  return equal(left, right);
}

function operate(machine: Machine, operator: string, left: GoValue, right: GoValue): GoValue {
  switch (operator) {
    case '<':
      return compare('<', left, right) < 0;
    case '>':
      return compare('>', left, right) > 0;
    case '<=':
      return compare('<=', left, right) <= 0;
    case '>=':
      return compare('>=', left, right) >= 0;
    case '**':
    case '^':
      return power(left, right);
    case '..':
      return rangeValue(machine, toInt(left), toInt(right));
    case 'in':
      return contains(left, right);
    case 'matches':
      return matches(left, right);
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return testText(operator, left, right);
    default:
      return calculate(operator, left, right);
  }
}

function rangeValue(machine: Machine, from: bigint, to: bigint): GoValue {
  const size = to < from ? 0n : to - from + 1n;
  grow(machine, size > 10_000_000n ? 10_000_000 : Number(size));
  return {
    kind: 'list',
    type: '[]int',
    items: Array.from({ length: Number(size) }, (_, at) => from + BigInt(at)),
  };
}

function matches(value: GoValue, pattern: GoValue): boolean {
  if (isNil(value) || isNil(pattern)) return false;
  const text = isList(value) && value.type === '[]uint8' ? textOfBytes(value) : value;
  return regexpMatches(compileRegexp(asText(pattern)), asText(text));
}

function textOfBytes(list: GoList): string {
  return goString(Uint8Array.from((list.items ?? []).map((item) => Number(integerOf(item) ?? 0n))));
}

function asText(value: GoValue): string {
  if (typeof value === 'string') return value;
  throw new GoError(`interface conversion: interface {} is ${goTypeOf(value)}, not string`);
}

function testText(operator: string, value: GoValue, part: GoValue): boolean {
  if (isNil(value) || isNil(part)) return false;
  const [text, wanted] = [asText(value), asText(part)];
  if (operator === 'contains') return text.includes(wanted);
  return operator === 'startsWith' ? text.startsWith(wanted) : text.endsWith(wanted);
}

/** A member or call; undefined where `?.` met a nil, which ends the chain. */
function evaluateLink(machine: Machine, node: Node): GoValue | undefined {
  if (node.kind === 'call') return callValue(machine, node);
  if (node.kind !== 'member') return evaluate(machine, node);
  step(machine);
  const base = evaluateLink(machine, node.node);
  if (base === undefined || (node.optional && isNil(base))) return undefined;
  const key = evaluate(machine, node.property);
  machine.at = node.at;
  if (typeof base === 'string') stepThroughText(machine, base);
  return fetchValue(base, key);
}

function callValue(machine: Machine, node: Extract<Node, { kind: 'call' }>): GoValue | undefined {
  const args = node.args.map((arg) => evaluate(machine, arg));
  const callee = evaluateLink(machine, node.callee);
  machine.at = node.at;
  if (callee === undefined) return undefined;
  if (callee === null) throw new GoError('invalid operation: cannot call nil');
  if (!isTagged(callee) || callee.kind !== 'func') {
    throw new GoError(`invalid operation: cannot call non-function of type ${goTypeOf(callee)}`);
  }
  stepThrough(machine, args);
  return callee.call(args);
}

function sliceNodeValue(machine: Machine, node: Extract<Node, { kind: 'slice' }>): GoValue {
  const value = evaluate(machine, node.node);
  const to = node.to ? evaluate(machine, node.to) : BigInt(lengthOf(value));
  const from = node.from ? evaluate(machine, node.from) : 0n;
  machine.at = node.at;
  if (typeof value === 'string') stepThroughText(machine, value);
  return sliceValue(value, from, to);
}

/** These look at a list or map without going through it. */
const constantCost: ReadonlySet<string> = new Set(['len', 'type', 'first', 'last', 'get']);

function builtinValue(machine: Machine, node: BuiltinNode): GoValue {
  const looped = evaluateLoop(machine, node);
  if (looped !== undefined) return looped;
  const args = node.args.map((arg) => evaluate(machine, arg));
  machine.at = node.at;
  const run = builtins.get(node.name);
  if (!run) throw new GoError(`unknown builtin ${node.name}`);
  if (!constantCost.has(node.name)) stepThrough(machine, args);
  return run(args, {
    grow: (size) => grow(machine, size),
    step: (size) => step(machine, size),
  });
}

function pointerValue(machine: Machine, name: string, at: number): GoValue {
  machine.at = at;
  const loop = machine.loops.at(-1);
  if (!loop) throw new GoError('cannot use pointer accessor outside predicate');
  if (name === 'index') return BigInt(loop.index);
  if (name === 'acc') return loop.accumulator;
  if (name !== '') throw new GoError(`unknown pointer ${name}`);
  return elementOfLoop(loop);
}

function letValue(machine: Machine, node: Extract<Node, { kind: 'let' }>): GoValue {
  machine.variables.push({ name: node.name, value: evaluate(machine, node.value) });
  const value = evaluate(machine, node.body);
  machine.variables.pop();
  return value;
}

function arrayValue(machine: Machine, nodes: readonly Node[], at: number): GoValue {
  const items = nodes.map((each) => evaluate(machine, each));
  machine.at = at;
  grow(machine, items.length);
  return { kind: 'list', type: ANY_LIST, items };
}

/** Of a key that is written twice the first wins, since expr-lang fills its maps from the end. */
function mapValue(machine: Machine, node: Extract<Node, { kind: 'map' }>): GoMap {
  const entries = new Map<string, GoValue>();
  for (const { key, value } of node.pairs) {
    const name = evaluate(machine, key);
    const item = evaluate(machine, value);
    machine.at = node.at;
    if (typeof name !== 'string') {
      throw new GoError(
        `interface conversion: interface {} is ${goTypeOf(name)}, not string (${goFormat(name)})`,
      );
    }
    if (!entries.has(name)) entries.set(name, item);
  }
  grow(machine, node.pairs.length);
  return { kind: 'map', type: ANY_MAP, entries };
}
