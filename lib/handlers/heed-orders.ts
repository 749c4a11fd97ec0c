/** What a leaf does about what was said to its run: one that is suspended or shut down starts nothing any more. */
import type { StageRequest } from '../evaluate/requests.ts';
import { type BlobStore, blobJson, runOrdersKey } from '../protocol/blob-store.ts';
import type { TaskOrder } from '../protocol/task-order.ts';
import { withoutNulls } from './scope.ts';
import { type HandlerWorld, type Orders, outcomeError, suspendedError } from './world.ts';

/** Throws the error on which the leaf is held, until whoever resumes the run lets it try again. */
export async function heedSuspension(run: string, world: Pick<HandlerWorld, 'orders'>): Promise<Orders> {
  const orders = await world.orders(run);
  if (isHeld(orders)) throw suspendedError();
  return orders;
}

/** A run that is shut down waits for nobody any more. */
export function isHeld({ suspended, shutdown }: Orders): boolean {
  return suspended === true && shutdown === undefined;
}

/** Argo's words for what a stopped run does not start any more (workflow/controller/operator.go). */
export function refuseWhenStopped(
  request: Pick<StageRequest, 'node' | 'exit'>,
  orders: Orders,
  written: string | undefined,
): void {
  const shutdown = orders.shutdown ?? written;
  if (!shutdown || (shutdown === 'Stop' && request.exit !== undefined)) return;
  throw outcomeError({
    node: request.node,
    phase: 'Failed',
    message: `workflow shutdown with strategy:  ${shutdown}`,
  });
}

/** The same for a task that no function had to make ready: what was said to its run lies where it can read it. */
export async function heedWrittenOrders(order: TaskOrder, blobs: Pick<BlobStore, 'get'>): Promise<void> {
  if (order.kind !== 'template') return;
  const request = withoutNulls(order.request) as unknown as Pick<StageRequest, 'node' | 'exit' | 'run'>;
  const orders = await blobJson<Orders>(blobs, runOrdersKey(request.run.name));
  if (orders === undefined) return;
  if (isHeld(orders)) throw suspendedError();
  refuseWhenStopped(request, orders, undefined);
}
