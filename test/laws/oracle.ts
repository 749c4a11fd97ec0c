/**
 * What must come of a drawn workflow, worked out from Argo's rules alone: every node with its phase, and every
 * leaf with the seconds at which it starts and ends when nothing but leaves, suspensions and retries takes time.
 */
import { type Dag, fate, type Member, type Model, type Steps, type Task } from './model.ts';

export type Phase = 'Succeeded' | 'Failed' | 'Error' | 'Skipped' | 'Omitted';

export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Prophecy {
  readonly phase: Phase;
  readonly nodes: ReadonlyMap<string, Phase>;
  readonly leaves: ReadonlyMap<string, Span>;
  readonly end: number;
}

interface Ended {
  readonly phase: Phase;
  readonly end: number;
  /**
   * Phases of the nodes on which what follows hangs, which a task that is omitted after it inherits (dag.go
   * assessDAGPhase, operator.go getOutboundNodes). @default its own
   */
  readonly last?: readonly Phase[];
}

interface World {
  readonly model: Model;
  readonly nodes: Map<string, Phase>;
  readonly leaves: Map<string, Span>;
}

/** Step Functions retries after a second at the soonest. */
const RETRY_SECONDS = 1;

export function foretell(model: Model): Prophecy {
  const world: World = { model, nodes: new Map(), leaves: new Map() };
  const entry = runTemplate(world, model.templates.at(-1)?.name ?? '', 'wf', 0);
  const exit =
    model.onExit === undefined ? undefined : runTemplate(world, model.onExit, 'wf.onExit', entry.end);
  const phase = isBad(entry.phase) || exit === undefined ? entry.phase : exit.phase;
  return { phase, nodes: world.nodes, leaves: world.leaves, end: exit?.end ?? entry.end };
}

function isBad(phase: Phase): boolean {
  return phase === 'Failed' || phase === 'Error';
}

function note(world: World, node: string, ended: Ended): Ended {
  world.nodes.set(node, ended.phase);
  return ended;
}

function runTemplate(world: World, name: string, node: string, start: number): Ended {
  const template = world.model.templates.find((one) => one.name === name);
  if (template === undefined) throw new Error(`no template ${name}`);
  const { retries, body } = template;
  const once = (attempt: string, at: number): Ended => {
    switch (body.kind) {
      case 'leaf':
        return runLeaf(world, attempt, at);
      case 'suspend':
        return note(world, attempt, { phase: 'Succeeded', end: at + body.seconds });
      case 'steps':
        return note(world, attempt, runSteps(world, body, attempt, at));
      case 'dag':
        return note(world, attempt, runDag(world, body, attempt, at));
    }
  };
  if (retries === undefined) return once(node, start);
  let ended = once(`${node}(0)`, start);
  for (let attempt = 1; attempt <= retries && ended.phase === 'Failed'; attempt += 1) {
    ended = once(`${node}(${attempt})`, ended.end + RETRY_SECONDS);
  }
  // What follows hangs on the last attempt itself, not on what is in it.
  return note(world, node, { phase: ended.phase, end: ended.end });
}

function runLeaf(world: World, node: string, start: number): Ended {
  const { good, seconds } = fate(world.model, node);
  world.leaves.set(node, { start, end: start + seconds });
  return note(world, node, { phase: good ? 'Succeeded' : world.model.bad, end: start + seconds });
}

function runSteps(world: World, steps: Steps, node: string, start: number): Ended {
  let now = start;
  let last: readonly Phase[] = [];
  for (const [at, group] of steps.groups.entries()) {
    const ends = group.flatMap((member) =>
      itemsOf(member).map((item) => ({
        member,
        ended: runItem(world, member, `${node}[${at}].${member.name}`, item, now),
      })),
    );
    now = Math.max(now, ...ends.map(({ ended }) => ended.end));
    const failed = ends.some(({ member, ended }) => isBad(ended.phase) && !member.continues);
    const phase = failed ? 'Failed' : 'Succeeded';
    world.nodes.set(`${node}[${at}]`, phase);
    last = ends.flatMap(({ ended }) => handedOn(ended, [phase]));
    if (failed) return { phase, end: now, last };
  }
  return { phase: 'Succeeded', end: now, last };
}

