/** Checks an expression before it runs, as expr-lang's checker does: names, operators, arguments. */
import { compileRegexp } from '../go/regexp.ts';
import type { GoValue } from '../values.ts';
import type { MemberNode, Node } from './ast.ts';
import { builtinNames } from './builtin-names.ts';
import { builtinType, checkBuiltin } from './check/check-builtin.ts';
import { checkCall } from './check/check-call.ts';
import { checkOperator } from './check/check-operator.ts';
import { checkPredicateCall } from './check/check-predicate.ts';
import type { Checker } from './check/checker.ts';
import {
  BOOL,
  elementNature,
  FLOAT,
  INT,
  isAssignable,
  isBool,
  isInteger,
  isList,
  isNumber,
  isString,
  isUnknown,
  keyNature,
  listOf,
  type Nature,
  NIL,
  nameOf,
  natureOf,
  STRING,
  UNKNOWN,
} from './check/nature.ts';
import { ExprFault } from './fault.ts';
import { ANY_LIST, ANY_MAP, kindOf } from './go-types.ts';
import { methodSignature } from './methods.ts';

/** What is known of each node; a node that is not checked is missing. */
export type Natures = ReadonlyMap<Node, Nature>;

/** Checks the tree against the environment. Throws ExprFault. */
export function checkTree(tree: Node, env: ReadonlyMap<string, GoValue>): Natures {
  const natures = new Map<Node, Nature>();
  const checker: Checker = {
    env,
    visit: (node) => {
      const nature = natureOfNode(checker, node);
      natures.set(node, nature);
      return nature;
    },
    collections: [],
    variables: [],
  };
  checker.visit(tree);
  return natures;
}

function natureOfNode(checker: Checker, node: Node): Nature {
  switch (node.kind) {
    case 'nil':
      return NIL;
    case 'bool':
      return BOOL;
    case 'int':
      return INT;
    case 'float':
      return FLOAT;
    case 'string':
      return STRING;
    case 'bytes':
      return { type: '[]uint8' };
    case 'identifier':
      return identifierNature(checker, node.name, node.at);
    case 'unary':
      return unaryNature(checker, node);
    case 'binary':
      return binaryNature(checker, node);
    case 'chain':
      return checker.visit(node.node);
    case 'member':
      return memberNature(checker, node);
    case 'slice':
      return sliceNature(checker, node);
    case 'call':
      return checkCall(checker, node);
    case 'builtin':
      return checkPredicateCall(checker, node) ?? checkBuiltin(checker, node);
    case 'predicate':
      return checker.visit(node.node);
    case 'pointer':
      return pointerNature(checker, node.name, node.at);
    case 'let':
      return letNature(checker, node);
    case 'sequence':
      return node.nodes.reduce((_, each) => checker.visit(each), UNKNOWN);
    case 'conditional':
      return conditionalNature(checker, node);
    case 'array':
      return arrayNature(checker, node.nodes);
    case 'map':
      for (const { key, value } of node.pairs) {
        checker.visit(key);
        checker.visit(value);
      }
      return { type: ANY_MAP };
    case 'string-set':
      return UNKNOWN;
  }
}

function identifierNature(checker: Checker, name: string, at: number): Nature {
  const variable = checker.variables.findLast((each) => each.name === name);
  if (variable) return variable.nature;
  return name === '$env' ? UNKNOWN : namedNature(checker, name, at, { builtins: true, strict: true });
}

function namedNature(
  checker: Checker,
  name: string,
  at: number,
  { builtins, strict }: { readonly builtins: boolean; readonly strict: boolean },
): Nature {
  const value = checker.env.get(name);
  if (value !== undefined) return natureOf(value);
  if (builtins && builtinNames.has(name)) return { type: builtinType(name) };
  if (strict) throw new ExprFault(`unknown name ${name}`, at);
  return UNKNOWN;
}

function unaryNature(checker: Checker, node: Extract<Node, { kind: 'unary' }>): Nature {
  const nature = checker.visit(node.operand);
  const logical = node.operator === '!' || node.operator === 'not';
  if (isUnknown(nature)) return logical ? BOOL : UNKNOWN;
  if (logical && isBool(nature)) return BOOL;
  if (!logical && isNumber(nature)) return nature;
  throw new ExprFault(`invalid operation: ${node.operator} (mismatched type ${nameOf(nature)})`, node.at);
}

function binaryNature(checker: Checker, node: Extract<Node, { kind: 'binary' }>): Nature {
  const left = checker.visit(node.left);
  const right = checker.visit(node.right);
  if (node.operator === 'matches' && node.right.kind === 'string') checkPattern(node.right.value, node.at);
  return checkOperator(node.operator, left, right, node.at);
}

/**
 * Also called for parts that are not checked otherwise, since expr-lang compiles a literal pattern in any
 * case.
 */
