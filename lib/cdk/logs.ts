/** Log groups with a name, a retention, and an end together with the stack. */
import { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

export function makeLogGroup(scope: Construct, id: string, name: string, retentionDays: number): LogGroup {
  return new LogGroup(scope, id, {
    logGroupName: name,
    // The members of RetentionDays are the days.
    retention: retentionDays as RetentionDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
}
