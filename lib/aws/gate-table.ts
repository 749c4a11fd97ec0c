/**
 * Gates in the table: a row a key holds its value and who waits; a row a waiter holds its token and its
 * keys.
 */
import type { JsonValue } from '../protocol/json.ts';
import type { AnswerToken } from '../store/answer.ts';
import type { Gates } from '../store/gates.ts';
import { expiresAfterRun, keyHash } from './row-time.ts';
import type { Row, Table } from './table.ts';

/*
 * A waiter enters itself at each key and sees whether the key is released; a release writes the value and
 * sees who is
 * entered. Both happen in one update of one row, so at least one of the two sees the other, and whoever
 * sees the last
 * key released answers. Should both, the second answer is too late, and harmless.
 */
export function tableGates(table: Table, answer: AnswerToken, now: () => number): Gates {
  const answerWhenOpen = async (waiterId: string): Promise<void> => {
    const waiter = await table.get({ pk: `waiter#${waiterId}`, sk: 'waiter' });
    if (waiter === undefined) return;
    const keys = waiter['keys'] as readonly string[];
    const gates = await Promise.all(keys.map((key) => table.get(gateKey(key))));
    if (gates.every(isReleased)) await open(String(waiter['token']), gates);
  };
  const open = (token: string, gates: readonly (Row | undefined)[]) =>
    answer(token, { output: { outcomes: gates.map((gate) => releasedValue(gate)) } });
  return {
    async wait(keys, token) {
      const id = keyHash(token);
      const expires = expiresAfterRun(now());
      await table.put({ pk: `waiter#${id}`, sk: 'waiter', keys, token, expires });
      const entered = await Promise.all(
        keys.map((key) =>
          table.update({ ...gateKey(key), add: { waiters: new Set([id]) }, set: { expires } }),
        ),
      );
      const gates = entered.map((one) => one.row);
      if (gates.every(isReleased)) await open(token, gates);
    },
    async release(key, value) {
      const written = await table.update({
        ...gateKey(key),
        set: { value: JSON.stringify(value), expires: expiresAfterRun(now()) },
        when: { value: { exists: false } },
      });
      // A release may come again since the first one was lost on its way: whoever still waits is answered
      // now.
      const waiters = [...((written.row?.['waiters'] as ReadonlySet<string> | undefined) ?? [])];
      await Promise.all(waiters.map(answerWhenOpen));
    },
  };
}

function gateKey(key: string): { readonly pk: string; readonly sk: string } {
  return { pk: `gate#${Buffer.byteLength(key) > 1024 ? keyHash(key) : key}`, sk: 'gate' };
}

function isReleased(gate: Row | undefined): boolean {
  return gate?.['value'] !== undefined;
}

function releasedValue(gate: Row | undefined): JsonValue {
  return JSON.parse(String(gate?.['value'] ?? 'null')) as JsonValue;
}
