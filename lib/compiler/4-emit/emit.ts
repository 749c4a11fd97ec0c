/** Turns a plan into a state machine: gives every step its name, its Next or End, and its place in the YAML. */
import {
  branch,
  choice,
  distributedProcessor,
  fail,
  inlineProcessor,
  mapItems,
  type NamedStates,
  parallel,
  pass,
  rule,
  task,
  wait,
} from '../../asl/build.ts';
import type { JsonObject, JsonValue } from '../../asl/json.ts';
import type { Catcher, State, StateMachine } from '../../asl/state-machine.ts';
import { successorsOf } from '../../asl/successors.ts';
import type { Assignments, CatchClause, Origin, Plan, Step, Way } from '../3-lower/plan.ts';
import { simplifyBranch } from '../3-lower/simplify.ts';
import { jsonOf, type Value } from '../3-lower/value.ts';
import { entryOf, type Labels, labelsOf } from './labels.ts';
import { type Namer, namer } from './state-names.ts';

export interface Emitted {
  readonly machine: StateMachine;
  /** Where each state comes from. */
  readonly origins: Readonly<Record<string, Origin>>;
}

/** What a block of states is emitted with; blocks of branches share all but the list. */
interface Block {
  readonly labels: Labels;
  readonly names: Namer;
  readonly origins: Record<string, Origin>;
  readonly describe: (origin: Origin) => string;
  readonly states: (readonly [string, State])[];
}

export function emit(plan: Plan, describe: (origin: Origin) => string): Emitted {
  const origins: Record<string, Origin> = {};
  const names = namer();
  const block = emitBlock(plan.steps, { names, origins, describe });
  const machine: StateMachine = {
    Comment: plan.comment,
    QueryLanguage: 'JSONata',
    StartAt: block.startAt,
    States: Object.fromEntries(block.states),
  };
  return { machine, origins };
}

function emitBlock(
  steps: readonly Step[],
  shared: Pick<Block, 'names' | 'origins' | 'describe'>,
): { readonly startAt: string; readonly states: NamedStates } {
  const labels = labelsOf(steps);
  const block: Block = { ...shared, labels, states: [] };
  const startAt = shared.names(entryOf(steps, 0, undefined, labels) ?? '');
  emitSteps(steps, undefined, block);
  return { startAt, states: reachable(startAt, block.states) };
}

/** Steps to which nothing leads any more leave no state. */
function reachable(startAt: string, states: NamedStates): NamedStates {
  const all = new Map(states);
  const seen = new Set<string>();
  const open = [startAt];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const state = all.get(name);
    if (state === undefined || seen.has(name)) continue;
    seen.add(name);
    open.push(...successorsOf(state));
  }
  return states.filter(([name]) => seen.has(name));
}

function emitSteps(steps: readonly Step[], continuation: string | undefined, block: Block): void {
  steps.forEach((step, at) => {
    const next = entryOf(steps, at + 1, continuation, block.labels);
    emitStep(step, next, block);
  });
}

function target(name: string | undefined, block: Block): { readonly Next?: string } {
  return name === undefined ? {} : { Next: block.names(name) };
}

function fields(step: { readonly assign?: Assignments; readonly output?: Value }): {
  readonly Assign?: JsonObject;
  readonly Output?: JsonValue;
} {
  const assign = step.assign === undefined ? {} : { Assign: jsonOf(step.assign) as JsonObject };
  return step.output === undefined ? assign : { ...assign, Output: jsonOf(step.output) };
}

