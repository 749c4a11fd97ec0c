/** Lowers a dag template along its schedule; every outcome ends up in a variable, failures as data. */
import type { DagTask } from '../../argo/invocation.ts';
import type { Template } from '../../argo/template.ts';
import { isLooped } from '../../evaluate/loop.ts';
import { rewriteDepends } from '../../expression/depends/rewrite.ts';
import { batchesAmong } from './batch-size.ts';
import { ANSWER, type Body, evaluate, globalsOf, originOf, scopeOf } from './body.ts';
import { startOf } from './call.ts';
import { condition } from './condition.ts';
import { lowerDaemonEnds } from './daemon.ts';
import { lowerDagInParts } from './dag-parts.ts';
import { dependsTest, OMITTED } from './depends.ts';
import { taskFolder } from './fold.ts';
import { type Gates, gatesOf, lowerRelease, lowerWait } from './gate.ts';
import { lowerIdleHooks } from './hooks.ts';
import { idleOf } from './idle.ts';
import { lowerMember } from './member.ts';
import { type Path, stateName, variableName } from './names.ts';
import { allSucceeded, catchAll, caughtOutcome, endsPlainly, mayHandOn, succeeded } from './outcome.ts';
import type { Step } from './plan.ts';
import { readsOfTask } from './reads.ts';
import { ancestorsOf, type Dependencies, type Schedule, schedule } from './schedule.ts';
import { limited, lowerAdmitted } from './slot.ts';
import { canStart, lowerStart, startOfMember, unstagedAmong } from './start.ts';
import { concat, expression, member, type Value, variable } from './value.ts';

/** What holds for a whole DAG. */
export interface DagPlan {
  readonly body: Body;
  readonly tasks: ReadonlyMap<string, DagTask>;
  readonly dependencies: Dependencies;
  readonly ancestors: (task: string) => readonly string[];
  /** Outcomes that a task's evaluation needs: its dependencies, and the ancestors that its text reads. */
  readonly needs: (task: string) => readonly string[];
  /** The task's member where it is known before a run. */
  readonly fold: (task: DagTask) => Value | undefined;
}

/** Which variable holds a task's outcome, as seen from a place; `level` counts the Parallels around it. */
export interface Place {
  readonly level: number;
  readonly held: ReadonlyMap<string, string>;
  readonly gates?: Gates;
}

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

const KINDS = ['out', 'own'];

export function outcomeAt(path: Path, task: string, level: number): string {
  return variableName(KINDS[level] ?? `own${level}`, [...path, task]);
}

export function planOf(body: Body, graph = graphOfDag(body.template.template)): DagPlan {
  return { body, ...graph, fold: taskFolder(body) };
}

/** What a DAG's tasks alone tell of it. */
export type DagGraph = Omit<DagPlan, 'body' | 'fold'>;

/** The tasks of a DAG, and those of them that its targets need, in the order in which they may start. */
export function graphOfDag(template: Template): DagGraph {
  const { tasks: written = [], target = '' } = template.dag ?? {};
  const all = new Map(written.map((task) => [task.name, task]));
  const allDependencies: Dependencies = new Map(
    [...all.values()].map((task) => {
      const rewritten = rewriteDepends(task, (name) => all.get(name));
      return [task.name, rewritten.ok ? [...rewritten.dependencies.keys()] : []] as const;
    }),
  );
  const ancestors = ancestorsOf(allDependencies);
  const chosen =
    target === '' || target.includes('{{')
      ? new Set(all.keys())
      : new Set(target.split(' ').flatMap((name) => [name, ...ancestors(name)]));
  const order = limited(template) ? visitingOrder(allDependencies) : [...allDependencies.keys()];
  const dependencies: Dependencies = new Map(
    order.flatMap((name) => (chosen.has(name) ? [[name, allDependencies.get(name) ?? []] as const] : [])),
  );
  const tasks = new Map([...all].filter(([name]) => chosen.has(name)));
  const needs = (task: string) => readsOfTask(all.get(task), allDependencies.get(task) ?? [], ancestors);
  return { tasks, dependencies, ancestors, needs };
}

