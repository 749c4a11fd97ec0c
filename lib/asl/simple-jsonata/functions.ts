/** The functions that machines call most, for the values that they are meant for. */

import type { SimpleFunction } from './tree.ts';
import { textOf, truthOf, UNCLEAR } from './values.ts';

type Call = (first: unknown, second: unknown, third: unknown) => unknown;

export const FUNCTIONS: Readonly<Record<SimpleFunction, Call>> = {
  exists: (value) => value !== undefined,
  string: (value) => (value === undefined ? undefined : textOf(value)),
  count: (value) => (Array.isArray(value) ? value.length : value === undefined ? 0 : 1),
  not: (value) => (value === undefined ? undefined : !truthOf(value)),
  contains: (text, part) => {
    if (typeof part !== 'string' || (typeof text !== 'string' && text !== undefined)) throw UNCLEAR;
    return text?.includes(part);
  },
  substring,
  merge,
  parse: (text) => {
    if (text === undefined) return undefined;
    // Numbers beyond those of JavaScript become infinite, which is none of JSON.
    if (typeof text !== 'string' || /\de\+?\d{3}/i.test(text)) throw UNCLEAR;
    try {
      return JSON.parse(text);
    } catch {
      throw UNCLEAR;
    }
  },
};

function substring(text: unknown, start: unknown, length: unknown): unknown {
  if (text === undefined && typeof start === 'number') return undefined;
  const isLengthClear = length === undefined || (typeof length === 'number' && Number.isInteger(length));
  if (typeof text !== 'string' || typeof start !== 'number' || !Number.isInteger(start) || !isLengthClear)
    throw UNCLEAR;
  // Positions count characters, not halves of them.
  if (/[\ud800-\udfff]/.test(text)) throw UNCLEAR;
  const from = start < 0 ? Math.max(0, text.length + start) : start;
  if (length === undefined) return text.slice(from);
  return length <= 0 ? '' : text.slice(from, from + length);
}

function merge(given: unknown): unknown {
  if (given === undefined) return undefined;
  const made: Record<string, unknown> = {};
  for (const one of Array.isArray(given) ? given : [given]) {
    if (typeof one !== 'object' || one === null || Array.isArray(one) || Object.hasOwn(one, '__proto__'))
      throw UNCLEAR;
    Object.assign(made, one);
  }
  return made;
}
