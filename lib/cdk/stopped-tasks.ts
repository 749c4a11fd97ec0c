/** The record of tasks that stopped: ECS itself forgets within the hour why a container did not start. */
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { PolicyDocument, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnResourcePolicy } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { makeLogGroup } from './logs.ts';
import { arnOf, type Names } from './names.ts';

/** Without the library's target for log groups, which brings a function of its own to write the policy. */
export function recordStoppedTasks(
  scope: Construct,
  names: Names,
  deadLetters: IQueue,
  retentionDays: number,
): CfnRule {
  const group = makeLogGroup(scope, 'StoppedTasksLogs', names.stoppedTasksLogGroup, retentionDays);
  const ruleName = `${names.prefix}stopped-tasks`;
  const fromRule = { ArnEquals: { 'aws:SourceArn': arnOf('events', `rule/${ruleName}`) } };
  const writers = ['events.amazonaws.com', 'delivery.logs.amazonaws.com'];
  const policy = new CfnResourcePolicy(scope, 'StoppedTasksPolicy', {
    policyName: ruleName,
    policyDocument: '',
  });
  const document = new PolicyDocument({
    statements: [
      new PolicyStatement({
        principals: writers.map((one) => new ServicePrincipal(one)),
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [group.logGroupArn],
        conditions: fromRule,
      }),
    ],
  });
  policy.policyDocument = policy.stack.toJsonString(document);
  deadLetters.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [deadLetters.queueArn],
      conditions: fromRule,
    }),
  );
  return new CfnRule(scope, 'StoppedTasks', {
    name: ruleName,
    description: 'Tasks of workflows that stopped, and why',
    eventPattern: {
      source: ['aws.ecs'],
      'detail-type': ['ECS Task State Change'],
      detail: { clusterArn: [names.clusterArn], lastStatus: ['STOPPED'] },
    },
    targets: [
      {
        id: 'log',
        arn: arnOf('logs', `log-group:${names.stoppedTasksLogGroup}`),
        deadLetterConfig: { arn: deadLetters.queueArn },
        retryPolicy: { maximumRetryAttempts: 185, maximumEventAgeInSeconds: 86_400 },
      },
    ],
  });
}
