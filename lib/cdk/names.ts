/**
 * Names and ARNs of what the runtime is made of, and of what it makes at run time; all begin with the
 * prefix.
 */
import { Aws } from 'aws-cdk-lib';
import type { FunctionName } from '../aws/environment.ts';

export interface Names {
  readonly prefix: string;
  readonly cluster: string;
  readonly scheduleGroup: string;
  readonly machineLogGroup: string;
  readonly taskLogGroup: string;
  readonly stoppedTasksLogGroup: string;
  readonly functionName: (name: FunctionName) => string;
  readonly functionLogGroup: (name: FunctionName) => string;
  readonly functionArn: (name: FunctionName) => string;
  readonly clusterArn: string;
  /** Every task of the cluster. */
  readonly tasksArn: string;
  readonly taskDefinitionsArn: string;
  /** Every state machine made of a workflow, and every execution of them. */
  readonly machinesArn: string;
  readonly executionsArn: string;
  readonly schedulesArn: string;
  readonly secretsArn: string;
}

export function namesOf(prefix: string, secretsPrefix: string): Names {
  const base = prefix.slice(0, -1);
  const cluster = `${prefix}cluster`;
  const scheduleGroup = `${prefix}schedules`;
  const functionName = (name: FunctionName) => `${prefix}${name}`;
  return {
    prefix,
    cluster,
    scheduleGroup,
    // Of at most ten resource policies a region, this beginning shares one (SFN-DG/bp-cwl).
    machineLogGroup: `/aws/vendedlogs/states/${base}`,
    taskLogGroup: `/${base}/tasks`,
    stoppedTasksLogGroup: `/aws/events/${prefix}stopped-tasks`,
    functionName,
    functionLogGroup: (name) => `/aws/lambda/${functionName(name)}`,
    functionArn: (name) => arnOf('lambda', `function:${functionName(name)}`),
    clusterArn: arnOf('ecs', `cluster/${cluster}`),
    tasksArn: arnOf('ecs', `task/${cluster}/*`),
    taskDefinitionsArn: arnOf('ecs', `task-definition/${prefix}*`),
    machinesArn: arnOf('states', `stateMachine:${prefix}wf-*`),
    executionsArn: arnOf('states', `execution:${prefix}wf-*`),
    schedulesArn: arnOf('scheduler', `schedule/${scheduleGroup}/*`),
    secretsArn: arnOf('secretsmanager', `secret:${secretsPrefix}*`),
  };
}

export function arnOf(service: string, resource: string): string {
  return `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;
}
