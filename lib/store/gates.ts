/** Gates: a waiter parks its task token until every key that it waits for is released, with a value each. */
import type { JsonValue } from '../protocol/json.ts';
import type { AnswerToken } from './answer.ts';

export interface Gates {
  /** Answers the token with `{outcomes: [value…]}`, in the order of the keys, once all of them are released. */
  wait(keys: readonly string[], token: string): Promise<void>;
  /** A key is released once; later releases change nothing. */
  release(key: string, value: JsonValue): Promise<void>;
}

export function memoryGates(answer: AnswerToken): Gates {
  const released = new Map<string, JsonValue>();
  const waiting = new Map<
    string,
    { readonly keys: readonly string[]; readonly token: string; open: number }[]
  >();
  return {
    async wait(keys, token) {
      const closed = keys.filter((key) => !released.has(key));
      const waiter = { keys, token, open: closed.length };
      if (closed.length === 0) return answer(token, opened(waiter.keys, released));
      for (const key of closed) waiting.set(key, [...(waiting.get(key) ?? []), waiter]);
    },
    async release(key, value) {
      if (released.has(key)) return;
      released.set(key, value);
      const waiters = waiting.get(key) ?? [];
      waiting.delete(key);
      for (const waiter of waiters) {
        waiter.open -= 1;
        if (waiter.open === 0) await answer(waiter.token, opened(waiter.keys, released));
      }
    },
  };
}

function opened(
  keys: readonly string[],
  released: ReadonlyMap<string, JsonValue>,
): { readonly output: JsonValue } {
  return { output: { outcomes: keys.map((key) => released.get(key) ?? null) } };
}
