/**
 * Whether a run is over before anything of it has started. Argo's controller comes to such an end while it looks at the
 * run for the first time (operate in operator.go), so that no hook of the spec ever sees it Running. It is tried out here
 * with the functions that decide it in the run itself.
 */
import type { Invocation } from '../argo/invocation.ts';
import { templateType } from '../argo/template.ts';
import { hasErred, type Outcome } from '../protocol/outcome.ts';
import type { Bundle } from './bundle.ts';
import { ancestorsOf, dagGraph, dependenciesOf, targetsOf } from './dag-graph.ts';
import { isCompleted, isFailure } from './dag-phase.ts';
import { isTargeted } from './dag-target.ts';
import { enterTemplate } from './enter.ts';
import { finishTemplate } from './finish.ts';
import { exportedBy, mergeGlobals } from './globals.ts';
import { evaluateGroup } from './group.ts';
import { evaluateHook } from './hooks.ts';
import { judgeGroup } from './judge-group.ts';
import { renderLeaf } from './leaf/render-leaf.ts';
import { retryPolicyOf } from './leaf/retry-policy.ts';
import { renderSuspend } from './leaf/suspend.ts';
import type { Call, Done, FinishRequest, Member, ScopeData, StageRequest } from './requests.ts';
import { evaluateTask } from './task.ts';

/** Beyond so many calls a run counts as one that starts something: a trial should cost no more than a stage does. */
const MOST_CALLS = 500;

interface Trial {
  readonly bundle: Bundle;
  readonly data: ScopeData;
  readonly now: string;
  readonly readYaml: (text: string) => unknown;
  readonly budget: { left: number };
}

/** `data`: what the entrypoint begins with. */
export function endsAtOnce(bundle: Bundle, data: ScopeData, readYaml: Trial['readYaml']): boolean {
  const { run, now = run.creationTimestamp } = data;
  // Of a run that is tried again, much is done before anything starts.
  if (run.earlier !== undefined) return false;
  const begun: ScopeData = { run, inputs: {}, outcomes: {}, globals: {}, now };
  const entry = { op: 'enter', template: bundle.entrypoint, node: run.name, scope: begun } as const;
  const trial: Trial = { bundle, data: begun, now, readYaml, budget: { left: MOST_CALLS } };
  return endOfOne(trial, enterTemplate(bundle, entry)) !== undefined;
}

/** How a node ends at once; undefined where it starts something, or waits. */
type End = Outcome | undefined;

function endOfOne(trial: Trial, member: Call | Done): End {
  if (member.kind === 'done') return member.outcome;
  const template = trial.bundle.templates[member.template]?.template;
  trial.budget.left -= 1;
  if (template === undefined || trial.budget.left < 0) return undefined;
  // A lock may be taken, and what is kept may be found; a run that waits for one itself is Pending.
  const mayWait = template.synchronization !== undefined && member.node !== trial.data.run.name;
  if (mayWait || template.memoize !== undefined) return undefined;
  const { retryStrategy } = template;
  if (retryStrategy === undefined) return endOfBody(trial, member, {});
  const last = endOfBody(trial, { ...member, node: `${member.node}(0)` }, { retries: 0 });
  if (last === undefined || (isFailure(last.phase) && retryStrategy.backoff !== undefined)) return undefined;
  // As the first attempt ends, so do those that follow it at once (lib/evaluate/leaf/retry.ts).
  const { notStarted, ends: _ends, ...rest } = last;
  const isStart = notStarted === true && retryPolicyOf(retryStrategy) === 'OnFailure';
  return { ...rest, node: member.node, ...(isStart && { notStarted }) };
}

type Attempt = Pick<ScopeData, 'retries'>;

function endOfBody(trial: Trial, call: Call, attempt: Attempt): End {
  const outer = call.outer === undefined ? {} : { outer: call.outer };
  const data: ScopeData = { ...trial.data, inputs: call.inputs, outcomes: {}, ...attempt, ...outer };
  const type = templateType(trial.bundle.templates[call.template]?.template ?? {});
  if (type === 'steps') return endOfSteps({ ...trial, data }, call);
  if (type === 'dag') return endOfDag({ ...trial, data }, call);
  const request: StageRequest = {
    op: 'stage',
    template: call.template,
    node: call.node,
    inputs: call.inputs,
    run: trial.data.run,
    globals: trial.data.globals,
    captureResult: false,
    inlineBytes: 0,
    now: trial.now,
    ...attempt,
    ...outer,
  };
  if (type === 'suspend') return doneOf(renderSuspend(trial.bundle, request));
  if (type === 'http' || type === 'data' || type === 'resource' || type === 'plugin') return undefined;
  return doneOf(renderLeaf(trial.bundle, request, trial.readYaml));
}

function doneOf(
  rendered: { readonly kind: 'done'; readonly outcome: Outcome } | { readonly kind: string },
): End {
  return 'outcome' in rendered ? rendered.outcome : undefined;
}

type Outcomes = Readonly<Record<string, Outcome>>;

function scopeAfter({ data }: Trial, outcomes: Outcomes): ScopeData {
  return { ...data, outcomes, globals: mergeGlobals(data.globals, exportedBy(Object.values(outcomes))) };
}

