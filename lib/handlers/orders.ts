/** Makes ready what is too long for the order of a task, among the calls of an answer. */

import { nodeId } from '../argo/node-id.ts';
import { isLongOrder } from '../evaluate/leaf/unstaged.ts';
import type { Call, Done, Member } from '../evaluate/requests.ts';
import { nodeKey } from '../protocol/blob-store.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { Outcome } from '../protocol/outcome.ts';
import { makeReady } from './make-ready.ts';
import { type HandlerWorld, isToldError } from './world.ts';

/** Calls made ready side by side. */
const AT_ONCE = 16;

/**
 * `request.unstaged` names the members whose leaves are run without a stage, with whether their result is captured. Those
 * with long inputs get a `task`: the key of a task spec, which takes the place of the order.
 */
export async function withTasks(
  members: Readonly<Record<string, Member>>,
  request: JsonObject,
  world: HandlerWorld,
): Promise<Readonly<Record<string, Member>>> {
  const unstaged = (request['unstaged'] ?? {}) as Readonly<Record<string, boolean>>;
  const ready: Record<string, Member> = {};
  for (const [name, member] of Object.entries(members)) {
    const captureResult = unstaged[name];
    ready[name] =
      captureResult === undefined ? member : await withTask(member, { ...request, captureResult }, world);
  }
  return ready;
}

async function withTask(member: Member, request: JsonObject, world: HandlerWorld): Promise<Member> {
  if (member.kind !== 'loop') return await callWithTask(member, request, world);
  const items: (Call | Done)[] = [];
  for (let at = 0; at < member.items.length; at += AT_ONCE) {
    const some = member.items.slice(at, at + AT_ONCE);
    items.push(...(await Promise.all(some.map((item) => callWithTask(item, request, world)))));
  }
  return { ...member, items };
}

async function callWithTask<M extends Call | Done>(
  call: M,
  request: JsonObject,
  world: HandlerWorld,
): Promise<M> {
  if (call.kind === 'done' || !isLongOrder(call.inputs)) return call;
  const { scope, captureResult, inlineBytes, now } = request as unknown as {
    readonly scope: JsonObject;
    readonly captureResult: boolean;
    readonly inlineBytes: number;
    readonly now: string;
  };
  const { node, template, inputs } = call;
  const { run = {}, globals = {} } = scope;
  const machine = request['machine'] ?? '';
  const leaf = { op: 'stage', machine, template, node, run, globals, captureResult, inlineBytes, now };
  try {
    const made = await makeReady({ ...leaf, inputs: inputs as unknown as JsonObject }, world);
    return { ...call, task: String((made as JsonObject)['key']) };
  } catch (thrown) {
    if (!isToldError(thrown) || !('phase' in thrown.told)) throw thrown;
    return { ...call, task: await keepEnd(thrown.told, String((run as JsonObject)['name']), world) };
  }
}

/** The end of a leaf that never begins, in place of its task spec. */
async function keepEnd(ended: Outcome, run: string, { blobs, address }: HandlerWorld): Promise<string> {
  const key = nodeKey(run, nodeId(run, ended.node), 'task.json');
  await blobs.put(key, JSON.stringify({ ended }));
  return address(key);
}