/**
 * The order in which Argo's controller looks at tasks, and so in which they get what is scarce: up from each target,
 * targets by name, dependencies first (dag.go executeDAG, executeDAGTask).
 */
function visitingOrder(dependencies: Dependencies): readonly string[] {
  const needed = new Set([...dependencies.values()].flat());
  const visited = new Set<string>();
  const visit = (name: string): void => {
    if (visited.has(name) || !dependencies.has(name)) return;
    for (const before of dependencies.get(name) ?? []) visit(before);
    visited.add(name);
  };
  for (const name of [...dependencies.keys()].filter((one) => !needed.has(one)).sort()) visit(name);
  return [...visited];
}

export function tasksIn(part: Schedule): readonly string[] {
  if (part.kind === 'task') return [part.task];
  if (part.kind === 'gated') return part.chains.flat();
  return part.parts.flatMap(tasksIn);
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

function lowerTask(plan: DagPlan, name: string, place: Place): readonly Step[] {
  const { body } = plan;
  const task = plan.tasks.get(name);
  if (task === undefined) return [];
  const path = [...body.path, name];
  const answer = variableName('member', path);
  const known = plan.needs(name).flatMap((one) => {
    const held = place.held.get(one);
    return held === undefined ? [] : [[one, held] as const];
  });
  const globals = globalsOf(body, () => [...place.held.values()]);
  const node = concat(body.node, `.${name}`);
  const outcome = outcomeAt(body.path, name, place.level);
  const lookup = (one: string) => plan.tasks.get(one);
  // Only the handler knows the tasks before a target that is known at run time.
  const isOpen = body.template.template.dag?.target?.includes('{{') === true;
  const test = isOpen ? null : dependsTest(task, lookup, (one) => place.held.get(one));
  // Where slots are scarce, all tasks take the same way to them, so that they come in order.
  const isFoldable = test !== null && !limited(body.template.template);
  const folded = isFoldable ? plan.fold(task) : undefined;
  const isConditional = test === null || Boolean(task.when) || isLooped(task);
  const idle = idleOf(plan, name);
  const marksIdle = idle.named.length + idle.exit.length > 0;
  const site = { node, outcome, known, globals, isConditional };
  const member = (evaluated: Value) => lowerMember(body, task, { ...site, evaluated, marksIdle });
  const request = {
    op: 'task',
    task: name,
    scope: scopeOf(body, known, globals),
    ...(test === null ? {} : { dependsMet: true }),
  };
  const start = { node, outcome, globals, ask: request, isConditional };
  const done = `${stateName(path)} uncalled`;
  const work =
    folded !== undefined
      ? member(folded)
      : canStart(body, task)
        ? lowerStart(startOfMember(body, task, start))
        : [
            evaluate(body, {
              role: 'arguments',
              path,
              member: name,
              request: {
                ...request,
                conditional: isConditional,
                ...unstagedAmong(body, [task]),
                ...batchesAmong(body, [task]),
              },
              assign: { [answer]: ANSWER },
              catch: catchAll(
                { [outcome]: { ...caughtOutcome(node), ...(marksIdle && { idle: true }) } },
                done,
              ),
            }),
            ...member(variable(answer)),
            { kind: 'label' as const, label: done },
          ];
  const started: readonly Step[] =
    test === undefined || test === null
      ? work
      : [
          {
            kind: 'choice',
            name: stateName(path, 'depends'),
            origin: originOf(body, name),
            comment: `depends: ${task.depends ?? (task.dependencies ?? []).join(' && ')}`,
            rules: [{ condition: condition(test), steps: work }],
            otherwise: {
              assign: {
                [outcome]: { node, phase: 'Omitted', message: OMITTED, ...(marksIdle && { idle: true }) },
              },
            },
          },
        ];
  const hooks = lowerIdleHooks(body, task, path, { ...site, evaluated: null }, idle);
  return lowerAdmitted(body, { path, member: name, node, outcome }, [...started, ...hooks]);
}
