/**
 * Builders of states: fields in the order of the specification, defaults and empty lists left out.
 * A state without `Next` gets `End: true`. Fields may be given as `undefined`.
 */

import type {
  Branch,
  Catcher,
  ChoiceRule,
  ChoiceState,
  FailState,
  ItemProcessor,
  MapState,
  ParallelState,
  PassState,
  Retrier,
  State,
  StateMachine,
  SucceedState,
  TaskState,
  WaitState,
} from './state-machine.ts';

/** The fields of T, where optional ones may also be given as undefined. */
export type Fields<T, Without extends PropertyKey = never> = {
  readonly [K in keyof T as K extends 'Type' | 'End' | Without ? never : K]: Record<
    never,
    never
  > extends Pick<T, K>
    ? T[K] | undefined
    : T[K];
};

/** AWS's default of a Task's TimeoutSeconds, which is also its maximum. */
const NO_TIMEOUT = 99_999_999;

function isEmpty(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return false;
  return Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0;
}

type Bag = Readonly<Record<string, unknown>>;

/** Picks the named fields in their order; those undefined, or equal to their default, are left out. */
function ordered(from: object, names: readonly string[], defaults: Bag = {}): Bag {
  const source = from as Bag;
  const target: Record<string, unknown> = {};
  for (const name of names) {
    const value = source[name];
    if (value === undefined || (name in defaults && value === defaults[name])) continue;
    if ((name === 'Retry' || name === 'Catch' || name === 'Assign') && isEmpty(value)) continue;
    target[name] = value;
  }
  return target;
}

function ending(from: object): Bag {
  const next = (from as Bag)['Next'];
  return next === undefined ? { End: true } : { Next: next };
}

export function pass(fields: Fields<PassState>): PassState {
  return { Type: 'Pass', ...ordered(fields, ['Comment', 'Output', 'Assign']), ...ending(fields) };
}

export function task(fields: Fields<TaskState>): TaskState {
  const names = ['Arguments', 'TimeoutSeconds', 'HeartbeatSeconds', 'Credentials'];
  return {
    Type: 'Task',
    ...ordered(fields, ['Comment']),
    Resource: fields.Resource,
    ...ordered(fields, names, { TimeoutSeconds: NO_TIMEOUT }),
    ...ordered(fields, ['Output', 'Assign', 'Retry', 'Catch']),
    ...ending(fields),
  };
}

export function choice(fields: Fields<ChoiceState>): ChoiceState {
  return {
    Type: 'Choice',
    ...ordered(fields, ['Comment']),
    Choices: fields.Choices,
    ...ordered(fields, ['Default', 'Output', 'Assign']),
  };
}

export function rule(fields: Fields<ChoiceRule>): ChoiceRule {
  const { Condition, Next } = fields;
  return { ...ordered(fields, ['Comment']), Condition, ...ordered(fields, ['Output', 'Assign']), Next };
}

export function wait(fields: Fields<WaitState>): WaitState {
  const names = ['Comment', 'Seconds', 'Timestamp', 'Output', 'Assign'];
  return { Type: 'Wait', ...ordered(fields, names), ...ending(fields) };
}

export function succeed(fields: Fields<SucceedState> = {}): SucceedState {
  return { Type: 'Succeed', ...ordered(fields, ['Comment', 'Output']) };
}

export function fail(fields: Fields<FailState> = {}): FailState {
  return { Type: 'Fail', ...ordered(fields, ['Comment', 'Error', 'Cause']) };
}

export function parallel(fields: Fields<ParallelState>): ParallelState {
  return {
    Type: 'Parallel',
    ...ordered(fields, ['Comment', 'Arguments']),
    Branches: fields.Branches,
    ...ordered(fields, ['Output', 'Assign', 'Retry', 'Catch']),
    ...ending(fields),
  };
}

/** `map` would hide Array's word in the reader's mind, so this one says what it maps over. */
export function mapItems(fields: Fields<MapState>): MapState {
  const names = ['Comment', 'Label', 'Items', 'ItemReader', 'ItemSelector', 'ItemBatcher', 'MaxConcurrency'];
  return {
    Type: 'Map',
    ...ordered(fields, names, { MaxConcurrency: 0 }),
    ...ordered(fields, ['ToleratedFailurePercentage', 'ToleratedFailureCount']),
    ItemProcessor: fields.ItemProcessor,
    ...ordered(fields, ['ResultWriter', 'Output', 'Assign', 'Retry', 'Catch']),
    ...ending(fields),
  };
}

/** Branches and processors: the states as a list of pairs, so that their order is the order of execution. */
export type NamedStates = readonly (readonly [name: string, state: State])[];

export function branch(startAt: string, states: NamedStates, comment?: string): Branch {
  return {
    ...ordered({ Comment: comment }, ['Comment']),
    StartAt: startAt,
    States: Object.fromEntries(states),
  };
}

export function inlineProcessor(startAt: string, states: NamedStates): ItemProcessor {
  return { StartAt: startAt, States: Object.fromEntries(states) };
}

export function stateMachine(fields: {
  readonly Comment?: string | undefined;
  readonly StartAt: string;
  readonly States: NamedStates;
  readonly TimeoutSeconds?: number | undefined;
}): StateMachine {
  return {
    ...ordered(fields, ['Comment']),
    QueryLanguage: 'JSONata',
    StartAt: fields.StartAt,
    ...ordered(fields, ['TimeoutSeconds']),
    States: Object.fromEntries(fields.States),
  };
}

/**
 * `BackoffRate` is written whenever it is given, even when 2: a reader should not need to know the default.
 */
export function retrier(fields: Fields<Retrier>): Retrier {
  const names = [
    'Comment',
    'IntervalSeconds',
    'MaxAttempts',
    'BackoffRate',
    'MaxDelaySeconds',
    'JitterStrategy',
  ];
  const defaults = { IntervalSeconds: 1, MaxAttempts: 3, JitterStrategy: 'NONE' };
  return { ErrorEquals: fields.ErrorEquals, ...ordered(fields, names, defaults) };
}

export function catcher(fields: Fields<Catcher>): Catcher {
  const { ErrorEquals, Next } = fields;
  return { ...ordered(fields, ['Comment']), ErrorEquals, ...ordered(fields, ['Output', 'Assign']), Next };
}
