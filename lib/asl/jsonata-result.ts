/** From what jsonata returns to plain JSON. */

import type { JsonValue } from './json.ts';

/** The result is or holds a function. */
export const UNSUPPORTED: unique symbol = Symbol('unsupported result');

const isFunction = (value: object): boolean =>
  typeof value === 'function' || '_jsonata_lambda' in value || '_jsonata_function' in value;

/**
 * A copy without jsonata's marks on arrays (which would change how a later expression sees them). Values in
 * `plain` are known to be plain JSON already and are shared, not copied. Infinity and NaN become text, as on
 * AWS.
 */
export function plainCopy(
  value: unknown,
  plain: Pick<WeakSet<object>, 'has'>,
): JsonValue | typeof UNSUPPORTED | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value + 0 : String(value);
    case 'object':
      return value === null ? null : copyObject(value, plain);
    case 'undefined':
      return undefined;
    default:
      return UNSUPPORTED;
  }
}

function copyObject(value: object, plain: Pick<WeakSet<object>, 'has'>): JsonValue | typeof UNSUPPORTED {
  if (plain.has(value)) return value as JsonValue;
  if (Array.isArray(value)) return copyArray(value, plain);
  if (isFunction(value)) return UNSUPPORTED;
  const copy: Record<string, JsonValue> = {};
  for (const key of Object.keys(value)) {
    const item = plainCopy((value as Readonly<Record<string, unknown>>)[key], plain);
    if (item === UNSUPPORTED) return UNSUPPORTED;
    if (item === undefined) continue;
    if (key === '__proto__')
      Object.defineProperty(copy, key, { value: item, enumerable: true, writable: true });
    else copy[key] = item;
  }
  return copy;
}

function copyArray(
  value: readonly unknown[],
  plain: Pick<WeakSet<object>, 'has'>,
): JsonValue | typeof UNSUPPORTED {
  const copy: JsonValue[] = [];
  for (const element of value) {
    const item = plainCopy(element, plain);
    if (item === UNSUPPORTED) return UNSUPPORTED;
    if (item !== undefined) copy.push(item);
  }
  return copy;
}

/** As AWS names types in its messages. */
export function typeName(value: JsonValue): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
