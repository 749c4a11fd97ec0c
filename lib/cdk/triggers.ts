/** What starts a function without a state machine: uploads and ended runs. */
import { Duration } from 'aws-cdk-lib';
import { Match, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Function as Handler } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { FunctionName } from '../aws/environment.ts';
import { makeDeadLetterQueue } from './dead-letters.ts';
import { constructId, type Functions } from './functions.ts';
import { arnOf, type Names } from './names.ts';
import { roleOf } from './permissions.ts';

/** Functions that are called by events, and by nothing that would notice a failure. */
export const EVENT_FUNCTIONS = [
  'submit',
  'exit-handler',
  'schedule',
] as const satisfies readonly FunctionName[];

export type EventFunction = (typeof EVENT_FUNCTIONS)[number];

export interface Triggers {
  readonly rules: readonly Rule[];
  /** What a function could not do, kept for two weeks. */
  readonly deadLetters: Readonly<Record<EventFunction, Queue>>;
}

export interface TriggersProps {
  readonly names: Names;
  readonly bucket: IBucket;
  readonly functions: Functions;
}

export function makeTriggers(scope: Construct, props: TriggersProps): Triggers {
  const deadLetters = Object.fromEntries(
    EVENT_FUNCTIONS.map((name) => [name, makeDeadLetters(scope, name, props.functions[name])]),
  ) as Record<EventFunction, Queue>;
  const rules = [
    new Rule(scope, 'Uploads', {
      ruleName: `${props.names.prefix}uploads`,
      description: 'Workflows that are uploaded or deleted',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created', 'Object Deleted'],
        detail: {
          bucket: { name: [props.bucket.bucketName] },
          // `prefix` and `suffix` beside each other would mean either, not both.
          object: { key: ['yaml', 'yml', 'json'].map((end) => ({ wildcard: `workflows/*.${end}` })) },
        },
      },
      targets: [target(props.functions.submit, deadLetters.submit)],
    }),
    new Rule(scope, 'EndedRuns', {
      ruleName: `${props.names.prefix}ended-runs`,
      description: 'Executions of workflows that ended, also in ways that no state can catch',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          status: ['SUCCEEDED', 'FAILED', 'ABORTED', 'TIMED_OUT'],
          stateMachineArn: Match.prefix(props.names.machinesArn.slice(0, -1)),
        },
      },
      targets: [target(props.functions['exit-handler'], deadLetters['exit-handler'])],
    }),
  ];
  return { rules, deadLetters };
}

/** EventBridge tries for a day; what it or Lambda gives up on goes to the queue. */
function target(handler: Handler, deadLetterQueue: Queue): LambdaFunction {
  return new LambdaFunction(handler, {
    deadLetterQueue,
    retryAttempts: 185,
    maxEventAge: Duration.hours(24),
  });
}

/** Lambda accepts an event before it handles it: what fails three times goes to the same queue. */
function makeDeadLetters(scope: Construct, name: EventFunction, handler: Handler): Queue {
  const queue = makeDeadLetterQueue(scope, `${constructId(name)}DeadLetters`);
  handler.configureAsyncInvoke({
    onFailure: new SqsDestination(queue),
    retryAttempts: 2,
    maxEventAge: Duration.hours(6),
  });
  return queue;
}

/** Where CronWorkflows become schedules, and the role with which they call their function. */
export function makeScheduling(scope: Construct, names: Names) {
  const group = new CfnScheduleGroup(scope, 'ScheduleGroup', { name: names.scheduleGroup });
  const role = roleOf(scope, 'SchedulerRole', {
    service: 'scheduler.amazonaws.com',
    sourceArn: arnOf('scheduler', `schedule-group/${names.scheduleGroup}`),
    description: 'EventBridge Scheduler, to start CronWorkflows',
    permissions: [{ actions: ['lambda:InvokeFunction'], resources: [names.functionArn('schedule')] }],
  });
  return { group, role };
}
