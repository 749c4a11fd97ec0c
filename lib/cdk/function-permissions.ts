/**
 * What each function may do beyond writing its log: the calls of lib/aws/environment.ts, on the narrowest
 * resources.
 */

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

type Part = (around: Surroundings) => readonly Permission[];

export function functionPermissions(
  name: FunctionName,
  logGroup: LogGroup,
  around: Surroundings,
): readonly Permission[] {
  const log = { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroup.logGroupArn] };
  return [log, ...PARTS[name].flatMap((part) => part(around))];
}

const rows: Part = ({ table }) => [
  {
    actions: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query'].map((one) => `dynamodb:${one}`),
    resources: [table.tableArn],
  },
  { actions: ['dynamodb:Query'], resources: [`${table.tableArn}/index/${RUN_INDEX}`] },
];

const readsRows: Part = ({ table }) => [
  { actions: ['dynamodb:GetItem', 'dynamodb:Query'], resources: [table.tableArn] },
];

const PREFIXES = 'Objects are made at run time; the function touches only the prefixes that its work needs.';

function objects(actions: readonly string[], ...keys: readonly string[]): Part {
  return ({ bucket }) => [
    {
      actions: actions.map((one) => `s3:${one}`),
      resources: keys.map((key) => bucket.arnForObjects(key)),
      wildcard: PREFIXES,
    },
    // Without it S3 answers 403 for what does not exist.
    { actions: ['s3:ListBucket'], resources: [bucket.bucketArn] },
  ];
}

const READ = ['GetObject'];
const WRITE = ['PutObject', 'DeleteObject'];

const bundles = objects(READ, 'machines/*');
const outputs = objects([...READ, ...WRITE], 'runs/*');
const templates = objects(READ, 'templates/*');
/** A manifest may be an artifact. */
const artifacts = objects(READ, 'artifacts/*');

/**
 * The version that an event tells of may not be the newest any more; mistakes are written beside the file.
 */
const uploads: Part = (around) => [
  ...objects(['GetObject', 'GetObjectVersion'], 'workflows/*')(around),
  ...objects(WRITE, 'workflows/*.errors.txt')(around),
  ...objects(WRITE, 'templates/*')(around),
];

const answers: Part = () => [ANSWER];

const HISTORY = 'Executions are made at run time; only those of machines with the prefix are reachable.';

const history: Part = ({ names }) => [
  {
    actions: ['states:DescribeExecution', 'states:GetExecutionHistory'],
    resources: [names.executionsArn],
    wildcard: HISTORY,
  },
];

const secrets: Part = ({ names }) => [readsSecrets([names.secretsArn])];

const DEFINITIONS = 'Task definitions are named by the hash of their content, with the prefix.';

const registersTasks: Part = ({ names, tasks }) => [
  {
    actions: ['ecs:RegisterTaskDefinition'],
    resources: [names.taskDefinitionsArn],
    wildcard: DEFINITIONS,
  },
  {
    actions: ['ecs:TagResource'],
    resources: [names.taskDefinitionsArn],
    conditions: { StringEquals: { 'ecs:CreateAction': 'RegisterTaskDefinition' } },
    wildcard: DEFINITIONS,
  },
  passes(tasks.passable, 'ecs-tasks.amazonaws.com'),
];

const startsRuns: Part = (around) => [
  ...objects([...READ, ...WRITE], 'machines/*')(around),
  {
    actions: ['states:CreateStateMachine', 'states:TagResource', 'states:StartExecution'],
    resources: [around.names.machinesArn],
    wildcard: 'State machines are named by the hash of their content, with the prefix.',
  },
  passes([around.machineRole.roleArn], 'states.amazonaws.com'),
  LOG_DELIVERY,
];

const schedules: Part = ({ names, schedulerRole }) => [
  {
    actions: ['scheduler:CreateSchedule', 'scheduler:UpdateSchedule', 'scheduler:DeleteSchedule'],
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

const stopsRuns: Part = ({ names }) => [
  { actions: ['states:StopExecution'], resources: [names.executionsArn], wildcard: HISTORY },
];

const stopsTasks: Part = ({ names }) => [
  {
    actions: ['ecs:DescribeTasks', 'ecs:StopTask'],
    resources: [names.tasksArn],
    wildcard: "Tasks get their id when they start; only those of the stack's own cluster are reachable.",
  },
  {
    actions: ['ecs:ListTasks'],
    resources: ['*'],
    conditions: { ArnEquals: { 'ecs:cluster': names.clusterArn } },
    wildcard: "On Fargate the action takes no resource; the condition names the stack's own cluster.",
  },
];

const PARTS: Readonly<Record<FunctionName, readonly Part[]>> = {
  stage: [rows, bundles, outputs, answers, registersTasks],
  evaluate: [readsRows, bundles, outputs, history],
  memo: [rows, bundles, outputs],
  gate: [rows, answers],
  lock: [rows, bundles, outputs, answers],
  suspend: [rows, outputs, answers],
  http: [readsRows, bundles, outputs, secrets],
  data: [readsRows, bundles, outputs],
  resource: [readsRows, bundles, outputs, artifacts],
  submit: [rows, uploads, templates, startsRuns, registersTasks, schedules, history, outputs],
  'exit-handler': [rows, startsRuns, outputs, history, answers, stopsTasks],
  schedule: [rows, templates, startsRuns, registersTasks, outputs, history, stopsRuns],
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
    'The actions of log delivery take no resource (Step Functions Developer Guide, Logging to CloudWatch).',
};

export function passes(roles: readonly string[], service: string): Permission {
  return {
    actions: ['iam:PassRole'],
    resources: roles,
    conditions: { StringEquals: { 'iam:PassedToService': service } },
  };
}
