/** Checks the vectors of expr.json and sprig.json: expressions as tags and conditions evaluate them. */
import { evalBool, evaluateExpr } from '../../../lib/expression/expr/expression.ts';
import { goJsonString } from '../../../lib/expression/go/json-encode.ts';
import { type HttpHeaders, httpOutcome } from '../../../lib/expression/http-condition.ts';
import { exprEnv } from '../../../lib/expression/scope.ts';
import { replaceJsonText } from '../../../lib/expression/template/replace.ts';
import type { Strictness } from '../../../lib/expression/template/strictness.ts';
import { differenceOf, type ExpectedValue, scopeOf } from './go-value.ts';

interface Vector extends ExpectedValue {
  readonly op?: string;
  readonly expr: string;
  readonly scope?: unknown;
  readonly error?: string;
  /** What the tag of the expression leaves in a string, or its error; lenient where that differs. */
  readonly text?: string;
  readonly textError?: string;
  readonly lenientText?: string;
  readonly lenientError?: string;
}

interface HttpVector {
  readonly expr: string;
  readonly request: {
    readonly method: string;
    readonly body: string;
    readonly headers: Record<string, string>;
  };
  readonly response: {
    readonly statusCode: number;
    readonly body: string;
    readonly headers: Record<string, string>;
  };
  readonly phase?: string;
  readonly message?: string;
  readonly error?: string;
}

/** Undefined where the vector passes, else why it does not. */
export function check(vector: unknown): string | undefined {
  const each = vector as Vector;
  if (each.op === 'httpSuccessCondition') return checkHttp(vector as HttpVector);
  return each.op === 'bool' ? checkBool(each) : checkValue(each);
}

function checkValue(vector: Vector): string | undefined {
  const result = evaluateExpr(vector.expr, exprEnv(scopeOf(vector.scope)));
  if (vector.error !== undefined) {
    if (result.ok) return `expected the error ${vector.error}`;
  } else {
    const difference = result.ok ? differenceOf(result.value, vector) : `unexpected error: ${result.error}`;
    if (difference !== undefined) return difference;
  }
  return checkTag(vector);
}

function checkTag(vector: Vector): string | undefined {
  const strictError = vector.textError ?? (vector.text === undefined ? vector.error : undefined);
  const strict = tagOutcome(vector, 'all', vector.text, strictError);
  if (strict !== undefined) return `strict tag: ${strict}`;
  const lenientText = vector.lenientError === undefined ? (vector.lenientText ?? vector.text) : undefined;
  const lenient = tagOutcome(
    vector,
    'none',
    lenientText,
    vector.lenientError ?? (lenientText === undefined ? strictError : undefined),
  );
  return lenient === undefined ? undefined : `lenient tag: ${lenient}`;
}

/** For an expression that ends in a brace the vectors put a space before the braces of the tag. */
function tagOutcome(
  vector: Vector,
  strictness: Strictness,
  text: string | undefined,
  error: string | undefined,
): string | undefined {
  const tag = `{{=${vector.expr}${vector.expr.endsWith('}') ? ' ' : ''}}}`;
  const replaced = replaceJsonText(goJsonString(tag), scopeOf(vector.scope), strictness);
  if (error !== undefined) return replaced.ok ? `${replaced.text}, expected the error ${error}` : undefined;
  if (!replaced.ok) return `unexpected error: ${replaced.error}`;
  const field: unknown = JSON.parse(replaced.text);
  return field === text ? undefined : `${String(field)}, expected ${text}`;
}

function checkBool(vector: Vector): string | undefined {
  const result = evalBool(vector.expr, exprEnv(scopeOf(vector.scope)));
  if (vector.error !== undefined) return result.ok ? `expected the error ${vector.error}` : undefined;
  if (!result.ok) return `unexpected error: ${result.error}`;
  return result.value === vector.value ? undefined : `${result.value}, expected ${String(vector.value)}`;
}

function headersOf(headers: Record<string, string>): HttpHeaders {
  return new Map(Object.entries(headers).map(([name, value]) => [name, [value]]));
}

function checkHttp({ expr, request, response, phase, message, error }: HttpVector): string | undefined {
  const outcome = httpOutcome(expr, {
    request: { ...request, url: 'http://localhost/', headers: headersOf(request.headers) },
    response: { ...response, headers: headersOf(response.headers) },
  });
  if (error !== undefined) return outcome.ok ? `expected the error ${error}` : undefined;
  if (!outcome.ok) return `unexpected error: ${outcome.error}`;
  return outcome.phase === phase && outcome.message === message
    ? undefined
    : `${outcome.phase}, expected ${phase}`;
}
