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
import { type Evaluator, evaluateTemplate, type Template } from './template.ts';

/** One execution. */
export interface Run {
  readonly options: RunOptions;
  readonly arn: string;
  readonly name: string;
  readonly machineName: string;
  readonly input: JsonValue;
  readonly startTime: string;
  readonly clock: Clock;
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

export function scopeOf(visit: Visit, extras: Extras = {}): ExpressionScope {
  const { run, variables } = visit.frame;
  const { mapItem, ...members } = extras;
  let context: JsonObject | undefined;
  const states = {
    input: visit.input,
    get context() {
      context ??= contextOf(visit, mapItem);
      return context;
    },
    ...members,
  };
  return {
    lookup: (name) => (name === 'states' ? states : lookUp(variables, name)),
    clean: run.payloads.clean,
    random: run.random,
    uuid: run.uuid,
    now: run.clock.now,
  };
}

function contextOf(visit: Visit, mapItem: JsonObject | undefined): JsonObject {
  const { run } = visit.frame;
  const item = mapItem ?? visit.frame.mapItem;
  return {
    Execution: {
      Id: run.arn,
      Input: run.input,
      Name: run.name,
      RoleArn: ROLE_ARN,
      StartTime: run.startTime,
      RedriveCount: 0,
    },
    StateMachine: { Id: machineArn(run.machineName), Name: run.machineName },
    State: {
      EnteredTime: new Date(visit.enteredAt).toISOString(),
      Name: visit.stateName,
      RetryCount: visit.retryCount,
    },
    ...(visit.taskToken === undefined ? {} : { Task: { Token: visit.taskToken } }),
    ...(item === undefined ? {} : { Map: { Item: item } }),
  };
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
export async function prepareLeaving(
  visit: Visit,
  fields: { readonly output: Template | undefined; readonly assign: Template | undefined },
  otherwise: JsonValue,
  next: string | undefined,
  extras: Extras = {},
): Promise<Leaving> {
  const { payloads } = visit.frame.run;
  if (fields.output === undefined && fields.assign === undefined) {
    if (payloads.isTooLarge(otherwise)) throw dataLimitExceeded(visit.stateName);
    return { output: otherwise, assigned: undefined, next };
  }
  const scope = scopeOf(visit, extras);
  const given = evaluateField(visit, fields.output, otherwise, scope);
  const output = payloads.keep(given instanceof Promise ? await given : given);
  if (payloads.isTooLarge(output)) throw dataLimitExceeded(visit.stateName);
  if (fields.assign === undefined) return { output, assigned: undefined, next };
  const assigned = (await evaluateTemplate(fields.assign, scope, visit)) as JsonObject;
  if (payloads.isTooLarge(assigned)) throw dataLimitExceeded(visit.stateName);
  return { output, assigned, next };
}

/** Writes the event StateExited and sets the variables. */
export function leaveState(visit: Visit, leaving: Leaving): Leaving {
  const { run, trail, variables } = visit.frame;
  const { payloads } = run;
  const { output, assigned } = leaving;
  const details = {
    name: visit.stateName,
    get output() {
      return payloads.text(output);
    },
    outputDetails: NOT_TRUNCATED,
    ...(assigned === undefined ? {} : assignedDetails(assigned, payloads)),
  };
  const type = `${visit.state.type as Exclude<PreparedState['type'], 'Fail'>}StateExited` as const;
  run.history.follow(trail, type, { stateExitedEventDetails: details });
  if (assigned !== undefined) {
    for (const [name, value] of Object.entries(assigned)) variables.values.set(name, payloads.keep(value));
  }
  return leaving;
}

function assignedDetails(assigned: JsonObject, payloads: Payloads) {
  const assignedVariables: Record<string, string> = {};
  for (const [name, value] of Object.entries(assigned)) {
    Object.defineProperty(assignedVariables, name, { enumerable: true, get: () => payloads.text(value) });
  }
  return { assignedVariables, assignedVariablesDetails: NOT_TRUNCATED };
}
