/** The parts of a compiled JSONPath selector and of the scripts inside it. */
import type { GoValue } from '../../values.ts';

export type PathToken =
  | { readonly kind: 'root' | 'current' | 'wildcard' | 'recursive' | 'length' }
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'filter' | 'script'; readonly script: Script }
  | { readonly kind: 'union'; readonly args: readonly (string | number | Script)[] }
  | { readonly kind: 'range'; readonly from: RangeBound; readonly to: RangeBound; readonly step: RangeBound };

export type RangeBound = number | Script | null;

/** An expression in round brackets; without operator it is a bare word or number. */
export interface Script {
  readonly kind: 'expression';
  readonly text: string;
  readonly operator: Operator | null;
}

export type BinaryOperator =
  | '||'
  | '&&'
  | '=='
  | '!='
  | '<='
  | '>='
  | '<'
  | '>'
  | '=~'
  | '+'
  | '-'
  | '**'
  | '*'
  | '/'
  | '%'
  | 'not in'
  | 'in';

export type Operator =
  | { readonly operator: 'selector'; readonly tokens: readonly PathToken[] }
  | { readonly operator: '!'; readonly right: Operand }
  | { readonly operator: BinaryOperator; readonly left: Operand; readonly right: Operand };

/** Raw text, a JSON list or object, an operator, or nothing. */
export type Operand = Operator | Extract<GoValue, { kind: 'list' | 'map' }> | string | null;

/** What one query may still do, shared by all its parts. */
export interface Work {
  left: number;
}

export function isOperator(operand: unknown): operand is Operator {
  return typeof operand === 'object' && operand !== null && 'operator' in operand;
}
