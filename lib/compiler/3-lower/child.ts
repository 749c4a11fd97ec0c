/** Lowers a call of an outlined template: a child execution of the same machine, aimed at that template. */
import { RUN } from './body.ts';
import type { CallSite } from './call.ts';
import { stateName } from './names.ts';
import { catchInto } from './outcome.ts';
import type { Step, TaskStep } from './plan.ts';
import { expression, isExpressionValue, member, textOf, type Value } from './value.ts';

const START_EXECUTION = 'arn:aws:states:::states:startExecution.sync:2';

/** A call that is repeated has the same name and input, and so starts no second child (API StartExecution). */
const START_RETRY = [
  {
    ErrorEquals: [
      'StepFunctions.ThrottlingException',
      'StepFunctions.ExecutionLimitExceededException',
      'StepFunctions.AWSStepFunctionsException',
      'StepFunctions.SdkClientException',
    ],
    IntervalSeconds: 2,
    MaxAttempts: 6,
    BackoffRate: 2,
    JitterStrategy: 'FULL' as const,
  },
];

/** An execution of this same machine. `whose`: what tells the executions apart that one entry of the state starts. */
export function startsItself(
  input: Readonly<Record<string, Value | undefined>>,
  ...whose: readonly Value[]
): Pick<TaskStep, 'resource' | 'arguments' | 'retry'> {
  const parts = ['$states.context.Execution.Id', '$states.context.State.EnteredTime', ...whose.map(textOf)];
  return {
    resource: START_EXECUTION,
    arguments: {
      StateMachineArn: expression('$states.context.StateMachine.Id'),
      Name: expression(`$hash($join([${parts.join(', ')}], " "), "SHA-256")`),
      Input: {
        AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: expression('$states.context.Execution.Id'),
        workflow: RUN,
        ...input,
      },
    },
    retry: START_RETRY,
  };
}

export function lowerChild(site: CallSite & { readonly throws?: boolean }): readonly Step[] {
  const target: Value = site.template ?? (isExpressionValue(site.call) ? member(site.call, 'template') : '');
  const origin = {
    template: site.template ?? '',
    ...(site.member === undefined ? {} : { member: site.member }),
  };
  return [
    {
      kind: 'task',
      name: stateName(site.path),
      origin,
      ...startsItself(
        {
          target,
          node: site.node,
          inputs: site.inputs,
          globals: site.globals.length === 0 ? [] : [...site.globals],
          exit: site.exit ?? null,
          capture: site.capture,
          depth: site.depth,
        },
        site.node,
      ),
      assign: { [site.outcome]: expression('$states.result.Output') },
      catch: catchInto(site.outcome, site.node),
    },
  ];
}
