/** Ends a steps or dag template: the ends of executeSteps and executeDAG. */
import type { Dag } from '../argo/invocation.ts';
import type { Globals, NodePhase, Outcome, Outputs } from '../protocol/outcome.ts';
import { type Body, entered, openBody } from './body.ts';
import { localScope, stepSources, taskSources } from './body-scope.ts';
import type { Bundle } from './bundle.ts';
import { calleeOf } from './callee.ts';
import { ancestorsOf, dagGraph, targetsOf } from './dag-graph.ts';
import { assessDag, handedOn, isFailure, reachedPhases } from './dag-phase.ts';
import { exportedBy, latest, mergeGlobals } from './globals.ts';
import { goesOnAtEnd } from './hooks.ts';
import { FAIL_FAST, judgeGroup } from './judge-group.ts';
import { templateOutputs } from './outputs.ts';
import type { FinishRequest } from './requests.ts';
import { plain } from './text.ts';
import { unreachedMessage } from './waiting.ts';

interface End {
  readonly phase: NodePhase;
  readonly message?: string;
  readonly outputs?: Outputs;
  readonly globals?: Globals;
  readonly ends?: NonNullable<Outcome['ends']>;
  readonly notStarted?: true;
}

/**
 * Argo answers a fault of the template's own with an error, which its caller takes for one of starting it.
 */
function fault(message: string): End {
  return { phase: 'Error', message, notStarted: true };
}

function lastMoment(request: FinishRequest): string {
  const { now, outcomes } = request.scope;
  if (now !== undefined) return now;
  const times = Object.values(outcomes).flatMap(({ finishedAt }) =>
    finishedAt === undefined ? [] : [finishedAt],
  );
  return latest([request.startedAt, ...times]) ?? request.startedAt;
}

/** Where it ended with no node, nothing hangs on the template (updateOutboundNodes in `steps.go` and `dag.go`). */
function withEnds(end: End, ends: readonly NodePhase[]): End {
  if (ends.length === 0) return { ...end, ends: ['None'] };
  const phases = [...new Set(ends)];
  return phases.some((phase) => phase !== end.phase) ? { ...end, ends: phases } : end;
}

/** A group that erred ends with the members that had been judged before, none of which has run. */
function erredGroup(message: string, members: NonNullable<FinishRequest['groupMembers']>): End {
  const ended = Object.values(members).flatMap((member) =>
    member.kind === 'loop' ? member.items : [member],
  );
  const ends = ended.flatMap((one) => (one.kind === 'done' ? handedOn(one.outcome, 'Error') : []));
  return withEnds({ phase: 'Failed', message }, ends);
}

/**
 * Where an exit handler errs, Argo at first takes the group for the template's node (executeSteps): a run ends with that,
 * unless it comes by once more.
 */
function endsAsItsGroup({ bundle, data, node }: Body): boolean {
  if (data.exit !== undefined) return node === `${data.run.name}.onExit`;
  return node === data.run.name && !goesOnAtEnd(bundle, data);
}

function finishSteps(body: Body, request: FinishRequest): End {
  const groups = body.entry.template.steps ?? [];
  const { outcomes, run } = body.data;
  if (request.templateError !== undefined) return fault(request.templateError);
  if (request.groupError !== undefined) return erredGroup(request.groupError, request.groupMembers ?? {});
  const last = request.group ?? groups.length - 1;
  const members = groups[last] ?? [];
  const end = judgeGroup(
    run.name,
    members,
    `${body.node}[${last}]`,
    outcomes,
    body.entry.template.failFast === true,
  );
  const ends = members.flatMap(({ name = '' }) => {
    const outcome = Object.hasOwn(outcomes, name) ? outcomes[name] : undefined;
    return outcome === undefined ? [] : handedOn(outcome, end.phase);
  });
  // Whatever the group's own phase: a steps template that does not succeed is Failed.
  if (end.phase !== 'Succeeded') {
    const phase = end.hook?.endsWith('.onExit') && endsAsItsGroup(body) ? 'Error' : 'Failed';
    return withEnds({ phase, ...(end.message !== undefined && { message: end.message }) }, ends);
  }
  const scope = localScope(body, stepSources(body, groups.length));
  if (!scope.ok) return fault(scope.error);
  const own = templateOutputs(body, scope.scope);
  if (!own.ok) return fault(own.error);
  return withEnds(
    { phase: 'Succeeded', ...(own.outputs && { outputs: own.outputs }), globals: own.globals },
    ends,
  );
}

