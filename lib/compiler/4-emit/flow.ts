/** A plan as a graph: each step is a state with edges to other states, before it is printed as such. */
import type {
  Assignments,
  CatchClause,
  ChoiceStep,
  FailStep,
  MapStep,
  ParallelStep,
  PassStep,
  Step,
  TaskStep,
  WaitStep,
  Way,
} from '../3-lower/plan.ts';
import type { Expression, Value } from '../3-lower/value.ts';
import { entryOf, type Labels, labelsOf } from './labels.ts';

/** A transition: what it assigns and hands on, and the name of the step it leads to; none ends the block. */
export interface Edge {
  readonly to: string | undefined;
  readonly assign?: Assignments | undefined;
  readonly output?: Value | undefined;
}

export type CaughtEdge = Edge & { readonly errors: readonly string[] };
export type RuleEdge = Edge & { readonly condition: Expression };

export interface WorkState {
  readonly kind: 'work';
  readonly step: TaskStep | ParallelStep | MapStep;
  readonly blocks: readonly FlowBlock[];
  readonly next: Edge;
  readonly caught: readonly CaughtEdge[];
}

export interface PlainState {
  readonly kind: 'plain';
  readonly step: PassStep | WaitStep;
  readonly next: Edge;
}

export interface ChoiceState {
  readonly kind: 'choice';
  readonly step: ChoiceStep;
  readonly rules: readonly RuleEdge[];
  readonly otherwise: Edge;
}

export interface FailState {
  readonly kind: 'fail';
  readonly step: FailStep;
}

export type FlowState = WorkState | PlainState | ChoiceState | FailState;

export interface FlowBlock {
  readonly startAt: string;
  /** In the order of the plan. */
  readonly states: ReadonlyMap<string, FlowState>;
}

export function flowOf(steps: readonly Step[]): FlowBlock {
  const labels = labelsOf(steps);
  const states = new Map<string, FlowState>();
  add(steps, undefined, { labels, states });
  return { startAt: entryOf(steps, 0, undefined, labels) ?? '', states };
}

interface Building {
  readonly labels: Labels;
  readonly states: Map<string, FlowState>;
}

function add(steps: readonly Step[], continuation: string | undefined, building: Building): void {
  steps.forEach((step, at) => {
    if (step.kind === 'label' || step.kind === 'goto') return;
    const next = entryOf(steps, at + 1, continuation, building.labels);
    building.states.set(step.name, stateOf(step, next, building));
    if (step.kind === 'task') for (const { again } of step.catch ?? []) add(again ?? [], step.name, building);
    if (step.kind !== 'choice') return;
    for (const way of [...step.rules, step.otherwise]) add(way.steps ?? [], next, building);
  });
}

type Named = Exclude<Step, { readonly kind: 'label' | 'goto' }>;

function stateOf(step: Named, next: string | undefined, building: Building): FlowState {
  switch (step.kind) {
    case 'task':
      return { kind: 'work', step, blocks: [], ...edgesOf(step, next, building) };
    case 'parallel':
      return { kind: 'work', step, blocks: step.branches.map(flowOf), ...edgesOf(step, next, building) };
    case 'map':
      return { kind: 'work', step, blocks: [flowOf(step.body)], ...edgesOf(step, next, building) };
    case 'pass':
      return { kind: 'plain', step, next: { to: next, assign: step.assign, output: step.output } };
    case 'wait':
      return { kind: 'plain', step, next: { to: next, assign: step.assign } };
    case 'fail':
      return { kind: 'fail', step };
    case 'choice':
      return {
        kind: 'choice',
        step,
        rules: step.rules.map((rule) => ({
          ...wayEdge(rule, step, next, building),
          condition: rule.condition,
        })),
        otherwise: wayEdge(step.otherwise, step, next, building),
      };
  }
}

function edgesOf(
  step: TaskStep | ParallelStep | MapStep,
  next: string | undefined,
  { labels }: Building,
): Pick<WorkState, 'next' | 'caught'> {
  const target = ({ again, goto }: CatchClause) => {
    if (again !== undefined) return entryOf(again, 0, step.name, labels);
    return goto === undefined ? next : labels.get(goto)?.();
  };
  return {
    next: { to: next, assign: step.assign, output: step.output },
    caught: (step.catch ?? []).map((clause) => ({
      errors: clause.errors,
      to: target(clause),
      assign: clause.assign,
      output: clause.output,
    })),
  };
}

/** A Choice cannot end a block, so what would end here passes through a state that does. */
function wayEdge(way: Way, step: ChoiceStep, next: string | undefined, building: Building): Edge {
  const { labels, states } = building;
  const to =
    way.goto !== undefined
      ? labels.get(way.goto)?.()
      : way.steps === undefined
        ? next
        : entryOf(way.steps, 0, next, labels);
  if (to !== undefined) return { to, assign: way.assign, output: way.output };
  const end = `${step.name} end`;
  states.set(end, {
    kind: 'plain',
    step: { kind: 'pass', name: end, origin: step.origin },
    next: { to: undefined },
  });
  return { to: end, assign: way.assign, output: way.output };
}

/** Every edge of a state, in the order in which its targets are thought of. */
export function edgesFrom(state: FlowState): readonly Edge[] {
  if (state.kind === 'work') return [state.next, ...state.caught];
  if (state.kind === 'plain') return [state.next];
  return state.kind === 'choice' ? [...state.rules, state.otherwise] : [];
}

/** The block without the states to which nothing leads. */
export function reachable({ startAt, states }: FlowBlock): FlowBlock {
  const seen = new Set<string>();
  const open = [startAt];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const state = states.get(name);
    if (state === undefined || seen.has(name)) continue;
    seen.add(name);
    for (const { to } of edgesFrom(state)) if (to !== undefined) open.push(to);
  }
  return { startAt, states: new Map([...states].filter(([name]) => seen.has(name))) };
}

/** The states that can be reached, each before those that it leads to, but for where a loop leads back. */
export function forwards({ startAt, states }: FlowBlock): readonly (readonly [string, FlowState])[] {
  const seen = new Set<string>();
  const left: (readonly [string, FlowState])[] = [];
  const open: { readonly name: string; readonly state: FlowState; readonly to: (string | undefined)[] }[] =
    [];
  const enter = (name: string): void => {
    const state = states.get(name);
    if (state === undefined || seen.has(name)) return;
    seen.add(name);
    open.push({ name, state, to: edgesFrom(state).map(({ to }) => to) });
  };
  enter(startAt);
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const to = top.to.pop();
    if (to !== undefined) enter(to);
    else if (top.to.length === 0) {
      open.pop();
      left.push([top.name, top.state]);
    }
  }
  return left.reverse();
}
