/** Suspended nodes in the table: rows of their run. */
import type { JsonValue } from '../protocol/json.ts';
import type { Suspension, Suspensions } from '../store/suspensions.ts';
import { expiresAfterRun, keyHash } from './row-time.ts';
import type { Table } from './table.ts';

const PREFIX = 'suspend#';

export function tableSuspensions(table: Table, now: () => number): Suspensions {
  const keyOf = (run: string, node: string) => ({ pk: `run#${run}`, sk: `${PREFIX}${keyHash(node)}` });
  return {
    async park({ run, node, token, template, task }) {
      const expires = expiresAfterRun(now());
      await table.put({
        ...keyOf(run, node),
        run,
        node,
        token,
        template,
        task: JSON.stringify(task),
        expires,
      });
    },
    async list(run) {
      const found: Suspension[] = [];
      for await (const row of table.query({ pk: `run#${run}`, prefix: PREFIX })) {
        found.push({
          run,
          node: String(row['node']),
          token: String(row['token']),
          template: String(row['template'] ?? ''),
          task: JSON.parse(String(row['task'])) as JsonValue,
        });
      }
      return found;
    },
    change: async (run, node, task) => {
      const set = { task: JSON.stringify(task) };
      return (await table.update({ ...keyOf(run, node), set, when: { token: { exists: true } } })).ok;
    },
    take: (run, node) => table.delete(keyOf(run, node)),
  };
}
