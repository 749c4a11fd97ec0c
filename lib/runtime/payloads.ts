/**
 * JSON texts and sizes of the values of one execution, each made at most once and only when somebody asks.
 */

import type { JsonObject, JsonValue } from '../asl/json.ts';
import { plainCopy, UNSUPPORTED } from '../asl/jsonata-result.ts';
import { QUOTAS } from '../asl/quotas.ts';

export interface Payloads {
  text(value: JsonValue): string;
  isTooLarge(value: JsonValue): boolean;
  /** A private copy of what comes from outside, undefined members dropped; undefined when it is no JSON. */
  adopt(value: unknown): JsonValue | undefined;
  /** Whether it is a larger value of the execution, plain JSON that nobody changes any more. */
  has(value: object): boolean;
}

export function createPayloads(): Payloads {
  const texts = new WeakMap<object, string>();
  const bounds = new WeakMap<object, number>();

  const text = (value: JsonValue): string => {
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    const known = texts.get(value);
    if (known !== undefined) return known;
    const made = JSON.stringify(value);
    texts.set(value, made);
    return made;
  };
  const payloads: Payloads = {
    text,
    isTooLarge: (value) => {
      if (upperBound(value, bounds) <= QUOTAS.payloadBytes) return false;
      return Buffer.byteLength(text(value)) > QUOTAS.payloadBytes;
    },
    adopt: (value) => {
      const copy = plainCopy(value === undefined ? null : value, payloads);
      return copy === UNSUPPORTED ? undefined : copy;
    },
    has: (value) => bounds.has(value),
  };
  return payloads;
}

/** Measuring a value again is cheaper than remembering it, up to about this size. */
const WORTH_KEEPING = 2_000;

/** At most this many bytes of UTF-8: cheaper than the text, and nearly always enough to know that it fits. */
function upperBound(value: JsonValue, known: WeakMap<object, number>): number {
  if (typeof value === 'string') return 2 + 6 * value.length;
  if (typeof value !== 'object' || value === null) return 25;
  const before = known.get(value);
  if (before !== undefined) return before;
  let bound = 2;
  if (Array.isArray(value)) for (const item of value) bound += 1 + upperBound(item, known);
  else for (const key in value) bound += 4 + 6 * key.length + upperBound((value as JsonObject)[key]!, known);
  if (bound > WORTH_KEEPING) known.set(value, bound);
  return bound;
}
