/** The gate handler: cross edges of a DAG, between branches that run beside each other. */
import type { Handler } from './world.ts';

export const gate: Handler = async (payload, world) => {
  const keyOf = (task: string) => `${String(payload['run'])}/${String(payload['scope'])}/${task}`;
  if (payload['op'] === 'wait') {
    const tasks = payload['tasks'] as readonly string[];
    await world.gates.wait(tasks.map(keyOf), String(payload['token']));
    return {};
  }
  await world.gates.release(keyOf(String(payload['task'])), payload['outcome'] ?? null);
  return {};
};
