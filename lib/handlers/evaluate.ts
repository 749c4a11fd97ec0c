/** The evaluate handler: what Argo's controller works out between the runs of nodes. */

import type { Bundle } from '../evaluate/bundle.ts';
import { isTargeted } from '../evaluate/dag-target.ts';
import { enterTemplate } from '../evaluate/enter.ts';
import { finishTemplate } from '../evaluate/finish.ts';
import { evaluateGroup } from '../evaluate/group.ts';
import { evaluateHook, workflowHookDue } from '../evaluate/hooks.ts';
import { evaluateRetry } from '../evaluate/leaf/retry.ts';
import type {
  EnterRequest,
  FinishRequest,
  GroupAnswer,
  GroupRequest,
  HookRequest,
  Member,
  RetryRequest,
  TaskRequest,
} from '../evaluate/requests.ts';
import { evaluateTask } from '../evaluate/task.ts';
import { toldIn } from '../evaluate/told-outcome.ts';
import type { JsonObject, JsonValue } from '../protocol/json.ts';
import { type GroupFault, hasErred, type Outcome, type PartOutcome } from '../protocol/outcome.ts';
import { closeBatch, takeBatch, withBatches } from './batches.ts';
import { exitScope } from './exit-scope.ts';
import { withTasks } from './orders.ts';
import { spill, withOutputs } from './outputs.ts';
import { closePart, tasksOf, withParts } from './parts.ts';
import { globalsFrom, scopeFrom, withoutNulls } from './scope.ts';
import { groupError, type Handler, type HandlerWorld, outcomeError } from './world.ts';

export const evaluate: Handler = async (payload, world) => {
  const bundle = await world.bundle(String(payload['machine']));
  const request = await readRequest(payload, bundle, world);
  switch (payload['op']) {
    case 'group': {
      const answer = evaluateGroup(bundle, request as unknown as GroupRequest);
      refuseFaulty(answer);
      return asJson({ ...answer, members: await ready(answer.members, request, world) });
    }
    case 'task': {
      const member = taskAnswer(bundle, request as unknown as TaskRequest);
      const told = asJson(member) as JsonObject;
      // Where the call is certain, its absence is an error.
      if (member.kind === 'done' && request['conditional'] === false)
        throw outcomeError({ ...member.outcome, evaluated: told } as Outcome);
      const { task = '' } = request as unknown as TaskRequest;
      return asJson((await ready({ [task]: member }, request, world))[task]);
    }
    case 'take batch':
      return await takeBatch(String(request['batch']), world.blobs);
    case 'close batch':
      return await closeBatch(request['items'] as unknown as readonly Outcome[], world.blobs);
    case 'close part':
      return await closePart(
        request['outcomes'] as unknown as Readonly<Record<string, Outcome>>,
        world.blobs,
      );
    case 'hook':
      return asJson(evaluateHook(bundle, request as unknown as HookRequest));
    case 'retry':
      return asJson(await retryAnswer(bundle, request as unknown as RetryRequest, world));
    case 'finish':
      return asJson(await spill(finishTemplate(bundle, finishRequest(request)), world.blobs));
    case 'enter': {
      const entering = request as unknown as EnterRequest & { readonly outcome?: Outcome };
      // An entrypoint that could not be entered ends the run at once, without hooks or exit handler (operator.go operate).
      if (hasErred(entering.outcome)) return { kind: 'none' };
      if (typeof payload['status'] === 'string')
        return asJson(await enterHook(bundle, entering, payload['status'], world));
      const shutdown = bundle.spec.shutdown ?? (await world.orders(entering.scope.run.name)).shutdown;
      if (entering.hook !== undefined && shutdown === 'Terminate') return { kind: 'none' };
      if (entering.hook === undefined && bundle.spec.parallelism === 0) return noPods(entering.node);
      const exit = entering.hook === undefined ? undefined : await exitScope(payload, entering, world);
      const scope = exit === undefined ? entering.scope : { ...entering.scope, exit };
      const entered = enterTemplate(bundle, { ...entering, scope });
      return asJson(exit === undefined ? entered : { ...entered, exit });
    }
    default:
      throw new Error(`evaluate knows no ${String(payload['op'])}`);
  }
};

/** Members as the machine can go on with them, however many and long they are. */
async function ready(
  members: Readonly<Record<string, Member>>,
  request: JsonObject,
  world: HandlerWorld,
): Promise<Readonly<Record<string, unknown>>> {
  return await withBatches(await withTasks(members, request, world), request, world.blobs);
}

function refuseFaulty(answer: GroupAnswer): void {
  const { error: group, templateError: template } = answer;
  if (group === undefined && template === undefined) return;
  const error = { ...(group !== undefined && { group }), ...(template !== undefined && { template }) };
  throw groupError({ error, group: asJson(answer) as JsonObject });
}

