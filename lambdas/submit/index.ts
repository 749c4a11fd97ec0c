/** Uploads and deletions of workflow files: starts runs, keeps templates and schedules. */
import { processWorld } from '../../lib/aws/serve-handler.ts';
import { submitEvent } from '../../lib/aws/submit.ts';

const world = processWorld();

export async function handler(event: unknown): Promise<{ readonly runs: readonly string[] }> {
  const { runs } = await submitEvent(world, event);
  return { runs: runs.map(({ name }) => name) };
}
