/** One visit of one state: what its expressions see, and how it is left. */

import type { JsonObject, JsonValue } from '../asl/json.ts';
import type { ExpressionScope } from '../asl/jsonata.ts';
import type { CancelScope } from './cancel-scope.ts';
import type { Clock } from './clock.ts';
import type { History, Trail } from './history.ts';
import type { ChildRequest, ExecutionResult, RunOptions } from './interface.ts';
import type { Payloads } from './payloads.ts';
import type { PreparedBlock, PreparedState } from './prepared.ts';
import { dataLimitExceeded } from './state-failure.ts';
import { type Evaluator, evaluateTemplate, type Template, whenReady } from './template.ts';

/** One execution. */
export interface Run {
  readonly options: RunOptions;
  readonly arn: string;
  readonly name: string;
  readonly machineName: string;
  readonly input: JsonValue;
  /** `$states.context.Execution` and `$states.context.StateMachine`. */
  readonly context: JsonObject;
  readonly machineContext: JsonObject;
  readonly clock: Clock;
  /** ISO 8601 of milliseconds since the epoch. */
  readonly timeText: (at: number) => string;
  readonly random: () => number;
  readonly uuid: () => string;
  readonly history: History;
  readonly payloads: Payloads;
  /** These two stand here so that states that hold others need not import the modules that run them. */
  readonly runBlock: (block: PreparedBlock, input: JsonValue, frame: Frame) => Promise<JsonValue>;
  readonly runChild: (request: ChildRequest) => Promise<ExecutionResult>;
}

/** What the states of one block share: a branch, an iteration, or the whole machine. */
export interface Frame {
  readonly run: Run;
  readonly variables: Variables;
  readonly trail: Trail;
  readonly cancel: CancelScope;
  readonly mapItem: JsonObject | undefined;
}

export interface Variables {
  readonly outer: Variables | undefined;
  readonly values: Map<string, JsonValue>;
}

export function innerVariables(outer: Variables | undefined): Variables {
  return { outer, values: new Map() };
}

function lookUp(variables: Variables, name: string): JsonValue | undefined {
  for (let scope: Variables | undefined = variables; scope !== undefined; scope = scope.outer) {
    const value = scope.values.get(name);
    if (value !== undefined) return value;
  }
  return undefined;
}

export interface Visit<S extends PreparedState = PreparedState> extends Evaluator {
  readonly frame: Frame;
  readonly state: S;
  readonly input: JsonValue;
  /** The end of the branch before the state was entered. */
  readonly before: number;
  readonly enteredAt: number;
  retryCount: number;
  taskToken: string | undefined;
  /** The context object as it was last asked for. */
  context: SeenContext | undefined;
}

interface SeenContext {
  readonly value: JsonObject;
  readonly retryCount: number;
  readonly taskToken: string | undefined;
  readonly mapItem: JsonObject | undefined;
}

export function enterState<S extends PreparedState>(frame: Frame, state: S, input: JsonValue): Visit<S> {
  const { run, trail } = frame;
  const before = trail.last;
  const { payloads } = run;
  const details = {
    name: state.name,
    get input() {
      return payloads.text(input);
    },
    inputDetails: NOT_TRUNCATED,
  };
  const enteredId = run.history.follow(trail, `${state.type}StateEntered`, {
    stateEnteredEventDetails: details,
  });
  const enteredAt = run.clock.now();
  return {
    frame,
    state,
    input,
    before,
    enteredAt,
    enteredId,
    stateName: state.name,
    retryCount: 0,
    taskToken: undefined,
    context: undefined,
  };
}

export const NOT_TRUNCATED = Object.freeze({ truncated: false });

/** What `$states` has besides `input` and `context`. */
export interface Extras {
  readonly result?: JsonValue;
  readonly errorOutput?: JsonValue;
  /** In the ItemSelector, the item that it is about. */
  readonly mapItem?: JsonObject;
}

const NO_EXTRAS: Extras = {};

export function scopeOf(visit: Visit, extras: Extras = NO_EXTRAS): ExpressionScope {
  const { run, variables } = visit.frame;
  let states: JsonObject | undefined;
  return {
    lookup: (name) => {
      if (name !== 'states') return lookUp(variables, name);
      states ??= statesOf(visit, extras);
      return states;
    },
    plain: run.payloads,
    random: run.random,
    uuid: run.uuid,
    now: run.clock.now,
  };
}

function statesOf(visit: Visit, { mapItem, result, errorOutput }: Extras): JsonObject {
  const states: Record<string, JsonValue> = { input: visit.input, context: contextOf(visit, mapItem) };
  if (result !== undefined) states['result'] = result;
  if (errorOutput !== undefined) states['errorOutput'] = errorOutput;
  return states;
}

