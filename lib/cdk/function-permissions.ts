/** What each function may do beyond writing its log: the calls of lib/aws/environment.ts, on the narrowest resources. */

import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { FunctionName } from '../aws/environment.ts';
import { RUN_INDEX } from '../aws/table-schema.ts';
import type { Names } from './names.ts';
import type { Permission } from './permissions.ts';
import { ANSWER, readsSecrets, type Tasks } from './tasks.ts';

export interface Surroundings {
  readonly names: Names;
  readonly bucket: IBucket;
  readonly table: TableV2;
  readonly tasks: Tasks;
  readonly machineRole: IRole;
  readonly schedulerRole: IRole;
}

export function functionPermissions(
  name: FunctionName,
  logGroup: LogGroup,
  around: Surroundings,
): readonly Permission[] {
  return [
    { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroup.logGroupArn] },
    ...tablePermissions(around.table),
    ...OBJECTS[name](around.bucket),
    // Without it S3 answers 403 for what does not exist.
    { actions: ['s3:ListBucket'], resources: [around.bucket.bucketArn] },
    ...CALLS[name](around),
  ];
}

function tablePermissions(table: TableV2): readonly Permission[] {
  const rows = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query'];
  return [
    { actions: rows.map((one) => `dynamodb:${one}`), resources: [table.tableArn] },
    { actions: ['dynamodb:Query'], resources: [`${table.tableArn}/index/${RUN_INDEX}`] },
  ];
}

type Objects = (bucket: IBucket) => readonly Permission[];

const PREFIXES = 'Objects are made at run time; the function touches only the prefixes that its work needs.';

function reads(...prefixes: readonly string[]): (bucket: IBucket) => Permission {
  return (bucket) => ({
    actions: ['s3:GetObject'],
    resources: prefixes.map((prefix) => bucket.arnForObjects(`${prefix}/*`)),
    wildcard: PREFIXES,
  });
}

function writes(...prefixes: readonly string[]): (bucket: IBucket) => Permission {
  return (bucket) => ({
    actions: ['s3:PutObject', 's3:DeleteObject'],
    resources: prefixes.map((prefix) => bucket.arnForObjects(`${prefix}/*`)),
    wildcard: PREFIXES,
  });
}

function objects(...kinds: readonly ((bucket: IBucket) => Permission)[]): Objects {
  return (bucket) => kinds.map((kind) => kind(bucket));
}

const step = objects(reads('machines', 'runs', 'artifacts'), writes('runs'));
/** The version that an event tells of may not be the newest any more. */
function readsVersions(bucket: IBucket): Permission {
  return {
    actions: ['s3:GetObjectVersion'],
    resources: [bucket.arnForObjects('workflows/*')],
    wildcard: PREFIXES,
  };
}

const starter = objects(
  readsVersions,
  reads('workflows', 'templates', 'machines', 'runs', 'artifacts'),
  writes('workflows', 'templates', 'machines', 'runs'),
);

const OBJECTS: Readonly<Record<FunctionName, Objects>> = {
  stage: step,
  evaluate: step,
  memo: step,
  gate: step,
  lock: step,
  suspend: step,
  http: step,
  data: step,
  resource: step,
  submit: starter,
  schedule: starter,
  'exit-handler': step,
};

type Calls = (around: Surroundings) => readonly Permission[];

const none: Calls = () => [];
const answers: Calls = () => [ANSWER];

const HISTORY = 'Executions are made at run time; only those of machines with the prefix are readable.';

const history: Calls = ({ names }) => [
  {
    actions: ['states:DescribeExecution', 'states:GetExecutionHistory'],
    resources: [names.executionsArn],
    wildcard: HISTORY,
  },
];

const secrets: Calls = ({ names }) => [readsSecrets([names.secretsArn])];

const registers: Calls = ({ names, tasks }) => [
  {
    actions: ['ecs:RegisterTaskDefinition'],
    resources: [names.taskDefinitionsArn],
    wildcard: 'Task definitions are named by the hash of their content, with the prefix.',
  },
  {
    actions: ['ecs:TagResource'],
    resources: [names.taskDefinitionsArn],
    conditions: { StringEquals: { 'ecs:CreateAction': 'RegisterTaskDefinition' } },
    wildcard: 'Task definitions are named by the hash of their content, with the prefix.',
  },
  passes(tasks.passable, 'ecs-tasks.amazonaws.com'),
];

const starts: Calls = ({ names, machineRole, schedulerRole }) => [
  {
    actions: [
      'states:CreateStateMachine',
      'states:DescribeStateMachine',
      'states:TagResource',
      'states:StartExecution',
    ],
    resources: [names.machinesArn],
    wildcard: 'State machines are named by the hash of their content, with the prefix.',
  },
  passes([machineRole.roleArn], 'states.amazonaws.com'),
  LOG_DELIVERY,
  {
    actions: [
      'scheduler:CreateSchedule',
      'scheduler:UpdateSchedule',
      'scheduler:DeleteSchedule',
      'scheduler:GetSchedule',
    ],
    resources: [names.schedulesArn],
    wildcard: "Schedules are named by their CronWorkflow; only those of the stack's own group are reachable.",
  },
  {
    actions: ['scheduler:ListSchedules'],
    resources: ['*'],
    wildcard: 'The action takes no resource (Service Authorization Reference, Amazon EventBridge Scheduler).',
  },
  passes([schedulerRole.roleArn], 'scheduler.amazonaws.com'),
];

const stops: Calls = ({ names }) => [
  { actions: ['states:StopExecution'], resources: [names.executionsArn], wildcard: HISTORY },
];

const CALLS: Readonly<Record<FunctionName, Calls>> = {
  stage: (around) => [...answers(around), ...registers(around)],
  evaluate: history,
  memo: none,
  gate: answers,
  lock: answers,
  suspend: answers,
  http: secrets,
  data: none,
  resource: none,
  submit: starts,
  'exit-handler': (around) => [
    ...history(around),
    ...answers(around),
    {
      actions: ['states:StartExecution'],
      resources: [around.names.machinesArn],
      wildcard: 'State machines are named by the hash of their content, with the prefix.',
    },
    {
      actions: ['ecs:DescribeTasks', 'ecs:StopTask'],
      resources: [around.names.tasksArn],
      wildcard: "Tasks get their id when they start; only those of the stack's own cluster are reachable.",
    },
    {
      actions: ['ecs:ListTasks'],
      resources: ['*'],
      conditions: { ArnEquals: { 'ecs:cluster': around.names.clusterArn } },
      wildcard: "On Fargate the action takes no resource; the condition names the stack's own cluster.",
    },
  ],
  schedule: (around) => [...starts(around), ...stops(around), ...history(around)],
};

/** Log delivery of state machines, asked of whoever creates one and of its role (SFN-DG/cw-logs). */
export const LOG_DELIVERY: Permission = {
  actions: [
    'logs:CreateLogDelivery',
    'logs:GetLogDelivery',
    'logs:UpdateLogDelivery',
    'logs:DeleteLogDelivery',
    'logs:ListLogDeliveries',
    'logs:PutResourcePolicy',
    'logs:DescribeResourcePolicies',
    'logs:DescribeLogGroups',
  ],
  resources: ['*'],
  wildcard:
    'The actions of log delivery take no resource (Step Functions Developer Guide, Logging to CloudWatch Logs).',
};

export function passes(roles: readonly string[], service: string): Permission {
  return {
    actions: ['iam:PassRole'],
    resources: roles,
    conditions: { StringEquals: { 'iam:PassedToService': service } },
  };
}
