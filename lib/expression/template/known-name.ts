/** Whether an expression's environment holds a name (hasVarInEnv in util/template/expression_template.go). */
import type { ExprEnv } from '../expr/expression.ts';
import type { GoMap, GoValue } from '../values.ts';

/** A value of nil that is there counts as held. */
export function isKnownName(env: ExprEnv, name: string): boolean {
  if (env.has(name)) return true;
  const parts = name.split('.');
  for (let count = parts.length - 1; count > 0; count--) {
    const value = env.get(parts.slice(0, count).join('.'));
    if (value !== undefined) return holds(value, parts.slice(count));
  }
  return false;
}

function holds(value: GoValue, path: readonly string[]): boolean {
  let each: GoValue | undefined = value;
  for (const part of path) {
    if (!isMap(each)) return false;
    each = each.entries?.get(part);
    if (each === undefined) return false;
  }
  return true;
}

function isMap(value: GoValue | undefined): value is GoMap {
  return typeof value === 'object' && value !== null && value.kind === 'map';
}
