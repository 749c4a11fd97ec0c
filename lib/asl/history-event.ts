/**
 * Events of an execution's history, in the shape of the SDK's GetExecutionHistory. Payloads are JSON texts.
 */

export interface HistoryEvent extends HistoryEventDetails {
  readonly id: number;
  readonly previousEventId: number;
  readonly timestamp: Date;
  readonly type: HistoryEventType;
}

export interface PayloadDetails {
  readonly truncated: boolean;
}

export interface ErrorDetails {
  readonly error?: string;
  readonly cause?: string;
}

export interface ServiceDetails {
  /** Such as `ecs`, `lambda` or `aws-sdk:s3`. */
  readonly resourceType: string;
  /** Such as `runTask.sync`. */
  readonly resource: string;
}

export interface OutputDetails {
  readonly output: string;
  readonly outputDetails: PayloadDetails;
}

export interface StateEnteredEventDetails {
  readonly name: string;
  readonly input: string;
  readonly inputDetails: PayloadDetails;
}

export interface StateExitedEventDetails extends OutputDetails {
  readonly name: string;
  /** Variable name to JSON text. */
  readonly assignedVariables?: Readonly<Record<string, string>>;
  readonly assignedVariablesDetails?: PayloadDetails;
}

export interface ScheduledLimits {
  readonly timeoutInSeconds?: number;
  readonly heartbeatInSeconds?: number;
}

export interface TaskScheduledEventDetails extends ServiceDetails, ScheduledLimits {
  readonly region: string;
  readonly parameters: string;
  readonly taskCredentials?: { readonly roleArn: string };
}

export interface LambdaFunctionScheduledEventDetails extends ScheduledLimits {
  readonly resource: string;
  readonly input: string;
  readonly inputDetails: PayloadDetails;
  readonly taskCredentials?: { readonly roleArn: string };
}

export interface MapIterationEventDetails {
  readonly name: string;
  readonly index: number;
}

export interface EvaluationFailedEventDetails {
  readonly error: string;
  readonly cause: string;
  /** The path of the field, such as `Output/result`. */
  readonly location: string;
  readonly state: string;
}

export interface HistoryEventDetails {
  readonly executionStartedEventDetails?: {
    readonly input: string;
    readonly inputDetails: PayloadDetails;
    readonly roleArn: string;
  };
  readonly executionSucceededEventDetails?: OutputDetails;
  readonly executionFailedEventDetails?: ErrorDetails;
  readonly executionAbortedEventDetails?: ErrorDetails;
  readonly executionTimedOutEventDetails?: ErrorDetails;
  readonly stateEnteredEventDetails?: StateEnteredEventDetails;
  readonly stateExitedEventDetails?: StateExitedEventDetails;
  readonly taskScheduledEventDetails?: TaskScheduledEventDetails;
  readonly taskStartedEventDetails?: ServiceDetails;
  readonly taskSubmittedEventDetails?: ServiceDetails & OutputDetails;
  readonly taskSucceededEventDetails?: ServiceDetails & OutputDetails;
  readonly taskFailedEventDetails?: ServiceDetails & ErrorDetails;
  readonly taskTimedOutEventDetails?: ServiceDetails & ErrorDetails;
  readonly lambdaFunctionScheduledEventDetails?: LambdaFunctionScheduledEventDetails;
  readonly lambdaFunctionSucceededEventDetails?: OutputDetails;
  readonly lambdaFunctionFailedEventDetails?: ErrorDetails;
  readonly lambdaFunctionTimedOutEventDetails?: ErrorDetails;
  readonly activityScheduledEventDetails?: LambdaFunctionScheduledEventDetails;
  readonly activityStartedEventDetails?: { readonly workerName?: string };
  readonly activitySucceededEventDetails?: OutputDetails;
  readonly activityFailedEventDetails?: ErrorDetails;
  readonly activityTimedOutEventDetails?: ErrorDetails;
  readonly mapStateStartedEventDetails?: { readonly length: number };
  readonly mapIterationStartedEventDetails?: MapIterationEventDetails;
  readonly mapIterationSucceededEventDetails?: MapIterationEventDetails;
  readonly mapIterationFailedEventDetails?: MapIterationEventDetails;
  readonly mapIterationAbortedEventDetails?: MapIterationEventDetails;
  readonly mapRunStartedEventDetails?: { readonly mapRunArn: string };
  readonly mapRunFailedEventDetails?: ErrorDetails;
  readonly evaluationFailedEventDetails?: EvaluationFailedEventDetails;
}

export type HistoryEventType =
  | 'ExecutionStarted'
  | 'ExecutionSucceeded'
  | 'ExecutionFailed'
  | 'ExecutionAborted'
  | 'ExecutionTimedOut'
  | `${'Pass' | 'Task' | 'Choice' | 'Wait' | 'Succeed' | 'Parallel' | 'Map'}State${'Entered' | 'Exited'}`
  | 'FailStateEntered'
  | 'TaskStateAborted'
  | 'WaitStateAborted'
  | `${'Parallel' | 'Map'}State${'Started' | 'Succeeded' | 'Failed' | 'Aborted'}`
  | `MapIteration${'Started' | 'Succeeded' | 'Failed' | 'Aborted'}`
  | `MapRun${'Started' | 'Succeeded' | 'Failed' | 'Aborted'}`
  | `Task${'Scheduled' | 'Started' | 'Submitted' | 'Succeeded' | 'Failed' | 'TimedOut'}`
  | `LambdaFunction${'Scheduled' | 'Started' | 'Succeeded' | 'Failed' | 'TimedOut'}`
  | `Activity${'Scheduled' | 'Started' | 'Succeeded' | 'Failed' | 'TimedOut'}`
  | 'EvaluationFailed';
