/** Lets the state behind a Pass that only assigns do so itself, where nothing else leads to that state. */
import type { Assignments, MapStep, ParallelStep, PassStep, TaskStep, WaitStep } from '../3-lower/plan.ts';
import type { Expression, Value } from '../3-lower/value.ts';
import { type ChoiceState, type Edge, edgesFrom, type FlowBlock, type FlowState } from './flow.ts';
import { readsAny, substitute, substituteAll } from './substitute.ts';

export function absorbed(block: FlowBlock): FlowBlock {
  const arrivals = new Map<string, number>([[block.startAt, 1]]);
  for (const state of block.states.values())
    for (const { to } of edgesFrom(state))
      if (to !== undefined) arrivals.set(to, (arrivals.get(to) ?? 0) + 1);
  const states = new Map(block.states);
  let { startAt } = block;
  const renamed = new Map<string, string>();
  for (const [name, state] of block.states) {
    if (state.kind !== 'plain' || state.step.kind !== 'pass') continue;
    const pass = states.get(name);
    if (pass?.kind !== 'plain') continue;
    const { to, assign, output } = pass.next;
    if (to === undefined || to === name || assign === undefined || output !== undefined) continue;
    const behind = states.get(to);
    if (behind === undefined || arrivals.get(to) !== 1 || !canTake(behind, assign)) continue;
    states.set(to, taking(behind, assign));
    states.delete(name);
    renamed.set(name, to);
    arrivals.set(to, arrivals.get(name) ?? 0);
    if (startAt === name) startAt = to;
  }
  const target = (name: string): string => {
    let last = name;
    for (let next = renamed.get(last); next !== undefined; next = renamed.get(last)) last = next;
    return last;
  };
  const retarget = ([name, state]: readonly [string, FlowState]): readonly [string, FlowState] => [
    name,
    withBlocks(renamed.size === 0 ? state : retargeted(state, target)),
  ];
  return joinChoices({ startAt: target(startAt), states: new Map([...states].map(retarget)) }, arrivals);
}

/** Whether a block reads one of the variables, or a block inside it does. */
function reads(block: FlowBlock, names: ReadonlySet<string>): boolean {
  for (const state of block.states.values()) {
    if (valuesOf(state).some((value) => readsAny(value, names))) return true;
    if (blocksOf(state).some((inner) => reads(inner, names))) return true;
  }
  return false;
}

function blocksOf(state: FlowState): readonly FlowBlock[] {
  return state.kind === 'work' ? state.blocks : [];
}

function valuesOf(state: FlowState): readonly Value[] {
  const edges = edgesFrom(state).flatMap(({ assign, output }) => [
    ...Object.values(assign ?? {}),
    ...(output === undefined ? [] : [output]),
  ]);
  if (state.kind === 'choice') return [...edges, ...state.rules.map(({ condition }) => condition)];
  if (state.kind === 'fail') return [state.step.error, state.step.cause];
  return [...edges, ...fieldsOf(state.step)];
}

function fieldsOf(step: TaskStep | ParallelStep | MapStep | PassStep | WaitStep): readonly Value[] {
  const {
    arguments: given,
    timeoutSeconds,
    items,
    maxConcurrency,
    seconds,
  } = step as Partial<TaskStep & MapStep & WaitStep>;
  return [given, timeoutSeconds, items, maxConcurrency, seconds].filter((value) => value !== undefined);
}

/** A Choice that only another one leads to, where none of its rules holds, continues the rules of that one. */
function joinChoices({ startAt, states }: FlowBlock, arrivals: ReadonlyMap<string, number>): FlowBlock {
  const joined = new Map(states);
  for (const name of states.keys()) {
    for (let state = joined.get(name); state?.kind === 'choice'; state = joined.get(name)) {
      const { to, assign = {}, output } = state.otherwise;
      const behind = to === undefined || to === name || to === startAt ? undefined : joined.get(to);
      if (to === undefined || behind?.kind !== 'choice' || arrivals.get(to) !== 1 || output !== undefined)
        break;
      const taken = taking(behind, assign) as ChoiceState;
      joined.delete(to);
      joined.set(name, { ...state, rules: [...state.rules, ...taken.rules], otherwise: taken.otherwise });
    }
  }
  return { startAt, states: joined };
}

/** Inner blocks see outer variables as they were when the state was entered. */
function canTake(state: FlowState, assign: Assignments): boolean {
  if (state.kind === 'fail') return false;
  const names = new Set(Object.keys(assign));
  return !blocksOf(state).some((block) => reads(block, names));
}

function taking(state: FlowState, assign: Assignments): FlowState {
  const edge = <E extends Edge>(one: E): E => ({
    ...one,
    assign: { ...assign, ...(one.assign && substituteAll(one.assign, assign)) },
    ...(one.output !== undefined && { output: substitute(one.output, assign) }),
  });
  switch (state.kind) {
    case 'fail':
      return state;
    case 'plain':
      return { ...state, step: substituted(state.step, assign), next: edge(state.next) };
    case 'work':
      return {
        ...state,
        step: substituted(state.step, assign),
        next: edge(state.next),
        caught: state.caught.map(edge),
      };
    case 'choice':
      return {
        ...state,
        rules: state.rules.map((rule) => ({
          ...edge(rule),
          condition: substitute(rule.condition, assign) as Expression,
        })),
        otherwise: edge(state.otherwise),
      };
  }
}

const FIELDS = ['arguments', 'timeoutSeconds', 'items', 'maxConcurrency', 'seconds'] as const;

function substituted<S extends object>(step: S, assign: Assignments): S {
  const fields = step as Readonly<Record<string, Value | undefined>>;
  const changed = FIELDS.flatMap((name) => {
    const value = fields[name];
    return value === undefined ? [] : [[name, substitute(value, assign)] as const];
  });
  return changed.length === 0 ? step : { ...step, ...Object.fromEntries(changed) };
}

function retargeted(state: FlowState, target: (name: string) => string): FlowState {
  const edge = <E extends Edge>(one: E): E => (one.to === undefined ? one : { ...one, to: target(one.to) });
  switch (state.kind) {
    case 'fail':
      return state;
    case 'plain':
      return { ...state, next: edge(state.next) };
    case 'work':
      return { ...state, next: edge(state.next), caught: state.caught.map(edge) };
    case 'choice':
      return { ...state, rules: state.rules.map(edge), otherwise: edge(state.otherwise) };
  }
}

function withBlocks(state: FlowState): FlowState {
  if (state.kind !== 'work' || state.blocks.length === 0) return state;
  return { ...state, blocks: state.blocks.map(absorbed) };
}
