/** JSONata source text: wrapping in `{% %}`, and quoting so that no value can become code. */

import type { JsonValue } from './json.ts';

const OPEN = '{%';
const CLOSE = '%}';

/** Whether AWS takes the text for an expression: the brackets must be its very ends. */
export function isExpression(value: unknown): boolean {
  return typeof value === 'string' && value.length >= 4 && value.startsWith(OPEN) && value.endsWith(CLOSE);
}

export function wrapExpression(bare: string): string {
  return `${OPEN} ${bare} ${CLOSE}`;
}

/** The bare expression, trimmed as AWS shows it in its messages. */
export function unwrapExpression(wrapped: string): string {
  return wrapped.slice(2, -2).trim();
}

/** A JSONata string literal. `%}` is broken up, as nobody documents what it does within brackets. */
export function jsonataString(text: string): string {
  return JSON.stringify(text).replaceAll(CLOSE, '%\\u007d');
}

/** A JSONata expression that yields the JSON value. */
export function jsonataValue(value: JsonValue): string {
  if (typeof value === 'string') return jsonataString(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(jsonataValue).join(', ')}]`;
  const entries = Object.entries(value).map(([key, item]) => `${jsonataString(key)}: ${jsonataValue(item)}`);
  return `{${entries.join(', ')}}`;
}

const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const RESERVED = new Set(['and', 'or', 'in', 'true', 'false', 'null', 'function']);

/** `base.a."b c"`: the member of objects under `base`; keys are data, never code. */
export function jsonataPath(base: string, keys: readonly string[]): string {
  return keys.reduce((path, key) => {
    if (PLAIN_NAME.test(key) && !RESERVED.has(key)) return `${path}.${key}`;
    // A name in backquotes knows no escape, so a backquote or an empty key needs the function.
    if (key === '' || key.includes('`') || key.includes(CLOSE))
      return `$lookup(${path}, ${jsonataString(key)})`;
    return `${path}.\`${key}\``;
  }, base);
}

/** Names that AWS takes for variables: a Unicode identifier of at most 80 characters. */
export function isVariableName(name: string): boolean {
  return name.length <= 80 && /^[\p{ID_Start}_][\p{ID_Continue}]*$/u.test(name);
}
