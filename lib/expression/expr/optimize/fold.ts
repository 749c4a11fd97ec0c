/** Constant folding as expr-lang's optimizer does it: `x or true` is true whatever x would do. */
import type { BinaryNode, Node } from '../ast.ts';
import { ExprFault } from '../fault.ts';
import { calculate, power } from '../run/operators.ts';

/** What stands in place of the node, undefined where it stays. Throws ExprFault for `7 % 0`. */
export function foldConstants(node: Node): Node | undefined {
  if (node.kind === 'unary') return foldUnary(node);
  return node.kind === 'binary' ? foldBinary(node) : undefined;
}

function foldUnary(node: Extract<Node, { kind: 'unary' }>): Node | undefined {
  const { operand, operator, at } = node;
  const logical = operator === '!' || operator === 'not';
  if (operand.kind === 'bool')
    return logical ? { kind: 'bool', value: !operand.value, at, height: 1 } : undefined;
  if (logical || (operand.kind !== 'int' && operand.kind !== 'float')) return undefined;
  if (operator === '+') return operand;
  return operand.kind === 'int'
    ? { kind: 'int', value: BigInt.asIntN(64, -operand.value), at, height: 1 }
    : { kind: 'float', value: -operand.value, at, height: 1 };
}

function foldBinary(node: BinaryNode): Node | undefined {
  const { operator, left, right, at } = node;
  switch (operator) {
    case 'and':
    case '&&':
      return foldLogic(left, right, true, at);
    case 'or':
    case '||':
      return foldLogic(left, right, false, at);
    case '==':
      return foldEqual(left, right, at);
    case '+':
      if (left.kind === 'string' && right.kind === 'string') {
        return { kind: 'string', value: left.value + right.value, at, height: 1 };
      }
      return foldNumbers(node);
    case '-':
    case '*':
    case '/':
    case '%':
    case '**':
    case '^':
      return foldNumbers(node);
    default:
      return undefined;
  }
}

/** `neutral` is what leaves the other side as it is. */
function foldLogic(left: Node, right: Node, neutral: boolean, at: number): Node | undefined {
  const [a, b] = [left, right].map((side) => (side.kind === 'bool' ? side.value : undefined));
  if (a === neutral) return right;
  if (b === neutral) return left;
  return a === undefined && b === undefined ? undefined : { kind: 'bool', value: !neutral, at, height: 1 };
}

function foldEqual(left: Node, right: Node, at: number): Node | undefined {
  const comparable =
    (left.kind === 'int' && right.kind === 'int') ||
    (left.kind === 'string' && right.kind === 'string') ||
    (left.kind === 'bool' && right.kind === 'bool');
  return comparable ? { kind: 'bool', value: left.value === right.value, at, height: 1 } : undefined;
}

function foldNumbers({ operator, left, right, at }: BinaryNode): Node | undefined {
  const numeric = (side: Node): side is Extract<Node, { kind: 'int' | 'float' }> =>
    side.kind === 'int' || side.kind === 'float';
  if (!numeric(left) || !numeric(right)) return undefined;
  if (operator === '%') {
    if (left.kind !== 'int' || right.kind !== 'int') return undefined;
    if (right.value === 0n) throw new ExprFault('integer divide by zero', at);
  }
  const exponent = operator === '**' || operator === '^';
  const value = exponent ? power(left.value, right.value) : calculate(operator, left.value, right.value);
  if (typeof value === 'bigint') return { kind: 'int', value, at, height: 1 };
  return typeof value === 'number' ? { kind: 'float', value, at, height: 1 } : undefined;
}
