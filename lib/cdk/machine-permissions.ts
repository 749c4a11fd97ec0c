/** What a state machine's role must hold, from what its states call. */

import { LOG_DELIVERY, passes } from './function-permissions.ts';
import type { Names } from './names.ts';
import { arnOf } from './names.ts';
import type { Permission } from './permissions.ts';

export interface MachineNeeds {
  /** ARNs of the functions that it calls. */
  readonly functions: readonly string[];
  /** Whether it runs ECS tasks. */
  readonly runsTasks: boolean;
  /** ARNs of the roles that such tasks have. */
  readonly taskRoles: readonly string[];
  /** Whether it stops daemons. */
  readonly stopsTasks: boolean;
  /** Whether it starts itself or another machine of the run, or has a Distributed Map, which does so too. */
  readonly startsChildren: boolean;
  /** ARNs of the machines that it may start, and of their executions. */
  readonly machines: readonly string[];
  readonly executions: readonly string[];
}

export function machinePermissions(needs: MachineNeeds, names: Names): readonly Permission[] {
  return [
    ...(needs.functions.length === 0
      ? []
      : [{ actions: ['lambda:InvokeFunction'], resources: needs.functions }]),
    ...(needs.runsTasks ? runsTasks(needs, names) : []),
    ...(needs.runsTasks || needs.stopsTasks ? [watchesTasks(names)] : []),
    ...(needs.startsChildren ? startsChildren(needs) : []),
    LOG_DELIVERY,
    TRACES,
  ];
}

const TRACES: Permission = {
  actions: [
    'xray:PutTraceSegments',
    'xray:PutTelemetryRecords',
    'xray:GetSamplingRules',
    'xray:GetSamplingTargets',
  ],
  resources: ['*'],
  wildcard: 'The actions take no resource (Service Authorization Reference, AWS X-Ray).',
};

function runsTasks(needs: MachineNeeds, names: Names): readonly Permission[] {
  const inCluster = { ArnEquals: { 'ecs:cluster': names.clusterArn } };
  return [
    {
      actions: ['ecs:RunTask'],
      resources: [names.taskDefinitionsArn],
      conditions: inCluster,
      wildcard: 'Task definitions are named by the hash of their content, with the prefix.',
    },
    {
      actions: ['ecs:TagResource'],
      resources: [names.tasksArn],
      conditions: { StringEquals: { 'ecs:CreateAction': 'RunTask' } },
      wildcard: "Tasks get their id when they start; only those of the stack's own cluster are reachable.",
    },
    passes(needs.taskRoles, 'ecs-tasks.amazonaws.com'),
    listensTo('StepFunctionsGetEventsForECSTaskRule'),
  ];
}

function watchesTasks(names: Names): Permission {
  return {
    actions: ['ecs:StopTask', 'ecs:DescribeTasks'],
    resources: [names.tasksArn],
    wildcard: "Tasks get their id when they start; only those of the stack's own cluster are reachable.",
  };
}

function startsChildren(needs: MachineNeeds): readonly Permission[] {
  return [
    {
      actions: ['states:StartExecution'],
      resources: needs.machines,
      wildcard: 'State machines are named by the hash of their content, with the prefix.',
    },
    {
      actions: ['states:DescribeExecution', 'states:StopExecution'],
      resources: needs.executions,
      wildcard:
        'Executions get their name when they start; only those of machines with the prefix are reachable.',
    },
    listensTo('StepFunctionsGetEventsForStepFunctionsExecutionRule'),
  ];
}

/**
 * Step Functions' own rules for the end of a job, made in the account when first needed (SFN-DG/connect-to-
 * resource).
 */
function listensTo(rule: string): Permission {
  return {
    actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
    resources: [arnOf('events', `rule/${rule}`)],
  };
}
