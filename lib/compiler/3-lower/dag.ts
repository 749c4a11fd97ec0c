/** Lowers a dag template along its schedule; every outcome ends up in a variable, failures as data. */
import type { DagTask } from '../../argo/invocation.ts';
import { isLooped } from '../../evaluate/loop.ts';
import { ANSWER, type Body, evaluate, originOf, scopeOf } from './body.ts';
import { startOf } from './call.ts';
import { lowerDaemonEnds } from './daemon.ts';
import { lowerDagInParts } from './dag-parts.ts';
import { type DagPlan, outcomeAt, type Place, planOf } from './dag-plan.ts';
import { lowerTask } from './dag-task.ts';
import { gatesOf, lowerRelease, lowerWait } from './gate.ts';
import { stateName, variableName } from './names.ts';
import { allSucceeded, endsPlainly, mayHandOn, succeeded } from './outcome.ts';
import type { Step } from './plan.ts';
import { type Schedule, schedule } from './schedule.ts';
import { expression, member, variable } from './value.ts';

export function lowerDag(body: Body, outcome: string): readonly Step[] {
  const divided = body.lowering.dividedDag(body.template.id);
  if (divided !== undefined) return lowerDagInParts(body, divided.parts, outcome);
  const plan = planOf(body);
  const names = [...plan.tasks.keys()];
  const start = variableName('start', body.path);
  const end = `${stateName(body.path)} end`;
  const work =
    names.length === 0 ? [] : lowerPart(plan, schedule(plan.dependencies), { level: 0, held: new Map() });
  const known = names.map((name) => [name, outcomeAt(body.path, name, 0)] as const);
  const isPlain = endsPlainly(body) && names.length > 0;
  return [
    {
      kind: 'pass',
      name: stateName(body.path, 'start'),
      origin: originOf(body),
      assign: { [start]: startOf(body) },
    },
    ...work,
    ...(isPlain ? [endIfAllSucceeded(plan, known, { outcome, end })] : []),
    evaluate(body, {
      role: 'outputs',
      request: {
        op: 'finish',
        scope: scopeOf(body, known),
        startedAt: member(variable(start), 'startedAt'),
      },
      assign: { [outcome]: ANSWER },
    }),
    { kind: 'label', label: end },
    ...lowerDaemonEnds(body, known),
  ];
}

/** A DAG without outputs has Succeeded if all of it did; the handler judges all else. */
function endIfAllSucceeded(
  { body, tasks, dependencies }: DagPlan,
  known: readonly (readonly [name: string, variable: string])[],
  to: { readonly outcome: string; readonly end: string },
): Step {
  const members = known.flatMap(([name, outcome]) => {
    const task = tasks.get(name);
    return task === undefined ? [] : [{ outcome, isLoop: isLooped(task), handsOn: mayHandOn(body, task) }];
  });
  const needed = new Set([...dependencies.values()].flat());
  const lasts = known.filter(([name]) => !needed.has(name));
  const [last] = lasts;
  const isChain = lasts.length === 1 && last !== undefined && !isLoopTask(tasks.get(last[0]));
  return {
    kind: 'choice',
    name: stateName(body.path, 'result'),
    origin: originOf(body),
    rules: [
      {
        condition: allSucceeded(members),
        assign: { [to.outcome]: succeeded(body, isChain ? last[1] : undefined) },
        goto: to.end,
      },
    ],
    otherwise: {},
  };
}

function isLoopTask(task: DagTask | undefined): boolean {
  return task !== undefined && isLooped(task);
}

function lowerPart(plan: DagPlan, part: Schedule, place: Place): readonly Step[] {
  switch (part.kind) {
    case 'task':
      return lowerTask(plan, part.task, place);
    case 'series': {
      const held = new Map(place.held);
      return part.parts.flatMap((one) => {
        const steps = lowerPart(plan, one, { ...place, held });
        for (const task of tasksIn(one)) held.set(task, outcomeAt(plan.body.path, task, place.level));
        return steps;
      });
    }
    case 'parallel':
      return lowerBranches(
        plan,
        part.parts.map((one) => ({ tasks: tasksIn(one), lower: (inner) => lowerPart(plan, one, inner) })),
        place,
      );
    case 'gated':
      return lowerGated(plan, part.chains, place);
  }
}

export interface BranchOf {
  readonly tasks: readonly string[];
  readonly lower: (place: Place) => readonly Step[];
}

/** A Parallel whose branches answer with the outcomes of their tasks, which then get a variable outside. */
export function lowerBranches(plan: DagPlan, branches: readonly BranchOf[], place: Place): readonly Step[] {
  const { path } = plan.body;
  const level = place.level + 1;
  const first = branches[0]?.tasks[0] ?? '';
  const assign = Object.fromEntries(
    branches.flatMap((branch, at) =>
      branch.tasks.map((task, index) => [
        outcomeAt(path, task, place.level),
        expression(`$states.result[${at}][${index}]`, { branch: [at, index] }),
      ]),
    ),
  );
  return [
    {
      kind: 'parallel',
      name: stateName([...path, first], place.level > 0 ? `and others ${place.level + 1}` : 'and others'),
      origin: originOf(plan.body),
      branches: branches.map((branch) => [
        ...branch.lower({ ...place, level }),
        {
          kind: 'pass',
          name: stateName([...path, branch.tasks[0] ?? ''], `outcomes${level > 1 ? ` ${level}` : ''}`),
          origin: originOf(plan.body),
          output: branch.tasks.map((task) => variable(outcomeAt(path, task, level))),
        },
      ]),
      assign,
    },
  ];
}

function lowerGated(plan: DagPlan, chains: readonly (readonly string[])[], place: Place): readonly Step[] {
  const gates = gatesOf(plan, chains);
  const branches = chains.map((chain) => ({
    tasks: chain,
    lower: (inner: Place) => lowerChain(plan, chain, { ...inner, gates }),
  }));
  return lowerBranches(plan, branches, place);
}

export function lowerChain(plan: DagPlan, chain: readonly string[], place: Place): readonly Step[] {
  const held = new Map(place.held);
  const { path } = plan.body;
  return chain.flatMap((task) => {
    const waiting = lowerWait(plan, task, { ...place, held });
    for (const name of waiting.received) held.set(name, outcomeAt(path, name, place.level));
    const work = lowerTask(plan, task, { ...place, held });
    held.set(task, outcomeAt(path, task, place.level));
    return [...waiting.steps, ...work, ...lowerRelease(plan, task, place)];
  });
}

export function tasksIn(part: Schedule): readonly string[] {
  if (part.kind === 'task') return [part.task];
  if (part.kind === 'gated') return part.chains.flat();
  return part.parts.flatMap(tasksIn);
}
