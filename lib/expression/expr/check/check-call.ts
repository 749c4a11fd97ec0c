/** Checks calls of functions of the environment and of methods. */
import type { Node } from '../ast.ts';
import { ExprFault } from '../fault.ts';
import { kindOf, type Signature, signatureOf } from '../go-types.ts';
import type { Checker } from './checker.ts';
import { isAssignable, isInteger, isUnknown, type Nature, nameOf } from './nature.ts';

/**
 * What a call gives. Arguments of a function of which nothing is known are not looked at, as in expr-lang.
 */
export function checkCall(checker: Checker, node: Extract<Node, { kind: 'call' }>): Nature {
  const { callee, args, at } = node;
  if (callee.kind === 'identifier' && callee.name === '$env') throw new ExprFault('$env is not callable', at);
  const nature = checker.visit(callee);
  if (isUnknown(nature)) return {};
  const name = calleeName(callee);
  if (nature.nil) throw new ExprFault(`${name} is nil; cannot call nil as function`, at);
  if (kindOf(nature.type) !== 'func') throw new ExprFault(`${nameOf(nature)} is not callable`, at);
  const fault = argumentsFault(checker, name, signatureOf(nature.type ?? ''), args, at);
  if (fault) throw fault;
  return { type: signatureOf(nature.type ?? '').result };
}

function calleeName(callee: Node): string {
  if (callee.kind === 'identifier') return callee.name;
  return callee.kind === 'member' && callee.property.kind === 'string' ? callee.property.value : 'function';
}

/** Why the arguments do not fit the signature, if they do not. */
export function argumentsFault(
  checker: Checker,
  name: string,
  { params, variadic }: Signature,
  args: readonly Node[],
  at: number,
): ExprFault | undefined {
  const natures = args.map((arg) => checker.visit(arg));
  if (!variadic && args.length > params.length)
    return new ExprFault(`too many arguments to call ${name}`, at);
  if (args.length < params.length - (variadic ? 1 : 0)) {
    return new ExprFault(`not enough arguments to call ${name}`, at);
  }
  for (const [index, nature] of natures.entries()) {
    const wanted: Nature = { type: params[Math.min(index, params.length - 1)] ?? 'interface {}' };
    const place = args[index]?.at ?? at;
    if (nature.nil) {
      if (['ptr', 'interface'].includes(kindOf(wanted.type))) continue;
      return new ExprFault(`cannot use nil as argument (type ${nameOf(wanted)}) to call ${name}`, place);
    }
    // expr-lang converts literals of one integer type to another here, and lets all integers pass.
    if (isAssignable(nature, wanted) || isUnknown(nature) || (isInteger(nature) && isInteger(wanted)))
      continue;
    return new ExprFault(
      `cannot use ${nameOf(nature)} as argument (type ${nameOf(wanted)}) to call ${name}`,
      place,
    );
  }
  return undefined;
}