export function checkPattern(pattern: string, at: number): void {
  try {
    compileRegexp(pattern);
  } catch (error) {
    throw new ExprFault(error instanceof Error ? error.message : 'error parsing regexp', at);
  }
}

function memberNature(checker: Checker, node: MemberNode): Nature {
  if (node.node.kind === 'identifier' && node.node.name === '$env') {
    if (node.property.kind !== 'string') return UNKNOWN;
    return namedNature(checker, node.property.value, node.at, { builtins: false, strict: !node.optional });
  }
  const base = checker.visit(node.node);
  const property = checker.visit(node.property);
  if (isUnknown(base)) return UNKNOWN;
  const name = node.property.kind === 'string' ? node.property.value : undefined;
  if (name !== undefined) {
    if (base.nil) throw new ExprFault(`type nil has no field ${name}`, node.at);
    const method = methodSignature(base.type ?? '', name);
    if (method !== undefined) return { type: method };
  }
  return fieldNature(node, base, property, name);
}

function fieldNature(node: MemberNode, base: Nature, property: Nature, name: string | undefined): Nature {
  switch (kindOf(base.type)) {
    case 'map':
      if (!isAssignable(property, keyNature(base)) && !isUnknown(property)) {
        throw new ExprFault(
          `cannot use ${nameOf(property)} to get an element from ${nameOf(base)}`,
          node.property.at,
        );
      }
      return elementNature(base);
    case 'slice':
    case 'array':
      if (!isInteger(property) && !isUnknown(property)) {
        throw new ExprFault(
          `array elements can only be selected using an integer (got ${nameOf(property)})`,
          node.property.at,
        );
      }
      return elementNature(base);
    default:
      throw new ExprFault(
        name === undefined
          ? `type ${nameOf(base)}[${nameOf(property)}] is undefined`
          : `type ${nameOf(base)} has no ${node.method ? 'method' : 'field'} ${name}`,
        node.at,
      );
  }
}

function sliceNature(checker: Checker, node: Extract<Node, { kind: 'slice' }>): Nature {
  const nature = checker.visit(node.node);
  if (isUnknown(nature)) return UNKNOWN;
  if (!isString(nature) && !isList(nature)) throw new ExprFault(`cannot slice ${nameOf(nature)}`, node.at);
  for (const end of [node.from, node.to]) {
    if (!end) continue;
    const index = checker.visit(end);
    if (!isInteger(index) && !isUnknown(index)) {
      throw new ExprFault(`non-integer slice index ${nameOf(index)}`, end.at);
    }
  }
  return nature;
}

function pointerNature(checker: Checker, name: string, at: number): Nature {
  const scope = checker.collections.at(-1);
  if (!scope) throw new ExprFault('cannot use pointer accessor outside predicate', at);
  if (name === '') return isUnknown(scope.nature) ? UNKNOWN : elementNature(scope.nature);
  const variable = scope.variables.get(name);
  if (!variable) throw new ExprFault(`unknown pointer #${name}`, at);
  return variable;
}

function letNature(checker: Checker, node: Extract<Node, { kind: 'let' }>): Nature {
  const { name, at } = node;
  if (checker.env.has(name)) throw new ExprFault(`cannot redeclare ${name}`, at);
  if (builtinNames.has(name)) throw new ExprFault(`cannot redeclare builtin ${name}`, at);
  if (checker.variables.some((each) => each.name === name)) {
    throw new ExprFault(`cannot redeclare variable ${name}`, at);
  }
  checker.variables.push({ name, nature: checker.visit(node.value) });
  const nature = checker.visit(node.body);
  checker.variables.pop();
  return nature;
}

function conditionalNature(checker: Checker, node: Extract<Node, { kind: 'conditional' }>): Nature {
  const condition = checker.visit(node.condition);
  if (!isBool(condition) && !isUnknown(condition)) {
    throw new ExprFault(
      `non-bool expression (type ${nameOf(condition)}) used as condition`,
      node.condition.at,
    );
  }
  const then = checker.visit(node.whenTrue);
  const otherwise = checker.visit(node.whenFalse);
  if (then.nil) return otherwise;
  if (otherwise.nil) return then;
  if (!isAssignable(then, otherwise)) return UNKNOWN;
  if (!isList(then) || !isList(otherwise)) return then;
  const [a, b] = [elementNature(then), elementNature(otherwise)];
  return isAssignable(a, b) && isAssignable(b, a) ? then : { type: ANY_LIST };
}

/** Elements of one kind give a list of what the last of them is. */
function arrayNature(checker: Checker, nodes: readonly Node[]): Nature {
  const natures = nodes.map((each) => checker.visit(each));
  const alike = new Set(natures.map(({ type }) => kindOf(type))).size <= 1;
  return alike ? listOf(natures.at(-1) ?? UNKNOWN) : { type: ANY_LIST };
}
