/**
 * Fits a compiled machine to the account that it runs in: networks of tasks, and ends that no callback
 * told.
 */
import type { JsonObject, JsonValue } from '../asl/json.ts';
import type { Assignable, State, StateMachine, StatesBlock, TaskState } from '../asl/state-machine.ts';
import { FAILED_ERRORS } from '../compiler/3-lower/outcome.ts';
import { NODE_ENV } from '../protocol/run-task.ts';
import { asBag, asList } from './bag.ts';
import { type BoundCluster, bindCluster, EKS, jobRewriting, type Rewriting } from './bind-job.ts';

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
  /** ARN of the revision of a family that was compiled; what a state works out is left as it is. */
  readonly taskDefinition?: (family: string) => string | undefined;
  /** The EKS cluster of the runtime. @default none */
  readonly cluster?: BoundCluster | undefined;
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
      if (EKS.test(state.Resource) && around.cluster !== undefined) return bindJob(state, around.cluster);
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
  const bound = { ...state, Arguments: { ...given, NetworkConfiguration: { AwsvpcConfiguration } } };
  return told(bound, unanswered(given));
}

function bindJob(state: TaskState, cluster: BoundCluster): TaskState {
  return told(bindCluster(state, cluster), jobRewriting(state, inner));
}

/** The state with its ends read as they may arrive. */
function told(state: TaskState, rewriting: Rewriting | undefined): TaskState {
  if (rewriting === undefined) return state;
  return {
    ...state,
    ...rewritten(state, rewriting.success),
    ...(state.Catch && {
      Catch: state.Catch.map((one) => ({ ...one, ...rewritten(one, rewriting.failure) })),
    }),
  };
}

/** A launch type and a capacity provider exclude each other (ECS RunTask). */
function settled(
  given: JsonObject,
  { isSpot, taskDefinition }: Surroundings,
  taskRole: string | undefined,
): JsonObject {
  const { LaunchType: type, TaskDefinition: definition, ...rest } = given;
  const registered = taskDefinition?.(String(definition));
  return {
    ...rest,
    ...(definition !== undefined && { TaskDefinition: registered ?? definition }),
    ...(isSpot
      ? { CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE_SPOT', Weight: 1 }] }
      : type !== undefined && { LaunchType: type }),
    ...(taskRole !== undefined && {
      Overrides: { ...(asBag(given['Overrides']) as JsonObject), TaskRoleArn: taskRole },
    }),
  };
}

/**
 * The executor answers the task's token. Should that answer be lost, or not be honoured, the task ends all the same, and
 * what arrives is ECS's description of it (lib/evaluate/told-outcome.ts reads the rest). Its phase must be known to the
 * machine: the exit code of `wait` tells it, 0 Succeeded, 1 Failed, anything else no end at all.
 */
function unanswered(given: JsonObject): Rewriting {
  const variables = asList(asBag(given['Overrides'])['ContainerOverrides']).flatMap((one) =>
    asList(asBag(one)['Environment']).map(asBag),
  );
  const node = inner(variables.find((one) => one['Name'] === NODE_ENV)?.['Value'] ?? '');
  const described = `$merge([{"node": ${node}, "phase": "Succeeded"}, $states.result])`;
  return {
    success: (text) => text.replace(/\$states\.result(?![\w.])/g, () => described),
    failure: (text) => text.replace(FAILED_ERRORS, () => `(${FAILED_ERRORS} or ${FAILED_TASK})`),
  };
}

const FAILED_TASK =
  '($states.errorOutput.Error = "States.TaskFailed" and $contains($states.errorOutput.Cause, "\\"Containers\\"") ' +
  'and $parse($states.errorOutput.Cause).Containers[Name = "wait"].ExitCode = 1)';

const EXPRESSION = /^\{%([\s\S]*)%\}$/;

/** The expression of a value, or the literal as one. */
function inner(value: unknown): string {
  const expression = typeof value === 'string' ? EXPRESSION.exec(value)?.[1] : undefined;
  return expression === undefined ? JSON.stringify(value) : `(${expression.trim()})`;
}

/** Assignments and output, with each expression in them rewritten. */
function rewritten({ Assign, Output }: Assignable, rewrite: Rewriting['success']): Assignable {
  return {
    ...(Assign && { Assign: rewrittenValue(Assign, rewrite) as JsonObject }),
    ...(Output !== undefined && { Output: rewrittenValue(Output, rewrite) }),
  };
}

function rewrittenValue(value: JsonValue, rewrite: Rewriting['success']): JsonValue {
  if (typeof value === 'string') {
    const text = EXPRESSION.exec(value)?.[1];
    return text === undefined ? value : `{% ${rewrite(text.trim())} %}`;
  }
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((one: JsonValue) => rewrittenValue(one, rewrite));
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, rewrittenValue(one as JsonValue, rewrite)]),
  );
}
