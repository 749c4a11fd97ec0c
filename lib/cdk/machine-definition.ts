/** A compiled machine: what it calls, and how it can be started by hand. */
import type { JsonObject, JsonValue } from '../asl/json.ts';
import { jsonataString, jsonataValue, wrapExpression } from '../asl/jsonata-text.ts';
import { isDistributed, type State, type StateMachine, type StatesBlock } from '../asl/state-machine.ts';

/** What machines call, as their role has to allow it. */
export interface MachineCalls {
  readonly functions: readonly string[];
  readonly runsTasks: boolean;
  readonly stopsTasks: boolean;
  readonly startsChildren: boolean;
  /** Whether they speak with an EKS cluster. */
  readonly usesCluster: boolean;
}

export function callsOf(machines: readonly StateMachine[]): MachineCalls {
  const states = machines.flatMap(statesOf);
  const calls = states.flatMap((state) => (state.Type === 'Task' ? [state] : []));
  const has = (word: string) => calls.some(({ Resource }) => Resource.includes(word));
  const names = calls.flatMap(({ Resource, Arguments }) => {
    const name = Resource.includes(':lambda:invoke') ? (Arguments as JsonObject)['FunctionName'] : undefined;
    return typeof name === 'string' ? [name] : [];
  });
  return {
    functions: [...new Set(names)].sort(),
    runsTasks: has(':ecs:runTask'),
    stopsTasks: has(':ecs:stopTask'),
    usesCluster: has(':eks:'),
    startsChildren:
      has(':states:startExecution') || states.some((state) => state.Type === 'Map' && isDistributed(state)),
  };
}

function statesOf(block: StatesBlock): readonly State[] {
  return Object.values(block.States).flatMap((state) => [state, ...blocksOf(state).flatMap(statesOf)]);
}

function blocksOf(state: State): readonly StatesBlock[] {
  if (state.Type === 'Parallel') return state.Branches;
  return state.Type === 'Map' ? [state.ItemProcessor] : [];
}

/** What a run of the workflow has, whoever starts it. */
export interface RunDefaults {
  readonly namespace: string;
  readonly serviceAccountName: string;
  readonly entrypoint: string;
  readonly priority?: number;
  readonly parameters: readonly JsonObject[];
  readonly artifacts: readonly JsonObject[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly deadlineSeconds?: number;
}

/** Arguments of S3 CopyObject. */
export interface TemplatesCopy {
  readonly Bucket: string;
  readonly Key: string;
  readonly CopySource: string;
}

const BY_HAND = 'started by hand?';
const PLACE = 'place templates';
const START_RUN = 'start run';

/**
 * Every state reads the run from the execution's input, which nobody wants to write by hand. So an execution
 * whose input is no run, but `{"parameters": {"name": "value"}}` or empty, starts the run as an execution of
 * its own; first it puts the templates where the functions read them, which costs a transition and saves a
 * function at deployment.
 */
export function startable(
  machine: StateMachine,
  defaults: RunDefaults,
  templates: TemplatesCopy,
): StateMachine {
  const added: Readonly<Record<string, State>> = {
    [BY_HAND]: {
      Type: 'Choice',
      Comment: 'Input of a run, or only its parameters',
      Choices: [{ Condition: wrapExpression('$exists($states.input.workflow)'), Next: machine.StartAt }],
      Default: PLACE,
    },
    [PLACE]: {
      Type: 'Task',
      Comment: 'The functions read the templates there',
      Resource: 'arn:aws:states:::aws-sdk:s3:copyObject',
      Arguments: { ...templates },
      Output: wrapExpression('$states.input'),
      Retry: [{ ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 2, MaxAttempts: 4, BackoffRate: 2 }],
      Next: START_RUN,
    },
    [START_RUN]: {
      Type: 'Task',
      Comment: 'The run itself is an execution of this machine, too',
      Resource: 'arn:aws:states:::states:startExecution.sync:2',
      Arguments: {
        StateMachineArn: wrapExpression('$states.context.StateMachine.Id'),
        Name: wrapExpression("$substring($states.context.Execution.Name, 0, 76) & '-run'"),
        Input: {
          AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: wrapExpression('$states.context.Execution.Id'),
          workflow: wrapExpression(runExpression(defaults)),
          node: wrapExpression('$states.context.Execution.Name'),
          inputs: {},
        },
      },
      Output: wrapExpression('$states.result.Output'),
      End: true,
    },
  };
  return { ...machine, StartAt: BY_HAND, States: { ...added, ...machine.States } };
}

/**
 * JSONata that makes a RunContext (lib/evaluate/requests.ts); what the YAML says is data in it, never code.
 */
function runExpression(defaults: RunDefaults): string {
  const { namespace, serviceAccountName, entrypoint, priority, deadlineSeconds } = defaults;
  const fields: readonly (readonly [string, string | undefined])[] = [
    ['name', '$states.context.Execution.Name'],
    ['namespace', jsonataString(namespace)],
    ['uid', '$uid'],
    ['serviceAccountName', jsonataString(serviceAccountName)],
    ['mainEntrypoint', jsonataString(entrypoint)],
    ['creationTimestamp', "$substring($started, 0, 19) & 'Z'"],
    ['priority', priority === undefined ? undefined : String(priority)],
    ['parameters', '$append([$map($declared, $valued)], [$map($added, $named)])'],
    ['artifacts', array(defaults.artifacts)],
    ['labels', jsonataValue(defaults.labels)],
    ['annotations', jsonataValue(defaults.annotations)],
    [
      'deadline',
      deadlineSeconds === undefined ? undefined : `$toMillis($started) + ${deadlineSeconds * 1000}`,
    ],
  ];
  const run = fields.flatMap(([name, text]) =>
    text === undefined ? [] : [`${jsonataString(name)}: ${text}`],
  );
  return `(
    $started := $states.context.Execution.StartTime;
    $hash_ := $hash($states.context.Execution.Id, 'SHA-256');
    $uid := $join([$substring($hash_, 0, 8), $substring($hash_, 8, 4), $substring($hash_, 12, 4), \
$substring($hash_, 16, 4), $substring($hash_, 20, 12)], '-');
    $given := $exists($states.input.parameters) ? $states.input.parameters : {};
    $declared := ${array(defaults.parameters)};
    $added := $filter($keys($given), function($key) { $not($key in $declared.name) });
    $text := function($value) { $type($value) = 'string' ? $value : $string($value) };
    $valued := function($one) { $exists($lookup($given, $one.name)) ? \
$merge([$one, {"value": $text($lookup($given, $one.name))}]) : $one };
    $named := function($key) { {"name": $key, "value": $text($lookup($given, $key))} };
    {${run.join(', ')}}
  )`.replace(/\n\s*/g, ' ');
}

function array(values: readonly JsonObject[]): string {
  return jsonataValue(values as unknown as JsonValue);
}