/** Argo waits for ever where the run allows no pod; an end that says so is kinder. */
function noPods(node: string): JsonValue {
  const message = 'the run allows no pods at all: its parallelism is 0, so nothing would ever start';
  return { kind: 'done', node, name: node, outcome: { node, phase: 'Error', message } };
}

/** A task outside the target answers as if it were done, but nobody may see it. */
function taskAnswer(bundle: Bundle, request: TaskRequest): Member {
  if (isTargeted(bundle, request)) return evaluateTask(bundle, request);
  const node = `${request.node}.${request.task}`;
  return { kind: 'done', node, name: request.task, outcome: { node, phase: 'Omitted', absent: true } };
}

/** A node whose attempts were used up before has no more of them. */
async function retryAnswer(bundle: Bundle, request: RetryRequest, world: HandlerWorld): Promise<unknown> {
  const outcome = await world.earlier(request.run, request.node);
  return outcome === undefined ? evaluateRetry(bundle, request) : { kind: 'done', outcome };
}

/** A hook of the run itself: whether it fires now, and if so, its call. */
async function enterHook(
  bundle: Bundle,
  request: EnterRequest,
  status: string,
  world: HandlerWorld,
): Promise<unknown> {
  const scope = { ...request.scope, exit: { status, failures: '', duration: '0' } };
  const due = workflowHookDue(bundle, request.hook ?? '', request.scope, status);
  const isAsked = !due.ok || due.holds;
  if (!isAsked || (status === 'Running' && (await isOverAtOnce(bundle, request, world))))
    return { kind: 'none' };
  if (!due.ok) {
    const outcome: Outcome = { node: request.node, phase: 'Error', message: due.error };
    return { kind: 'done', node: request.node, name: request.node, outcome };
  }
  return enterTemplate(bundle, { ...request, scope });
}

/** Loaded only here, as it takes all that leaves are rendered with. */
async function isOverAtOnce(bundle: Bundle, { scope }: EnterRequest, world: HandlerWorld): Promise<boolean> {
  const { endsAtOnce } = await import('../evaluate/at-once.ts');
  return endsAtOnce(bundle, scope, world.readYaml);
}

/** Answers are JSON by their types, but for fields that are undefined. */
function asJson(value: unknown): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue;
}

async function readRequest(payload: JsonObject, bundle: Bundle, world: HandlerWorld): Promise<JsonObject> {
  const plain = withoutNulls(await withAllOutcomes(payload, bundle, world));
  const now = new Date(world.now()).toISOString();
  const scope =
    plain['scope'] === undefined ? undefined : await scopeFrom(plain['scope'] as JsonObject, world.blobs);
  const outcome =
    plain['outcome'] === undefined
      ? undefined
      : await withOutputs(plain['outcome'] as unknown as Outcome, world.blobs);
  const last =
    plain['last'] === undefined
      ? undefined
      : await withOutputs(plain['last'] as unknown as Outcome, world.blobs);
  return {
    now,
    ...plain,
    ...(plain['globals'] === undefined ? {} : { globals: globalsFrom(plain['globals']) as JsonValue }),
    ...(scope === undefined ? {} : { scope: { now, ...scope } as unknown as JsonValue }),
    ...(outcome === undefined ? {} : { outcome: outcome as unknown as JsonValue }),
    ...(last === undefined ? {} : { last: last as unknown as JsonValue }),
  };
}

/** At the end of a DAG that ran in parts, what each part left. */
async function withAllOutcomes(
  payload: JsonObject,
  bundle: Bundle,
  { blobs }: HandlerWorld,
): Promise<JsonObject> {
  const { parts, ...rest } = payload;
  if (parts === undefined) return payload;
  const tasks = tasksOf(bundle, String(payload['template']));
  const told = parts as unknown as readonly PartOutcome[];
  return { ...rest, scope: await withParts((payload['scope'] ?? {}) as JsonObject, told, tasks, blobs) };
}

type Fault = GroupFault['error'];

/** A fault that an answer told, or the error that was caught in its place. */
type Problem = Fault & { readonly Cause?: string };

function faultOf(problem: Problem | undefined): GroupFault {
  if (problem?.Cause === undefined) return { error: problem ?? {} };
  const told = toldIn<GroupFault>(problem.Cause);
  return told?.error === undefined ? { error: { group: problem.Cause } } : told;
}

/** What went wrong before the end, in the words of the request. */
function finishRequest(request: JsonObject): FinishRequest {
  const { problem, ...rest } = request;
  const fault = faultOf(problem as unknown as Problem | undefined);
  const { group, template } = fault.error;
  const judged = fault.group as unknown as GroupAnswer | undefined;
  return {
    ...(rest as unknown as FinishRequest),
    ...(group === undefined ? {} : { groupError: group }),
    ...(judged === undefined ? {} : { groupMembers: judged.members }),
    ...(template === undefined ? {} : { templateError: template }),
  };
}
