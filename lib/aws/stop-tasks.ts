/** Stops ECS tasks of a run that nobody waits for any more. */
import { NODE_ENV, TASK_SPEC_ENV } from '../protocol/run-task.ts';
import type { AwsWorld } from './aws-world.ts';
import { runOfKey } from './s3-blob-store.ts';

/** Step Functions keeps StartedBy for itself; the run is told by the task spec that the task was given. */
export async function stopTasks(
  { clients, environment }: AwsWorld,
  uid: string,
  reason: string,
  spares: (node: string) => boolean = () => false,
): Promise<number> {
  const cluster = `${environment.prefix}cluster`;
  const running = await clients.tasks.running(cluster);
  const mine = running.filter(
    ({ environment: given }) =>
      runOfKey(given[TASK_SPEC_ENV] ?? '') === uid && !spares(given[NODE_ENV] ?? ''),
  );
  for (const { taskArn } of mine) await clients.tasks.stop(cluster, taskArn, reason);
  return mine.length;
}