/** What did not run hands on what it inherited. */
function handedOn({ phase, last }: Ended, inherited: readonly Phase[]): readonly Phase[] {
  return phase === 'Skipped' || phase === 'Omitted' ? inherited : (last ?? [phase]);
}

function itemsOf(member: Member): readonly (number | undefined)[] {
  return member.loop === undefined ? [undefined] : Array.from({ length: member.loop }, (_, at) => at);
}

/** One member, or one item of it, with its exit handler: `end` is when both are done. */
function runItem(world: World, member: Member, name: string, item: number | undefined, start: number): Ended {
  const node = item === undefined ? name : `${name}(${item}:${item})`;
  if (member.when === false || (item !== undefined && item === member.skipped))
    return note(world, node, { phase: 'Skipped', end: start });
  const ended = runTemplate(world, member.template, node, start);
  if (member.exit === undefined) return ended;
  const exit = runTemplate(world, member.exit, `${node}.onExit`, ended.end);
  // Of a Retry node the exit handler is the last child, on which what follows hangs.
  const isRetried = world.model.templates.find((one) => one.name === member.template)?.retries !== undefined;
  return { ...ended, end: exit.end, ...(isRetried && { last: [exit.phase] }) };
}

function runDag(world: World, dag: Dag, node: string, start: number): Ended {
  const done = new Map<string, Ended>();
  for (const task of dag.tasks) {
    const ready = Math.max(start, ...task.needs.map((need) => done.get(need.task)?.end ?? start));
    done.set(task.name, runTask(world, task, dag, done, `${node}.${task.name}`, ready));
  }
  const end = Math.max(start, ...[...done.values()].map((one) => one.end));
  return { ...endOfDag(dag, done), end };
}

function runTask(
  world: World,
  task: Task,
  dag: Dag,
  done: ReadonlyMap<string, Ended>,
  node: string,
  start: number,
): Ended {
  if (!mayRun(task, dag, done)) return note(world, node, { phase: 'Omitted', end: start });
  if (task.loop === undefined) return runItem(world, task, node, undefined, start);
  const ends = itemsOf(task).map((item) => runItem(world, task, node, item, start));
  const last = ends.filter((one) => isBad(one.phase)).at(-1);
  const end = Math.max(start, ...ends.map((one) => one.end));
  const phase = last?.phase ?? 'Succeeded';
  return note(world, node, { phase, end, last: ends.flatMap((one) => handedOn(one, [phase])) });
}

function mayRun(task: Task, dag: Dag, done: ReadonlyMap<string, Ended>): boolean {
  const holds = task.needs.map(({ task: name, condition }) => {
    const phase = done.get(name)?.phase ?? 'Omitted';
    if (condition !== '') return condition === `.${phase}`;
    const forgiven = task.join === 'dependencies' && dag.tasks.find((one) => one.name === name)?.continues;
    return phase === 'Succeeded' || phase === 'Skipped' || (forgiven === true && isBad(phase));
  });
  return task.join === 'or' && holds.length > 0 ? holds.includes(true) : !holds.includes(false);
}

/** Of targets only; one that did not run has the phases of what ran before it. */
function endOfDag(dag: Dag, done: ReadonlyMap<string, Ended>): Pick<Ended, 'phase' | 'last'> {
  const needed = new Set(dag.tasks.flatMap((task) => task.needs.map((need) => need.task)));
  const branches = new Map<string, readonly Phase[]>();
  const handed = new Map<string, readonly Phase[]>();
  for (const task of dag.tasks) {
    const ended: Ended = done.get(task.name) ?? { phase: 'Omitted', end: 0 };
    const before = task.needs.flatMap((need) => [...(handed.get(need.task) ?? [])]);
    const inherited: readonly Phase[] = before.length > 0 ? before : ['Succeeded'];
    branches.set(task.name, handedOn({ ...ended, last: [ended.phase] }, inherited));
    handed.set(task.name, handedOn(ended, inherited));
  }
  const targets = dag.tasks.filter(({ name }) => !needed.has(name));
  const last = targets.flatMap(({ name }) => [...(handed.get(name) ?? [])]);
  for (const { name, continues } of targets) {
    if (continues) continue;
    const bad = [...(branches.get(name) ?? [])].find(isBad);
    if (bad !== undefined) return { phase: bad, last };
  }
  return { phase: 'Succeeded', last };
}
