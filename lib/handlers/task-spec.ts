/** The spec of an ordered task: where `stage` put one it is read, else it is made here of the template. */
import { renderUnstaged } from '../evaluate/leaf/unstaged.ts';
import { blobJson } from '../protocol/blob-store.ts';
import type { Outcome } from '../protocol/outcome.ts';
import type { TaskOrder } from '../protocol/task-order.ts';
import type { TaskSpec } from '../protocol/task-spec.ts';
import { type HandlerWorld, outcomeError } from './world.ts';

/** Throws a ToldError where the leaf ends before it begins, as `stage` does. */
export async function taskSpecOf(
  order: TaskOrder,
  world: Pick<HandlerWorld, 'blobs' | 'bundle' | 'readYaml'>,
): Promise<TaskSpec> {
  if (order.kind === 'template') {
    const rendered = renderUnstaged(await world.bundle(order.request.machine), order.request, world.readYaml);
    if (rendered.kind === 'done') throw outcomeError(rendered.outcome);
    return rendered.spec;
  }
  const found = await blobJson<TaskSpec | { readonly ended: Outcome }>(world.blobs, order.key);
  if (found === undefined) throw new Error(`there is no task spec at ${order.key}`);
  if ('ended' in found) throw outcomeError(found.ended);
  return found;
}
