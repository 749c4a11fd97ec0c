/** The stage handler: makes a leaf ready to run, and puts what its containers must know where they find it. */
import { templateType } from '../argo/template.ts';
import { renderLeaf } from '../evaluate/leaf/render-leaf.ts';
import { renderSuspend } from '../evaluate/leaf/suspend.ts';
import type { Call, GroupAnswer, Member, StageRequest } from '../evaluate/requests.ts';
import { nodeKey } from '../protocol/blob-store.ts';
import type { JsonObject, JsonValue } from '../protocol/json.ts';
import type { Outcome } from '../protocol/outcome.ts';
import type { TaskDefinition } from '../protocol/run-task.ts';
import { evaluate } from './evaluate.ts';
import { heedSuspension, refuseWhenStopped } from './heed-orders.ts';
import { spill } from './outputs.ts';
import { globalsFrom, withoutNulls } from './scope.ts';
import { groupError, type Handler, type HandlerWorld, isToldError, outcomeError } from './world.ts';

export const stage: Handler = async (payload, world) =>
  payload['op'] === 'start' ? await start(payload, world) : await makeReady(payload, world);

/** Evaluates the call of a leaf and makes it ready at once; what comes out tells of both. */
async function start(payload: JsonObject, world: HandlerWorld): Promise<JsonValue> {
  const { ask, member: name, ...fields } = payload;
  const answer = (await evaluate(ask as JsonObject, world)) as unknown as GroupAnswer & Member;
  const isGroup = (ask as JsonObject)['op'] === 'group';
  const told = { [isGroup ? 'group' : 'evaluated']: answer as unknown as JsonObject };
  if (isGroup && (answer.error !== undefined || answer.templateError !== undefined)) {
    const { error, templateError } = answer;
    const fault = { ...(error && { group: error }), ...(templateError && { template: templateError }) };
    throw groupError({ error: fault, ...told });
  }
  const member = isGroup ? answer.members[String(name)] : answer;
  if (member?.kind === 'done') {
    if (!payload['conditional']) throw outcomeError({ ...member.outcome, ...told } as Outcome);
    return { kind: 'done', outcome: member.outcome as unknown as JsonValue, ...told };
  }
  const { node, template, inputs, outer = null } = member as unknown as JsonObject & Call;
  const request = { ...fields, op: 'stage', node, template, inputs, outer } as unknown as JsonObject;
  try {
    return { ...((await makeReady(request, world)) as JsonObject), ...told };
  } catch (thrown) {
    if (!isToldError(thrown) || !('phase' in thrown.told)) throw thrown;
    throw outcomeError({ ...thrown.told, ...told } as Outcome);
  }
}

async function makeReady(payload: JsonObject, world: HandlerWorld): Promise<JsonValue> {
  const request = stageRequestFrom(payload);
  const orders = await heedSuspension(request.run.name, world);
  const earlier = await world.earlier(request.run, request.node);
  if (earlier !== undefined) {
    const outcome = await spill(earlier, world.blobs);
    return { kind: 'done', outcome: outcome as unknown as JsonValue };
  }
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
  const [taskDefinition] = await Promise.all([
    register(request, rendered.taskDefinition, world),
    world.blobs.put(key, JSON.stringify(spec)),
  ]);
  return { kind: 'run', key, taskDefinition };
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
