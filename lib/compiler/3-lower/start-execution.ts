/** The task that starts an execution of one of the run's own machines and waits for it. */
import { type Lowering, RUN } from './body.ts';
import { machineArn } from './machines.ts';
import type { TaskStep } from './plan.ts';
import { expression, textOf, type Value } from './value.ts';

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

/** `whose`: what tells the executions apart that are started at one moment. */
export function startsExecution(
  lowering: Lowering,
  target: Value,
  input: Readonly<Record<string, Value>>,
  ...whose: readonly Value[]
): Pick<TaskStep, 'resource' | 'arguments' | 'retry'> {
  const parts = ['$states.context.Execution.Id', '$states.context.State.EnteredTime', ...whose.map(textOf)];
  return {
    resource: START_EXECUTION,
    arguments: {
      StateMachineArn: machineArn(lowering, target),
      Name: expression(`$hash($join([${parts.join(', ')}], " "), "SHA-256")`),
      Input: {
        AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: expression('$states.context.Execution.Id'),
        workflow: RUN,
        target,
        ...input,
      },
    },
    retry: START_RETRY,
  };
}
