/** Executions that ended: exit handlers that could not run, stray tasks, locks, and the run's row. */
import { endRun } from '../../lib/aws/exit-run.ts';
import { processWorld } from '../../lib/aws/serve-handler.ts';

const world = processWorld();

export async function handler(event: unknown): Promise<{ readonly ended: string }> {
  return { ended: await endRun(world, event) };
}