/**
 * A DAG exports outputs of its tasks when it has succeeded, its own it does not: those of a task that is a DAG itself, or
 * suspends, are the only ones that had not been exported before. Nothing else exports these (callers of
 * addOutputsToGlobalScope in dag.go, steps.go and operator.go).
 */
function taskExports(body: Body): Globals {
  const exported = (body.entry.template.dag?.tasks ?? []).map((task): Globals => {
    const callee = calleeOf(body.bundle, body.entry, task.name, task);
    const outcome = Object.hasOwn(body.data.outcomes, task.name) ? body.data.outcomes[task.name] : undefined;
    const values = outcome?.outputs?.parameters;
    if (!callee.ok || values === undefined) return {};
    const { dag, suspend, outputs } = callee.entry.template;
    if (dag === undefined && suspend === undefined) return {};
    const named = (outputs?.parameters ?? []).flatMap(({ name, globalName }) => {
      const value = values[name];
      return globalName && value !== undefined ? [[globalName, value] as const] : [];
    });
    return named.length === 0 ? {} : { parameters: Object.fromEntries(named) };
  });
  return mergeGlobals(...exported);
}

/** With the template's own `failFast` a task that has not begun when another fails never does. */
function wasCutShort({ data: { outcomes } }: Body, targets: readonly string[]): boolean {
  const isOpen = (name: string) => !Object.hasOwn(outcomes, name) || outcomes[name]?.phase === 'Pending';
  return Object.values(outcomes).some(({ phase }) => isFailure(phase)) && targets.some(isOpen);
}

/** A hook that cannot be asked has no node, and is asked again; one that was called and could not be started is not. */
function unaskedHook(outcome: Outcome | undefined): Outcome | undefined {
  return outcome?.hooks?.find((hook) => hook.notStarted && hook.node === outcome.node);
}

function finishDag(body: Body): End {
  const dag = entered<Dag>(body, { ...body.entry.template.dag, tasks: [] });
  if (!dag.ok) return fault(dag.error);
  const { outcomes } = body.data;
  const graph = dagGraph(body.entry.template.dag ?? {});
  const targets = targetsOf(graph, plain<Dag>(dag.value).target);
  for (const target of targets) {
    if (!Object.hasOwn(outcomes, target)) continue;
    const scope = localScope(body, taskSources(body, ancestorsOf(graph, target)));
    if (!scope.ok) return fault(scope.error);
  }
  const spoilt = targets.map((name) => unaskedHook(outcomes[name])).find((hook) => hook !== undefined);
  if (spoilt !== undefined) return fault(spoilt.message ?? '');
  const reached = reachedPhases(graph, outcomes);
  const ends = targets.flatMap((name) => {
    const outcome = Object.hasOwn(outcomes, name) ? outcomes[name] : undefined;
    return outcome ? (reached.get(name) ?? []).flatMap((inherited) => handedOn(outcome, inherited)) : [];
  });
  const end = assessDag(graph, targets, outcomes, body.entry.template.dag?.failFast !== false);
  const phase = 'phase' in end ? end.phase : 'Error';
  const isCut = body.entry.template.failFast === true && wasCutShort(body, targets);
  if (isCut) return withEnds({ phase: isFailure(phase) ? phase : 'Failed', message: FAIL_FAST }, ends);
  if ('unreached' in end) return withEnds({ phase, message: unreachedMessage(end.unreached) }, ends);
  if (isFailure(phase)) return withEnds({ phase }, ends);
  const scope = localScope(body, taskSources(body, [...graph.tasks.keys()]), true);
  if (!scope.ok) return fault(scope.error);
  const own = templateOutputs(body, scope.scope);
  if (!own.ok) return fault(own.error);
  return withEnds(
    { phase: 'Succeeded', ...(own.outputs && { outputs: own.outputs }), globals: taskExports(body) },
    ends,
  );
}

export function finishTemplate(bundle: Bundle, request: FinishRequest): Outcome {
  const opened = openBody(bundle, request.template, request.node, request.scope);
  const end = !opened.ok
    ? fault(opened.error)
    : opened.body.kind === 'steps'
      ? finishSteps(opened.body, request)
      : finishDag(opened.body);
  const globals = mergeGlobals(exportedBy(Object.values(request.scope.outcomes)), end.globals);
  const { globals: _own, ...rest } = end;
  return {
    node: request.node,
    ...rest,
    startedAt: request.startedAt,
    finishedAt: lastMoment(request),
    ...(Object.keys(globals).length > 0 && { globals }),
  };
}
