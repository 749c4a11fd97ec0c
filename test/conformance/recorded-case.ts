/** The form of the suite of executions recorded on AWS; its own `head` explains the fields. */

import type { JsonObject, JsonValue } from '../../lib/asl/json.ts';

export interface RecordedSuite {
  readonly cases: readonly RecordedCase[];
}

export interface RecordedCase {
  readonly id: string;
  readonly kind: string;
  readonly needs?: readonly string[];
  readonly definition: JsonValue;
  readonly input: JsonValue;
  readonly tasks?: readonly RecordedTask[];
  readonly s3?: readonly RecordedObject[];
  readonly wild?: readonly string[];
  readonly expect: RecordedOutcome;
}

export interface RecordedTask {
  readonly state: string;
  readonly iteration?: { readonly map: string; readonly index: number };
  readonly request?: JsonValue;
  readonly submitted?: JsonValue;
  readonly outcome: {
    readonly status: 'succeeded' | 'failed' | 'timedOut' | 'none-recorded';
    readonly output?: JsonValue;
    readonly error?: string;
    readonly cause?: JsonValue;
  };
}

export interface RecordedObject {
  readonly bucket: string;
  readonly key: string;
  readonly body: string;
}

export interface RecordedOutcome {
  readonly status?: string;
  readonly output?: JsonValue;
  readonly error?: string;
  readonly cause?: JsonValue;
  readonly events?: readonly RecordedEvent[];
  readonly eventsOrdered?: boolean;
}

export interface RecordedEvent {
  readonly type: string;
  readonly id: number;
  readonly prev: number;
  readonly details?: JsonObject;
}

/**
 * Compares as the suite says: placeholders stand for any text, and a text may stand for what it parses to.
 */
export function createMatcher(wild: readonly string[] = []): (expected: unknown, actual: unknown) => boolean {
  const literal = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const holes = new RegExp(['<[^<>]*>', ...wild.map(literal)].join('|'), 'g');
  const matchText = (expected: string, actual: string): boolean =>
    expected === actual ||
    (expected.search(holes) >= 0 &&
      new RegExp(`^${expected.split(holes).map(literal).join('.*')}$`, 's').test(actual));
  const match = (expected: unknown, actual: unknown): boolean => {
    if (typeof expected === 'string' && typeof actual === 'string') {
      return matchText(expected, actual) || matchParsed(expected, actual);
    }
    if (typeof expected === 'object' && expected !== null && typeof actual === 'string') {
      const parsed = parse(actual);
      return parsed !== undefined && match(expected, parsed);
    }
    if (typeof expected === 'string' && typeof actual === 'object' && actual !== null) {
      const parsed = parse(expected);
      return parsed !== undefined && match(parsed, actual);
    }
    if (typeof expected !== 'object' || typeof actual !== 'object') return Object.is(expected, actual);
    if (expected === null || actual === null) return expected === actual;
    if (Array.isArray(expected) !== Array.isArray(actual)) return false;
    return matchMembers(expected, actual);
  };
  const matchParsed = (expected: string, actual: string): boolean => {
    const [left, right] = [parse(expected), parse(actual)];
    return left !== undefined && right !== undefined && match(left, right);
  };
  const matchMembers = (expected: object, actual: object): boolean => {
    const [left, right] = [Object.entries(expected), Object.keys(actual)];
    return (
      left.length === right.length &&
      left.every(([key, value]) => Object.hasOwn(actual, key) && match(value, (actual as Bag)[key]))
    );
  };
  return match;
}

type Bag = Readonly<Record<string, unknown>>;

/** Only objects and arrays; a number within a text stays a text. */
function parse(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}
