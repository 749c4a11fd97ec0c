/** Stops ECS tasks of a run that nobody waits for any more. */
import { NODE_ENV, TASK_ENV } from '../protocol/run-task.ts';
import { readTaskOrder, runOfOrder } from '../protocol/task-order.ts';
import type { AwsWorld } from './aws-world.ts';

/** Step Functions keeps StartedBy for itself; the run is told by the order that the task was given. */
export async function stopTasks(
  { clients, environment }: AwsWorld,
  uid: string,
  reason: string,
  spares: (node: string) => boolean = () => false,
): Promise<number> {
  const cluster = `${environment.prefix}cluster`;
  const running = await clients.tasks.running(cluster);
  const isMine = (order: string) => order !== '' && runOfOrder(readTaskOrder(order)) === uid;
  const mine = running.filter(
    ({ environment: given }) => isMine(given[TASK_ENV] ?? '') && !spares(given[NODE_ENV] ?? ''),
  );
  for (const { taskArn } of mine) await clients.tasks.stop(cluster, taskArn, reason);
  return mine.length;
}
