/** Makes a leaf ready to run: its task spec is put where its containers find it, its task definition registered. */
import { templateType } from '../argo/template.ts';
import { renderLeaf } from '../evaluate/leaf/render-leaf.ts';
import { renderSuspend } from '../evaluate/leaf/suspend.ts';
import type { StageRequest } from '../evaluate/requests.ts';
import { nodeKey } from '../protocol/blob-store.ts';
import type { JsonObject, JsonValue } from '../protocol/json.ts';
import type { TaskDefinition } from '../protocol/run-task.ts';
import { heedSuspension, refuseWhenStopped } from './heed-orders.ts';
import { doneBefore } from './outputs.ts';
import { globalsFrom, withoutNulls } from './scope.ts';
import { type HandlerWorld, outcomeError } from './world.ts';

/** Throws a ToldError where the leaf ends before it begins. */
export async function makeReady(payload: JsonObject, world: HandlerWorld): Promise<JsonValue> {
  const request = stageRequestFrom(payload);
  const orders = await heedSuspension(request.run.name, world);
  const outcome = await doneBefore(request, world);
  if (outcome !== undefined) return { kind: 'done', outcome };
  const bundle = await world.bundle(String(payload['machine']));
  const template = bundle.templates[request.template];
  if (template !== undefined && templateType(template.template) === 'suspend') {
    const rendered = renderSuspend(bundle, request);
    if (rendered.kind === 'done') throw outcomeError(rendered.outcome);
    refuseWhenStopped(request, orders, bundle.spec.shutdown);
    return JSON.parse(JSON.stringify(rendered)) as JsonValue;
  }
  const rendered = renderLeaf(bundle, request, world.readYaml);
  if (rendered.kind === 'done') throw outcomeError(rendered.outcome);
  refuseWhenStopped(request, orders, bundle.spec.shutdown);
  const { spec } = rendered;
  const key = nodeKey(spec.run, spec.nodeId, 'task.json');
  if (rendered.kind === 'job') {
    const [job] = await Promise.all([
      world.completeJob?.(rendered.job, spec) ?? rendered.job,
      world.blobs.put(key, JSON.stringify(spec)),
    ]);
    return { kind: 'run', key: world.address(key), job: job as unknown as JsonValue };
  }
  const [taskDefinition] = await Promise.all([
    register(request, rendered.taskDefinition, world),
    world.blobs.put(key, JSON.stringify(spec)),
  ]);
  return { kind: 'run', key: world.address(key), taskDefinition };
}

/** A task that cannot exist is the node's own Error. */
async function register(
  request: StageRequest,
  definition: TaskDefinition,
  world: HandlerWorld,
): Promise<string> {
  if (definition.unplaceable === undefined) return await world.registerTaskDefinition(definition);
  try {
    return await world.registerTaskDefinition(definition);
  } catch {
    throw outcomeError({ node: request.node, phase: 'Error', message: definition.unplaceable });
  }
}

/** The request as the pure functions want it. */
export function stageRequestFrom(payload: JsonObject): StageRequest {
  const plain = withoutNulls(payload);
  const last = plain['lastRetry'] as JsonObject | undefined;
  const { lastRetry: _last, ...rest } = plain;
  return {
    ...(rest as unknown as StageRequest),
    ...(last === undefined || Object.keys(last).length === 0
      ? {}
      : { lastRetry: last as unknown as NonNullable<StageRequest['lastRetry']> }),
    globals: globalsFrom(plain['globals']),
  };
}