function emitStep(step: Step, next: string | undefined, block: Block): void {
  if (step.kind === 'label' || step.kind === 'goto') return;
  const name = block.names(step.name);
  block.origins[name] = step.origin;
  const where = block.describe(step.origin);
  const comment = step.comment === undefined ? where : `${where}; ${step.comment}`.slice(0, 500);
  const put = (state: State) => block.states.push([name, state]);
  const base = { Comment: comment, ...('ends' in step && step.ends ? {} : target(next, block)) };
  switch (step.kind) {
    case 'pass':
      put(pass({ ...base, ...fields(step) }));
      return;
    case 'wait':
      put(wait({ ...base, ...fields(step), Seconds: jsonOf(step.seconds) as number | string }));
      return;
    case 'fail':
      put(
        fail({ Comment: comment, Error: jsonOf(step.error) as string, Cause: jsonOf(step.cause) as string }),
      );
      return;
    case 'task':
      put(
        task({
          ...base,
          Resource: step.resource,
          Arguments: jsonOf(step.arguments),
          ...(step.timeoutSeconds === undefined
            ? {}
            : { TimeoutSeconds: jsonOf(step.timeoutSeconds) as number | string }),
          ...fields(step),
          Retry: step.retry,
          Catch: catchers(step.catch, next, block),
        }),
      );
      return;
    case 'parallel':
      put(
        parallel({
          ...base,
          ...(step.arguments === undefined ? {} : { Arguments: jsonOf(step.arguments) }),
          Branches: step.branches.map((steps) => {
            const inner = emitBlock(simplifyBranch(steps), block);
            return branch(inner.startAt, inner.states);
          }),
          ...fields(step),
          Retry: step.retry,
          Catch: catchers(step.catch, next, block),
        }),
      );
      return;
    case 'map':
      put(emitMap(step, base, next, block));
      return;
    case 'choice':
      emitChoice(step, name, comment, next, block);
  }
}

function emitMap(
  step: Extract<Step, { kind: 'map' }>,
  base: { readonly Comment: string; readonly Next?: string },
  next: string | undefined,
  block: Block,
): State {
  const inner = emitBlock(simplifyBranch(step.body), block);
  return mapItems({
    ...base,
    Items: jsonOf(step.items),
    ...(step.selector === undefined ? {} : { ItemSelector: jsonOf(step.selector) }),
    ...(step.maxConcurrency === undefined
      ? {}
      : { MaxConcurrency: jsonOf(step.maxConcurrency) as number | string }),
    ItemProcessor:
      step.distributed === undefined
        ? inlineProcessor(inner.startAt, inner.states)
        : distributedProcessor(inner.startAt, inner.states),
    ...fields(step),
    Catch: catchers(step.catch, next, block),
  });
}

function emitChoice(
  step: Extract<Step, { kind: 'choice' }>,
  name: string,
  comment: string,
  next: string | undefined,
  block: Block,
): void {
  const entry = (way: Way): string | undefined => {
    if (way.goto !== undefined) return block.labels.get(way.goto)?.();
    return way.steps === undefined ? next : entryOf(way.steps, 0, next, block.labels);
  };
  const landing = (way: Way): string => {
    const to = entry(way);
    if (to !== undefined) return block.names(to);
    // A Choice cannot end a branch, so what would end here passes through a state that does.
    const end = block.names(`${step.name} end`);
    if (!block.states.some(([known]) => known === end)) block.states.push([end, pass({ Comment: comment })]);
    return end;
  };
  const { otherwise } = step;
  const state = choice({
    Comment: comment,
    Choices: step.rules.map((one) =>
      rule({
        Condition: jsonOf(one.condition) as string,
        Next: landing(one),
        ...fields(one),
      }),
    ),
    Default: landing(otherwise),
    ...fields(otherwise),
  });
  block.states.push([name, state]);
  for (const one of step.rules) emitSteps(one.steps ?? [], next, block);
  emitSteps(otherwise.steps ?? [], next, block);
}

function catchers(
  clauses: readonly CatchClause[] | undefined,
  next: string | undefined,
  block: Block,
): readonly Catcher[] {
  return (clauses ?? []).map((clause) => {
    const to = clause.goto === undefined ? next : block.labels.get(clause.goto)?.();
    return { ErrorEquals: clause.errors, ...fields(clause), Next: block.names(to ?? '') };
  });
}
