/** Runs a tree of stages (EvaluableExpression.go), left operands first, with govaluate's short circuits. */
import { operators, type WhenValue, whenText } from './operators.ts';
import type { WhenStage } from './stage.ts';
import { WhenError } from './token.ts';

/**
 * Thrown where bare words stand for variables, as in the `when` of a CronWorkflow, of which there are none.
 */
function unknownName(name: string, position: number): never {
  throw new WhenError(`No parameter '${name}' found.`, position);
}

function operandError(stage: WhenStage, left: WhenValue, right: WhenValue, complaint: string): WhenError {
  const symbol = stage.symbol.replace('prefix', '');
  const isRightChecked = stage.symbol === 'in' || stage.symbol.startsWith('prefix');
  // govaluate names the left operand unless that one was all right.
  const rightOnly = isRightChecked || (typeof left === typeof right ? false : leftAlone(stage.symbol, left));
  const message = `Value '${whenText(rightOnly ? right : left)}' ${complaint.replace('%', symbol)}`;
  return new WhenError(message, stage.token.start);
}

function leftAlone(symbol: string, left: WhenValue): boolean {
  if (['>', '>=', '<', '<=', '+'].includes(symbol)) return false;
  if (symbol === '=~' || symbol === '!~') return typeof left === 'string';
  if (symbol === '&&' || symbol === '||') return typeof left === 'boolean';
  return typeof left === 'number';
}

function isDecidedBy(symbol: string, left: WhenValue): boolean {
  switch (symbol) {
    case '&&':
    case '?':
      return left === false;
    case '||':
      return left === true;
    case ':':
    case '??':
      return left !== null;
    default:
      return false;
  }
}

function decided(symbol: string, left: WhenValue): WhenValue {
  return symbol === '?' ? null : left;
}

function runStage(stage: WhenStage, left: WhenValue): WhenValue {
  if (stage.symbol === 'literal') return stage.token.value;
  if (stage.symbol === 'variable') return unknownName(String(stage.token.value), stage.token.start);
  if (isDecidedBy(stage.symbol, left)) return decided(stage.symbol, left);
  const right = stage.right ? runTree(stage.right) : null;
  if (stage.symbol === 'access')
    return unknownName(String(stage.token.value).split('.')[0] ?? '', stage.token.start);
  const operator = operators.get(stage.symbol);
  if (!operator) throw new WhenError(`Unknown operator '${stage.symbol}'`, stage.token.start);
  if (!operator.accepts(left, right)) throw operandError(stage, left, right, operator.complaint);
  const value = operator.run(left, right);
  if (value !== undefined) return value;
  throw new WhenError(`Unable to compile regexp pattern '${whenText(right)}'`, stage.token.start);
}

/** Left operands are followed in a loop: a long chain of operators hangs to the left. */
function runTree(root: WhenStage): WhenValue {
  const spine: WhenStage[] = [];
  for (let stage: WhenStage | undefined = root; stage; stage = stage.left) spine.push(stage);
  return spine.reduceRight<WhenValue>((left, stage) => runStage(stage, left), null);
}

/** The value of a planned expression; throws a WhenError. */
export function runWhen(root: WhenStage | undefined): WhenValue {
  return root ? runTree(root) : null;
}
