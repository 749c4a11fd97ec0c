/** What runs the containers of leaves: the ECS cluster, the roles of its tasks, and their log group. */
import { CfnCluster, CfnClusterCapacityProviderAssociations } from 'aws-cdk-lib/aws-ecs';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Configuration } from './configuration.ts';
import { makeLogGroup } from './logs.ts';
import { arnOf, type Names } from './names.ts';
import { type Permission, roleOf } from './permissions.ts';

export interface Tasks {
  readonly cluster: CfnCluster;
  readonly logGroup: LogGroup;
  /** What the containers may do. */
  readonly taskRole: Role;
  /** With it ECS pulls images and writes logs, before any container runs. */
  readonly executionRole: Role;
  /** ARNs of all roles that a task may be given. */
  readonly passable: readonly string[];
}

export function makeTasks(
  scope: Construct,
  bucket: IBucket,
  names: Names,
  configuration: Configuration,
): Tasks {
  const cluster = makeCluster(scope, names, configuration.spot);
  const logGroup = makeLogGroup(scope, 'TaskLogs', names.taskLogGroup, configuration.retentionDays);
  const service = 'ecs-tasks.amazonaws.com';
  const sourceArn = arnOf('ecs', '*');
  const taskRole = roleOf(scope, 'TaskRole', {
    service,
    sourceArn,
    description: 'Containers of workflows: their inputs, outputs and the answer of their step',
    permissions: taskPermissions(bucket, [names.secretsArn], configuration.fileSystem),
  });
  const executionRole = roleOf(scope, 'ExecutionRole', {
    service,
    sourceArn,
    description: 'ECS, to start tasks of workflows: images and logs',
    permissions: executionPermissions(logGroup),
  });
  const own = [taskRole.roleArn, executionRole.roleArn];
  const given = new Set(Object.values(configuration.serviceAccountRoles));
  return { cluster, logGroup, taskRole, executionRole, passable: [...own, ...given] };
}

function makeCluster(scope: Construct, names: Names, spot: boolean): CfnCluster {
  const cluster = new CfnCluster(scope, 'Cluster', {
    clusterName: names.cluster,
    clusterSettings: [{ name: 'containerInsights', value: 'enabled' }],
  });
  new CfnClusterCapacityProviderAssociations(scope, 'Capacity', {
    cluster: cluster.ref,
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy: [{ capacityProvider: spot ? 'FARGATE_SPOT' : 'FARGATE', weight: 1 }],
  });
  return cluster;
}

/** Also what a role of `serviceAccountRoles` must be allowed; docs/security.md lists it. */
export function taskPermissions(
  bucket: IBucket,
  secrets: readonly string[],
  fileSystem: string | undefined,
): readonly Permission[] {
  const own: readonly Permission[] = [
    {
      actions: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:DeleteObject'],
      resources: [bucket.arnForObjects('runs/*'), bucket.arnForObjects('artifacts/*')],
      wildcard:
        'Task files and artifacts lie under these two prefixes. A task can neither read nor upload ' +
        'workflows, nor change what was compiled.',
    },
    {
      actions: ['s3:GetObject'],
      resources: [bucket.arnForObjects('templates/config-maps/*')],
      wildcard: 'Uploaded ConfigMaps lie there, each under its namespace and name.',
    },
    { actions: ['s3:ListBucket'], resources: [bucket.bucketArn] },
    ...(secrets.length === 0 ? [] : [readsSecrets(secrets)]),
    ANSWER,
  ];
  if (fileSystem === undefined) return own;
  const actions = ['ClientMount', 'ClientWrite', 'ClientRootAccess'].map((one) => `elasticfilesystem:${one}`);
  return [...own, { actions, resources: [arnOf('elasticfilesystem', `file-system/${fileSystem}`)] }];
}

export function readsSecrets(resources: readonly string[]): Permission {
  return {
    actions: ['secretsmanager:GetSecretValue'],
    resources,
    wildcard:
      'Secrets that workflows name are made by people at any time, and Secrets Manager ends their ARNs at ' +
      'random; only those with the prefix, or of the names in the YAML, are readable.',
  };
}

/** Answers a waiting state. */
export const ANSWER: Permission = {
  actions: ['states:SendTaskSuccess', 'states:SendTaskFailure', 'states:SendTaskHeartbeat'],
  resources: ['*'],
  wildcard:
    'These actions take no resource (Service Authorization Reference, AWS Step Functions); the token ' +
    'itself, which only its task is told, is the authority.',
};

function executionPermissions(logGroup: LogGroup): readonly Permission[] {
  return [
    {
      actions: ['ecr:GetAuthorizationToken'],
      resources: ['*'],
      wildcard: 'The action takes no resource (Service Authorization Reference, Amazon ECR).',
    },
    {
      actions: ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
      resources: [arnOf('ecr', 'repository/*')],
      wildcard: 'Workflows name images at run time; only pulling is allowed, from this account and region.',
    },
    { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroup.logGroupArn] },
  ];
}