/** Made once for all expressions of a state, as long as it tells the same. */
function contextOf(visit: Visit, given: JsonObject | undefined): JsonObject {
  const { retryCount, taskToken, context: seen } = visit;
  const mapItem = given ?? visit.frame.mapItem;
  if (
    seen !== undefined &&
    seen.retryCount === retryCount &&
    seen.taskToken === taskToken &&
    seen.mapItem === mapItem
  )
    return seen.value;
  const { run } = visit.frame;
  const value: Record<string, JsonValue> = {
    Execution: run.context,
    StateMachine: run.machineContext,
    State: { EnteredTime: run.timeText(visit.enteredAt), Name: visit.stateName, RetryCount: retryCount },
  };
  if (taskToken !== undefined) value['Task'] = { Token: taskToken };
  if (mapItem !== undefined) value['Map'] = { Item: mapItem };
  visit.context = { value, retryCount, taskToken, mapItem };
  return value;
}

/** Nothing of AWS is there locally; these name the account and region that AWS's documentation uses. */
export const REGION = 'us-east-1';
const ACCOUNT = '123456789012';
export const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/local`;

export function statesArn(kind: 'stateMachine' | 'execution' | 'mapRun', name: string): string {
  return `arn:aws:states:${REGION}:${ACCOUNT}:${kind}:${name}`;
}

export function machineArn(name: string): string {
  return statesArn('stateMachine', name);
}

/** The value of a field, or of `otherwise` where the state does not have it. */
export function evaluateField(
  visit: Visit,
  template: Template | undefined,
  otherwise: JsonValue,
  scope: ExpressionScope,
): JsonValue | Promise<JsonValue> {
  return template === undefined ? otherwise : evaluateTemplate(template, scope, visit);
}

/** How a state ends: with what output, which variables, and where to. */
export interface Leaving {
  readonly output: JsonValue;
  readonly assigned: JsonObject | undefined;
  readonly next: string | undefined;
}

/** Evaluates `Output` and `Assign` side by side: neither sees what the other makes. */
export function prepareLeaving(
  visit: Visit,
  fields: { readonly output: Template | undefined; readonly assign: Template | undefined },
  otherwise: JsonValue,
  next: string | undefined,
  extras: Extras = NO_EXTRAS,
): Leaving | Promise<Leaving> {
  if (fields.output === undefined && fields.assign === undefined)
    return { output: smallEnough(visit, otherwise), assigned: undefined, next };
  const scope = scopeOf(visit, extras);
  return whenReady(evaluateField(visit, fields.output, otherwise, scope), (given) => {
    const output = smallEnough(visit, given);
    if (fields.assign === undefined) return { output, assigned: undefined, next };
    return whenReady(evaluateTemplate(fields.assign, scope, visit), (values) => ({
      output,
      assigned: smallEnough(visit, values) as JsonObject,
      next,
    }));
  });
}

function smallEnough(visit: Visit, value: JsonValue): JsonValue {
  const { payloads } = visit.frame.run;
  if (payloads.isTooLarge(value)) throw dataLimitExceeded(visit.stateName);
  return value;
}

/** Writes the event StateExited and sets the variables. */
export function leaveState(visit: Visit, leaving: Leaving): Leaving {
  const { run, trail, variables } = visit.frame;
  const { output, assigned } = leaving;
  const details =
    assigned === undefined
      ? exitedDetails(visit, output, run.payloads)
      : assignedDetails(visit, output, assigned, run.payloads);
  const type = `${visit.state.type as Exclude<PreparedState['type'], 'Fail'>}StateExited` as const;
  run.history.follow(trail, type, { stateExitedEventDetails: details });
  for (const name in assigned) variables.values.set(name, assigned[name]!);
  return leaving;
}

function exitedDetails(visit: Visit, output: JsonValue, payloads: Payloads) {
  return {
    name: visit.stateName,
    get output() {
      return payloads.text(output);
    },
    outputDetails: NOT_TRUNCATED,
  };
}

function assignedDetails(visit: Visit, output: JsonValue, assigned: JsonObject, payloads: Payloads) {
  return {
    name: visit.stateName,
    get output() {
      return payloads.text(output);
    },
    outputDetails: NOT_TRUNCATED,
    get assignedVariables() {
      const texts = Object.entries(assigned).map(([name, value]) => [name, payloads.text(value)] as const);
      return Object.fromEntries(texts);
    },
    assignedVariablesDetails: NOT_TRUNCATED,
  };
}
