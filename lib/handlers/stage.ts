/** The stage handler: makes a leaf ready to run, and puts what its containers must know where they find it. */
import type { Call, GroupAnswer, Member } from '../evaluate/requests.ts';
import type { JsonObject, JsonValue } from '../protocol/json.ts';
import type { Outcome } from '../protocol/outcome.ts';
import { evaluate } from './evaluate.ts';
import { makeReady } from './make-ready.ts';
import { type Handler, type HandlerWorld, isToldError, outcomeError } from './world.ts';

export const stage: Handler = async (payload, world) =>
  payload['op'] === 'start' ? await start(payload, world) : await makeReady(payload, world);

/** Evaluates the call of a leaf and makes it ready at once; what comes out tells of both. */
async function start(payload: JsonObject, world: HandlerWorld): Promise<JsonValue> {
  const { ask, member: name, conditional, ...fields } = payload;
  const asked: JsonObject = { ...(ask as JsonObject), conditional: conditional ?? false };
  const answer = (await evaluate(asked, world)) as unknown as GroupAnswer & Member;
  const isGroup = asked['op'] === 'group';
  const told = { [isGroup ? 'group' : 'evaluated']: answer as unknown as JsonObject };
  const member = isGroup ? answer.members[String(name)] : answer;
  if (member?.kind === 'done') {
    if (!conditional) throw outcomeError({ ...member.outcome, ...told } as Outcome);
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
