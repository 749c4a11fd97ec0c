/** Compiles the scripts of a JSONPath, with the order of operators of evilmonkeyinc/jsonpath's engine. */
import { GoError } from '../../go-error.ts';
import { goJsonDecode } from '../json-decode.ts';
import { goTrimSpace } from '../space.ts';
import type { BinaryOperator, Operand, Operator, PathToken, Script, Work } from './nodes.ts';
import { attempt, spend } from './work.ts';

const operators: readonly string[] = [
  '||',
  '&&',
  '==',
  '!=',
  '<=',
  '>=',
  '<',
  '>',
  '=~',
  '!',
  '+',
  '-',
  '**',
  '*',
  '/',
  '%',
  'not in',
  'in',
  '@',
  '$',
];

type ParseSelector = (selector: string, work: Work) => PathToken[];

/** The script of an expression. Throws GoError. */
export function compileScript(text: string, work: Work, parseSelector: ParseSelector): Script {
  return { kind: 'expression', text, operator: buildOperator(text, operators, { work, parseSelector }) };
}

interface Builder {
  readonly work: Work;
  readonly parseSelector: ParseSelector;
}

/** Tries one operator after the other; the first found outside quotes and brackets splits the text. */
function buildOperator(raw: string, candidates: readonly string[], builder: Builder): Operator | null {
  let remaining = candidates;
  let text = raw;
  while (remaining.length > 0) {
    const [symbol = '', ...rest] = remaining;
    text = goTrimSpace(text);
    spend(builder.work, text.length + 1);
    if (text === '') return null;
    let current = remaining;
    remaining = rest;
    if (text.startsWith('(') && text.endsWith(')')) {
      text = goTrimSpace(text.slice(1, -1));
      current = ['', ...operators];
      remaining = operators;
    }
    const found = splitAt(text, symbol, current, builder);
    if (found) return found;
  }
  return null;
}

function splitAt(
  text: string,
  symbol: string,
  candidates: readonly string[],
  builder: Builder,
): Operator | null {
  const at = findOperator(text, symbol);
  const isSelector = symbol === '@' || symbol === '$';
  if (at < 0) return null;
  const rightText = goTrimSpace(text.slice(at + symbol.length));
  if (rightText === '' && !isSelector) return null;
  const right = parseOperand(rightText, candidates, builder);
  const leftText = goTrimSpace(text.slice(0, at));
  if (leftText === '' && !isSelector && symbol !== '!') return null;
  const left = parseOperand(leftText, candidates, builder);
  if (isSelector || symbol === '!') {
    if (left !== null) return null;
    if (symbol === '!') return { operator: '!', right };
    return { operator: 'selector', tokens: builder.parseSelector(text, builder.work) };
  }
  // A list of candidates that begins again after brackets begins with no symbol, which splits nothing.
  if (symbol === '') throw new GoError('unsupported operator');
  return { operator: symbol as BinaryOperator, left, right };
}

function parseOperand(raw: string, candidates: readonly string[], builder: Builder): Operand {
  const operator = buildOperator(raw, candidates, builder);
  if (operator !== null) return operator;
  const text = goTrimSpace(raw);
  if (text === '') return null;
  if (!/^\[.*\]$|^\{.*\}$/s.test(text)) return text;
  const value = attempt(builder.work, () => goJsonDecode(text));
  return typeof value === 'object' && (value?.kind === 'list' || value?.kind === 'map') ? value : text;
}

interface Nesting {
  quote: string;
  round: number;
  square: number;
}

/** The place of an operator outside quotes and brackets, or -1. */
function findOperator(text: string, symbol: string): number {
  const nesting: Nesting = { quote: '', round: 0, square: 0 };
  for (let at = 0; at < text.length; at += 1) {
    nest(nesting, text[at] ?? '');
    if (nesting.quote !== '' || nesting.round > 0 || nesting.square > 0) continue;
    const start = at + 1 - symbol.length;
    if (start >= 0 && text.slice(start, at + 1) === symbol) return start;
  }
  return -1;
}

function nest(nesting: Nesting, char: string): void {
  const { quote, round, square } = nesting;
  if ((char === '(' || char === ')') && quote === '' && square <= 0) nesting.round += char === '(' ? 1 : -1;
  if ((char === '[' || char === ']') && quote === '' && round <= 0) nesting.square += char === '[' ? 1 : -1;
  if (char !== "'" && char !== '"') return;
  if ((quote === '' || quote === char) && round <= 0 && square <= 0) nesting.quote = quote === '' ? char : '';
}
