/**
 * Begins a task of a DAG: executeDAGTask in `workflow/controller/dag.go`, up to the start of its template.
 */
import type { DagTask } from '../argo/invocation.ts';
import { evaluateDepends } from '../expression/depends/evaluate.ts';
import type { Outcome } from '../protocol/outcome.ts';
import { type Body, entered, openBody } from './body.ts';
import { localScope, taskSources } from './body-scope.ts';
import type { Bundle } from './bundle.ts';
import { ancestorsOf, type DagGraph, dagGraph } from './dag-graph.ts';
import { expandMember } from './iterate.ts';
import { isLooped } from './loop.ts';
import { ended, judgeMember, type Place } from './member.ts';
import type { Call, Done, Member, ScopeData, TaskRequest } from './requests.ts';
import { type Reach, type Resolvable, resolveMember } from './resolve.ts';
import { mergeScopes, type Scope } from './scope.ts';
import { type Draft, plain } from './text.ts';
import { waitingMessage } from './waiting.ts';

function dependsNode(outcome: Outcome | undefined) {
  if (outcome === undefined) return undefined;
  return {
    phase: outcome.phase,
    daemoned: outcome.daemoned === true,
    ...(outcome.items && { children: outcome.items.map(({ phase }) => phase) }),
  };
}

/** Undefined: the task runs. */
function judgeDepends(body: Body, graph: DagGraph, place: Place): Done | undefined {
  const rewritten = graph.rewritten.get(place.name);
  if (rewritten === undefined || !rewritten.ok)
    return ended(body, place, 'Error', rewritten?.error ?? 'no such task');
  const { outcomes } = body.data;
  const decision = evaluateDepends(rewritten.logic, (name) =>
    dependsNode(Object.hasOwn(outcomes, name) ? outcomes[name] : undefined),
  );
  if (!decision.ok) return ended(body, place, 'Error', decision.error);
  if (!decision.proceed) return ended(body, place, 'Error', 'a task that this one depends on has not ended');
  return decision.execute ? undefined : ended(body, place, 'Omitted', 'omitted: depends condition not met');
}

/**
 * A call that cannot be made is told in the words of the DAG (the default case at the end of executeDAGTask).
 */
function started(
  body: Body,
  draft: Draft<Resolvable>,
  start: Parameters<typeof judgeMember>[2],
): Call | Done {
  const { answer, isWhen } = judgeMember(body, draft, start);
  if (answer.kind === 'call' || isWhen || answer.outcome.notStarted !== true) return answer;
  return ended(body, start.place, 'Error', `task '${answer.node}' errored: ${answer.outcome.message ?? ''}`);
}

function expandTask(body: Body, draft: Draft<Resolvable>, place: Place, all: Scope): Member {
  const expanded = expandMember(draft, 'tasks', all);
  if (!expanded.ok) return ended(body, place, 'Error', expanded.error);
  if (expanded.iterations.length === 0) return ended(body, place, 'Skipped', 'Skipped, empty params');
  const items: (Call | Done)[] = [];
  for (const { iteration, member, reach } of expanded.iterations) {
    const at = { node: `${body.node}.${iteration.name}`, name: iteration.name };
    const item = started(body, member, { place: at, key: place.name, reach, item: iteration.json });
    items.push(item);
    // Argo leaves the loop at an item that cannot be called, time and again: those behind it never start.
    if (
      item.kind === 'done' &&
      item.outcome.notStarted === true &&
      item.outcome.message?.startsWith("task '")
    )
      break;
  }
  return { kind: 'loop', ...place, items };
}

export function evaluateTask(bundle: Bundle, request: TaskRequest): Member {
  const place = { node: `${request.node}.${request.task}`, name: request.task };
  const data: { readonly data: ScopeData } = { data: request.scope };
  const opened = openBody(bundle, request.template, request.node, request.scope, place.node);
  if (!opened.ok) return ended(data, place, 'Error', opened.error);
  const { body } = opened;
  const graph = dagGraph(body.entry.template.dag ?? {});
  const task = graph.tasks.get(request.task);
  if (task === undefined) return ended(data, place, 'Error', `target ${request.task} does not exist`);
  const held = request.dependsMet === true ? undefined : judgeDepends(body, graph, place);
  return held ?? beginTask(body, task, ancestorsOf(graph, task.name));
}

/** The task once its `depends` is met; `ancestors` are the tasks that its text may read. */
export function beginTask(body: Body, task: DagTask, ancestors: readonly string[]): Member {
  const place = { node: `${body.node}.${task.name}`, name: task.name };
  const text = entered<DagTask>(body, task);
  if (!text.ok) return ended(body, place, 'Error', text.error);
  const local = localScope(body, taskSources(body, ancestors));
  if (!local.ok) return ended(body, place, 'Error', local.error);
  const reach: Reach = { kind: 'tasks', all: mergeScopes(body.globals, local.scope), local: local.scope };
  const resolved = resolveMember(text.value as Draft<Resolvable>, reach);
  if (!resolved.ok) {
    const message = resolved.missing ? waitingMessage(body, resolved.error) : resolved.error;
    return ended(body, place, 'Error', message);
  }
  // Whether there is a group of items at all is asked of the task as it was before references were replaced.
  const isLoop = isLooped(plain<DagTask>(text.value)) && isLooped(plain<Resolvable>(resolved.member));
  if (isLoop) return expandTask(body, resolved.member, place, reach.all);
  return started(body, resolved.member, { place, key: task.name, reach: reach.all });
}