function finish(trial: Trial, call: Call, outcomes: Outcomes, rest: Partial<FinishRequest>): Outcome {
  const { template, node } = call;
  const scope = scopeAfter(trial, outcomes);
  return finishTemplate(trial.bundle, { op: 'finish', template, node, startedAt: trial.now, scope, ...rest });
}

function endOfSteps(trial: Trial, call: Call): End {
  const { bundle, data } = trial;
  const { template, node } = call;
  const { steps: groups = [], failFast } = bundle.templates[template]?.template ?? {};
  let outcomes: Outcomes = {};
  for (const [group, steps] of groups.entries()) {
    const scope = scopeAfter(trial, outcomes);
    const answer = evaluateGroup(bundle, { op: 'group', template, group, node, scope });
    const { error, templateError, members } = answer;
    if (templateError !== undefined) return finish(trial, call, outcomes, { group, templateError });
    if (error !== undefined)
      return finish(trial, call, outcomes, { group, groupError: error, groupMembers: members });
    const ends = endsOfGroup(trial, call, steps, members, outcomes);
    if (ends === undefined) return undefined;
    outcomes = { ...outcomes, ...ends };
    const judged = judgeGroup(data.run.name, steps, `${node}[${group}]`, outcomes, failFast === true);
    if (judged.phase !== 'Succeeded') return finish(trial, call, outcomes, { group });
  }
  return finish(trial, call, outcomes, { group: groups.length - 1 });
}

/** A member that cannot be started fails its group at once, whatever has started before it. */
function endsOfGroup(
  trial: Trial,
  call: Call,
  steps: readonly Invocation[],
  members: Readonly<Record<string, Member>>,
  before: Outcomes,
): Outcomes | undefined {
  const ends: Record<string, Outcome> = {};
  let isOver = true;
  for (const [name, member] of Object.entries(members)) {
    const end = endOfMember(trial, member);
    if (end !== undefined) ends[name] = end;
    isOver &&= end !== undefined;
    if ([end, ...(end?.items ?? [])].some(hasErred)) return ends;
  }
  if (!isOver) return undefined;
  return withHooks(trial, call, steps, ends, before);
}

function endOfMember(trial: Trial, member: Member): End {
  if (member.kind !== 'loop') return endOfOne(trial, member);
  const items: Outcome[] = [];
  let isOver = true;
  for (const one of member.items) {
    const end = endOfOne(trial, one);
    if (end !== undefined) items.push(end);
    isOver &&= end !== undefined;
    if (hasErred(end)) break;
  }
  if (!isOver && !items.some(hasErred)) return undefined;
  const phase = items.findLast((item) => isFailure(item.phase))?.phase ?? 'Succeeded';
  return { node: member.node, phase, items, phases: [...new Set(items.map((item) => item.phase))] };
}

/** Undefined where a hook of what has ended runs. */
function withHooks(
  trial: Trial,
  call: Call,
  members: readonly Invocation[],
  ends: Outcomes,
  before: Outcomes,
): Outcomes | undefined {
  const scope = scopeAfter(trial, { ...before, ...ends });
  const spoilt: Record<string, Outcome> = {};
  for (const { name = '', hooks = {}, onExit } of members) {
    const end = ends[name];
    if (end === undefined) continue;
    const named = Object.keys(hooks).filter((hook) => hook !== 'exit');
    const hasExit = (onExit || hooks['exit'] !== undefined) && isCompleted(end.phase);
    const asked = [...named, ...(hasExit ? ['exit'] : [])].map((hook) =>
      evaluateHook(trial.bundle, {
        op: 'hook',
        template: call.template,
        member: name,
        hook,
        node: end.node,
        boundary: call.node,
        outcome: end,
        scope,
      }),
    );
    if (asked.some(({ kind }) => kind === 'call')) return undefined;
    const faults = asked.flatMap((answer) => (answer.kind === 'done' ? [answer.outcome] : []));
    if (faults.length > 0) spoilt[name] = { ...end, hooks: faults };
  }
  return { ...ends, ...spoilt };
}

function endOfDag(trial: Trial, call: Call): End {
  const { bundle } = trial;
  const { template, node } = call;
  const dag = bundle.templates[template]?.template.dag ?? {};
  const graph = dagGraph(dag);
  const isDynamic = dag.target?.includes('{{') === true;
  const targets = targetsOf(graph, isDynamic ? undefined : dag.target);
  const order = new Set(targets.flatMap((target) => [...ancestorsOf(graph, target), target]));
  let outcomes: Outcomes = {};
  let isOver = true;
  for (const name of order) {
    const task = graph.tasks.get(name);
    const request = { op: 'task', template, task: name, node, scope: scopeAfter(trial, outcomes) } as const;
    if (task === undefined || !isTargeted(bundle, request)) continue;
    // What waits for something that has started is not there yet.
    if (dependenciesOf(graph, name).some((before) => !Object.hasOwn(outcomes, before))) continue;
    const end = endOfMember(trial, evaluateTask(bundle, request));
    const known = end && withHooks(trial, call, [task], { [name]: end }, outcomes);
    if (known === undefined) isOver = false;
    else outcomes = { ...outcomes, ...known };
  }
  return isOver ? finish(trial, call, outcomes, {}) : undefined;
}
