/** CronWorkflows that are due. */
import { fireCron } from '../../lib/aws/fire-cron.ts';
import { processWorld } from '../../lib/aws/serve-handler.ts';

const world = processWorld();

export async function handler(event: unknown): Promise<{ readonly kind: string }> {
  const { kind } = await fireCron(world, event);
  return { kind };
}
