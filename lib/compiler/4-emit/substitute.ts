/** Puts values in place of variables, so that what a later state says can be said by an earlier one. */
import type { Assignments } from '../3-lower/plan.ts';
import { isExpressionValue, textOf, type Value } from '../3-lower/value.ts';

/** Strings and names in backquotes are passed over, variables are found. */
const TOKEN = /"(?:[^"\\]|\\.)*"|`[^`]*`|\$[A-Za-z_]\w*/g;

export function substitute(value: Value, bindings: Assignments): Value {
  if (isExpressionValue(value)) {
    const whole = /^\$(\w+)$/.exec(value.text)?.[1];
    const bound = whole === undefined ? undefined : bindings[whole];
    if (bound !== undefined) return bound;
    const text = value.text.replace(TOKEN, (token) => {
      const found = token.startsWith('$') ? bindings[token.slice(1)] : undefined;
      return found === undefined ? token : inBrackets(textOf(found));
    });
    return text === value.text ? value : { ...value, text };
  }
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((one: Value) => substitute(one, bindings));
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      one === undefined ? one : substitute(one as Value, bindings),
    ]),
  );
}

export function substituteAll(assign: Assignments, bindings: Assignments): Assignments {
  return Object.fromEntries(
    Object.entries(assign).map(([name, value]) => [name, substitute(value, bindings)]),
  );
}

/** Paths and literals bind as tightly as the variable did. */
function inBrackets(text: string): string {
  return /^(\$[\w.]+|"(?:[^"\\]|\\.)*"|\d+|\{[^{}]*\})$/.test(text) ? text : `(${text})`;
}

/** Whether a value reads one of the variables. */
export function readsAny(value: Value, names: ReadonlySet<string>): boolean {
  if (isExpressionValue(value)) {
    for (const [token] of value.text.matchAll(TOKEN))
      if (token.startsWith('$') && names.has(token.slice(1))) return true;
    return false;
  }
  if (value === null || typeof value !== 'object') return false;
  return Object.values(value).some((one) => one !== undefined && readsAny(one as Value, names));
}

/** Whether a value's text matches, in any of its expressions. */
export function mentions(value: Value, pattern: RegExp): boolean {
  if (isExpressionValue(value)) return pattern.test(value.text);
  if (value === null || typeof value !== 'object') return false;
  return Object.values(value).some((one) => one !== undefined && mentions(one as Value, pattern));
}
