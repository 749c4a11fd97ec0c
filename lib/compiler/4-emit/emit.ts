/** Turns a plan into a state machine: a graph of states, threaded past what is decided, then printed with names. */
import {
  branch,
  choice,
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
import type { State, StateMachine } from '../../asl/state-machine.ts';
import type { TaskDefinition } from '../../protocol/run-task.ts';
import type { Origin, Plan } from '../3-lower/plan.ts';
import { jsonOf, type Value } from '../3-lower/value.ts';
import { absorbed } from './absorb.ts';
import { answersWithin, NO_FACTS } from './facts.ts';
import {
  type ChoiceState,
  type Edge,
  type FlowBlock,
  type FlowState,
  flowOf,
  type WorkState,
} from './flow.ts';
import { type Namer, namer } from './state-names.ts';
import { threaded } from './thread.ts';

export interface Emitted {
  readonly machine: StateMachine;
  /** Where each state comes from. */
  readonly origins: Readonly<Record<string, Origin>>;
  /** Those that states name, by family; what a run works out only when it comes there is not among them. */
  readonly taskDefinitions: Readonly<Record<string, TaskDefinition>>;
}

interface Printing {
  readonly names: Namer;
  readonly origins: Record<string, Origin>;
  readonly taskDefinitions: Record<string, TaskDefinition>;
  readonly describe: Describe;
}

/** Says where a state comes from. */
export type Describe = (origin: Origin) => string;

export function emit(plan: Plan, describe: Describe): Emitted {
  const origins: Record<string, Origin> = {};
  const written = flowOf(plan.steps);
  const flow = absorbed(threaded(written, NO_FACTS, answersWithin(written)));
  const taskDefinitions: Record<string, TaskDefinition> = {};
  const block = printBlock(flow, { names: namer(), origins, taskDefinitions, describe });
  const machine: StateMachine = {
    Comment: plan.comment,
    QueryLanguage: 'JSONata',
    StartAt: block.startAt,
    States: Object.fromEntries(block.states),
  };
  return { machine, origins, taskDefinitions };
}

function printBlock(
  { startAt, states }: FlowBlock,
  printing: Printing,
): { readonly startAt: string; readonly states: NamedStates } {
  const { names, origins, taskDefinitions } = printing;
  return {
    startAt: names(startAt),
    states: [...states].map(([name, state]) => {
      const printed = names(name);
      origins[printed] = state.step.origin;
      const definition = state.step.kind === 'task' ? state.step.taskDefinition : undefined;
      if (definition !== undefined) taskDefinitions[definition.family] = definition;
      return [printed, printState(state, printing)];
    }),
  };
}

function target({ to }: Edge, { names }: Printing): { readonly Next?: string } {
  return to === undefined ? {} : { Next: names(to) };
}

function fields({ assign, output }: Edge): { readonly Assign?: JsonObject; readonly Output?: JsonValue } {
  const Assign = assign === undefined ? {} : { Assign: jsonOf(assign) as JsonObject };
  return output === undefined ? Assign : { ...Assign, Output: jsonOf(output) };
}

function printState(state: FlowState, printing: Printing): State {
  const { step } = state;
  const where = printing.describe(step.origin);
  const Comment = step.comment === undefined ? where : `${where}; ${step.comment}`.slice(0, 500);
  switch (state.kind) {
    case 'fail':
      return fail({
        Comment,
        Error: jsonOf(state.step.error) as string,
        Cause: jsonOf(state.step.cause) as string,
      });
    case 'plain': {
      const base = { Comment, ...target(state.next, printing), ...fields(state.next) };
      return state.step.kind === 'pass'
        ? pass(base)
        : wait({ ...base, Seconds: numeric(state.step.seconds) });
    }
    case 'choice':
      return printChoice(state, Comment, printing);
    case 'work':
      return printWork(state, Comment, printing);
  }
}

/** Where AWS takes a number or an expression that yields one. */
function numeric(value: Value): number | string {
  return jsonOf(value) as number | string;
}

function printChoice({ rules, otherwise }: ChoiceState, Comment: string, printing: Printing): State {
  const { names } = printing;
  return choice({
    Comment,
    Choices: rules.map((one) =>
      rule({ Condition: jsonOf(one.condition) as string, Next: names(one.to ?? ''), ...fields(one) }),
    ),
    Default: names(otherwise.to ?? ''),
    ...fields(otherwise),
  });
}

function printWork({ step, blocks, next, caught }: WorkState, Comment: string, printing: Printing): State {
  const base = {
    Comment,
    ...target(next, printing),
    ...fields(next),
    Catch: caught.map((edge) => ({
      ErrorEquals: edge.errors,
      ...fields(edge),
      Next: printing.names(edge.to ?? ''),
    })),
  };
  const printed = blocks.map((block) => printBlock(block, printing));
  switch (step.kind) {
    case 'task':
      return task({
        ...base,
        Resource: step.resource,
        Arguments: jsonOf(step.arguments),
        ...(step.timeoutSeconds === undefined ? {} : { TimeoutSeconds: numeric(step.timeoutSeconds) }),
        Retry: step.retry,
      });
    case 'parallel':
      return parallel({
        ...base,
        ...(step.arguments === undefined ? {} : { Arguments: jsonOf(step.arguments) }),
        Branches: printed.map(({ startAt, states }) => branch(startAt, states)),
        Retry: step.retry,
      });
    case 'map': {
      const { startAt = '', states = [] } = printed[0] ?? {};
      return mapItems({
        ...base,
        Items: jsonOf(step.items),
        ...(step.maxConcurrency === undefined ? {} : { MaxConcurrency: numeric(step.maxConcurrency) }),
        ItemProcessor: inlineProcessor(startAt, states),
      });
    }
  }
}
