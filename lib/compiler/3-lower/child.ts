/** Lowers a call of an outlined template: a child execution of the same machine, aimed at that template. */
import { RUN } from './body.ts';
import type { CallSite } from './call.ts';
import { stateName } from './names.ts';
import { catchInto } from './outcome.ts';
import type { Step } from './plan.ts';
import { expression, isExpressionValue, member, textOf, type Value } from './value.ts';

export const START_EXECUTION = 'arn:aws:states:::states:startExecution.sync:2';

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

/** Of one entry of the state, for one node. */
function childName(node: Value): Value {
  const parts = ['$states.context.Execution.Id', '$states.context.State.EnteredTime', textOf(node)];
  return expression(`$hash($join([${parts.join(', ')}], " "), "SHA-256")`);
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
      resource: START_EXECUTION,
      arguments: {
        StateMachineArn: expression('$states.context.StateMachine.Id'),
        Name: childName(site.node),
        Input: {
          AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: expression('$states.context.Execution.Id'),
          workflow: RUN,
          target,
          node: site.node,
          inputs: site.inputs,
          globals: site.globals.length === 0 ? [] : [...site.globals],
          exit: site.exit ?? null,
          capture: site.capture,
          depth: site.depth,
        },
      },
      assign: { [site.outcome]: expression('$states.result.Output') },
      retry: START_RETRY,
      catch: catchInto(site.outcome, site.node),
    },
  ];
}
