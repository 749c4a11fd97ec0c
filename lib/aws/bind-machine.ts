/**
 * Fits a compiled machine to the account that it runs in: networks of tasks, and ends that no callback
 * told.
 */
import type { JsonObject, JsonValue } from '../asl/json.ts';
import type { Assignable, State, StateMachine, StatesBlock, TaskState } from '../asl/state-machine.ts';
import { NODE_ENV, TASK_SPEC_ENV } from '../protocol/run-task.ts';
import { asBag, asList } from './bag.ts';

export interface Surroundings {
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  /** `ENABLED` or `DISABLED`. */
  readonly assignPublicIp: string;
  /** Tasks run on Fargate Spot. @default false */
  readonly isSpot?: boolean;
  /**
   * ARN of the role of a state's task, in place of that of its definition. @default that of the definition
   */
  readonly taskRole?: (state: string) => string | undefined;
}

const RUN_TASK = 'arn:aws:states:::ecs:runTask';
const PARTITIONED = /^arn:aws:states:::/;

export function bindMachine(machine: StateMachine, around: Surroundings): StateMachine {
  return { ...machine, ...bindBlock(machine, around) };
}

function bindBlock(block: StatesBlock, around: Surroundings): StatesBlock {
  const States = Object.fromEntries(
    Object.entries(block.States).map(([name, state]) => [name, bindState(name, state, around)]),
  );
  return { StartAt: block.StartAt, States };
}

function bindState(name: string, state: State, around: Surroundings): State {
  switch (state.Type) {
    case 'Parallel':
      return { ...state, Branches: state.Branches.map((branch) => bindBlock(branch, around)) };
    case 'Map':
      return {
        ...state,
        ItemProcessor: { ...state.ItemProcessor, ...bindBlock(state.ItemProcessor, around) },
      };
    case 'Task':
      return PARTITIONED.test(state.Resource) && state.Resource.startsWith(RUN_TASK)
        ? bindTask(name, state, around)
        : state;
    default:
      return state;
  }
}

function bindTask(name: string, state: TaskState, around: Surroundings): TaskState {
  const given = settled(asBag(state.Arguments) as JsonObject, around, around.taskRole?.(name));
  const { subnets, securityGroups, assignPublicIp } = around;
  const AwsvpcConfiguration = {
    Subnets: subnets,
    ...(securityGroups.length > 0 && { SecurityGroups: securityGroups }),
    AssignPublicIp: assignPublicIp,
  };
  const rewriting = withoutCallback(given);
  return {
    ...state,
    Arguments: { ...given, NetworkConfiguration: { AwsvpcConfiguration } },
    ...(rewriting && rewritten(state, rewriting.success)),
    ...(rewriting &&
      state.Catch && {
        Catch: state.Catch.map((one) => ({ ...one, ...rewritten(one, rewriting.failure) })),
      }),
  };
}

/** A launch type and a capacity provider exclude each other (ECS RunTask). */
function settled(given: JsonObject, { isSpot }: Surroundings, taskRole: string | undefined): JsonObject {
  const { LaunchType: type, ...rest } = given;
  return {
    ...rest,
    ...(isSpot
      ? { CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE_SPOT', Weight: 1 }] }
      : type !== undefined && { LaunchType: type }),
    ...(taskRole !== undefined && {
      Overrides: { ...(asBag(given['Overrides']) as JsonObject), TaskRoleArn: taskRole },
    }),
  };
}

interface Rewriting {
  readonly success: (expression: string) => string;
  readonly failure: (expression: string) => string;
}

/**
 * The executor answers the task's token. Should that answer be lost, or not be honoured, the task ends all
 * the same,
 * and what arrives is ECS's description of it. The outcome then lies beside the task's spec; its phase is
 * told by the
 * exit code of `wait`, since a Choice must know it: 0 Succeeded, 1 Failed, anything else no end at all.
 */
function withoutCallback(given: JsonObject): Rewriting | undefined {
  const variables = asList(asBag(given['Overrides'])['ContainerOverrides']).flatMap((one) =>
    asList(asBag(one)['Environment']).map(asBag),
  );
  const variable = (name: string) => variables.find((one) => one['Name'] === name)?.['Value'];
  const key = inner(variable(TASK_SPEC_ENV));
  const node = inner(variable(NODE_ENV));
  if (key === undefined || node === undefined) return undefined;
  const outcome = (phase: string) =>
    `{"node": ${node}, "phase": "${phase}", "outputsRef": $replace(${key}, "task.json", "outcome.json")}`;
  const error = '$states.errorOutput';
  const isTask = `${error}.Error = "States.TaskFailed" and $contains(${error}.Cause, "\\"Containers\\"")`;
  const task = '$parse($states.errorOutput.Cause)';
  const reason = `"node": ${node}, "phase": "Error", "message": [$task.StoppedReason, ${error}.Cause][0]`;
  const isFailed = '$task.Containers[Name = "wait"].ExitCode = 1';
  return {
    success: (text) =>
      text.replace(
        /\$states\.result(?![\w.])/g,
        () => `($exists($states.result.TaskArn) ? ${outcome('Succeeded')} : $states.result)`,
      ),
    failure: (text) =>
      text.includes('$states.errorOutput')
        ? `${isTask} ? ($task := ${task}; ${isFailed} ? ${outcome('Failed')} : {${reason}}) : (${text})`
        : text,
  };
}

const EXPRESSION = /^\{%([\s\S]*)%\}$/;

/** The expression of a value, or the literal as one. */
function inner(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const expression = typeof value === 'string' ? EXPRESSION.exec(value)?.[1] : undefined;
  return expression === undefined ? JSON.stringify(value) : `(${expression.trim()})`;
}

/** Assignments and output, with each expression at their top rewritten. */
function rewritten(fields: Assignable, rewrite: (expression: string) => string): Assignable {
  const one = (value: JsonValue): JsonValue => {
    const text = typeof value === 'string' ? EXPRESSION.exec(value)?.[1] : undefined;
    return text === undefined ? value : `{% ${rewrite(text.trim())} %}`;
  };
  const { Assign, Output } = fields;
  return {
    ...(Assign && {
      Assign: Object.fromEntries(Object.entries(Assign).map(([key, value]) => [key, one(value)])),
    }),
    ...(Output !== undefined && { Output: one(Output) }),
  };
}
