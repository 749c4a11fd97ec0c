/**
 * The runtime of workflows as one construct, and what workflows that are deployed beside it need to know of
 * it.
 */
import { ManagedPolicy, PermissionsBoundary, type Role } from 'aws-cdk-lib/aws-iam';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { EnvironmentField } from '../aws/environment.ts';
import { type Configuration, DEFAULTS } from './configuration.ts';
import { makeDeadLetterQueue } from './dead-letters.ts';
import { connectCluster } from './eks.ts';
import { executorImageUri } from './executor-image.ts';
import { FUNCTION_NAMES, type Functions, makeFunctions } from './functions.ts';
import { makeLogGroup } from './logs.ts';
import { machinePermissions } from './machine-permissions.ts';
import { arnOf, type Names, namesOf } from './names.ts';
import { makeNetwork, type Network } from './network.ts';
import { makeObservability, type Observability } from './observability.ts';
import { roleOf } from './permissions.ts';
import { recordStoppedTasks } from './stopped-tasks.ts';
import { makeStorage, type Storage } from './storage.ts';
import { makeTasks, type Tasks } from './tasks.ts';
import { EVENT_FUNCTIONS, makeScheduling, makeTriggers } from './triggers.ts';

export interface ArgosyRuntimeProps {
  /** @default DEFAULTS */
  readonly configuration?: Partial<Configuration>;
  /** Code of the functions: NAME/index for each. @default bundled from lambdas/ */
  readonly code?: Code;
}

/** What the constructs below rely on, also in an app whose own cdk.json says nothing about it. */
const FLAGS = [
  '@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy',
  '@aws-cdk/aws-s3:createDefaultLoggingPolicy',
  '@aws-cdk/aws-iam:minimizePolicies',
];

export class ArgosyRuntime extends Construct {
  readonly configuration: Configuration;
  readonly names: Names;
  readonly storage: Storage;
  readonly network: Network;
  readonly tasks: Tasks;
  readonly functions: Functions;
  readonly machineRole: Role;
  readonly machineLogGroup: LogGroup;
  readonly executorImage: string;
  readonly observability: Observability;

  constructor(scope: Construct, id: string, props: ArgosyRuntimeProps = {}) {
    super(scope, id);
    for (const flag of FLAGS) this.node.setContext(flag, true);
    const configuration = { ...DEFAULTS, ...props.configuration };
    const { retentionDays, permissionsBoundary } = configuration;
    const names = namesOf(configuration.prefix, configuration.secretsPrefix);
    this.configuration = configuration;
    this.names = names;
    if (permissionsBoundary !== undefined) {
      const policy = ManagedPolicy.fromManagedPolicyArn(this, 'Boundary', permissionsBoundary);
      PermissionsBoundary.of(this).apply(policy);
    }
    this.storage = makeStorage(this, retentionDays);
    this.network = makeNetwork(this, configuration.vpc, this.storage.logs);
    this.tasks = makeTasks(this, this.storage.bucket, names, configuration);
    this.machineLogGroup = makeLogGroup(this, 'MachineLogs', names.machineLogGroup, retentionDays);
    this.machineRole = this.makeMachineRole();
    const scheduling = makeScheduling(this, names);
    this.executorImage = executorImageUri(this, configuration.executorImage, configuration.architecture);
    this.functions = makeFunctions(this, {
      around: {
        names,
        bucket: this.storage.bucket,
        table: this.storage.table,
        tasks: this.tasks,
        machineRole: this.machineRole,
        schedulerRole: scheduling.role,
      },
      environment: this.environment(scheduling.role),
      retentionDays,
      code: props.code,
    });
    const { bucket } = this.storage;
    this.connectCluster();
    const triggers = makeTriggers(this, { names, bucket, functions: this.functions });
    const undelivered = makeDeadLetterQueue(this, 'StoppedTasksDeadLetters');
    const stopped = recordStoppedTasks(this, names, undelivered, retentionDays);
    this.observability = makeObservability(this, {
      names,
      functions: this.functions,
      deadLetters: [...Object.values(triggers.deadLetters), undelivered],
      ruleNames: [...triggers.rules.map((rule) => rule.ruleName), stopped.ref],
    });
  }

  private connectCluster(): void {
    const { configuration, names, machineRole, functions } = this;
    const { eks: cluster } = configuration;
    const resourceRole = functions.resource.role;
    const exitHandlerRole = functions['exit-handler'].role;
    if (cluster === undefined || resourceRole === undefined || exitHandlerRole === undefined) return;
    const { bucket } = this.storage;
    connectCluster(this, {
      cluster,
      configuration,
      names,
      bucket,
      machineRole,
      resourceRole,
      exitHandlerRole,
    });
  }

  /** Every call that a compiled workflow can contain. */
  private makeMachineRole(): Role {
    const { names } = this;
    const events: readonly string[] = EVENT_FUNCTIONS;
    const called = FUNCTION_NAMES.filter((name) => !events.includes(name));
    return roleOf(this, 'MachineRole', {
      service: 'states.amazonaws.com',
      sourceArn: names.machinesArn,
      description: 'State machines of uploaded workflows',
      permissions: machinePermissions(
        {
          functions: called.map(names.functionArn),
          runsTasks: true,
          taskRoles: this.tasks.passable,
          stopsTasks: true,
          startsChildren: true,
          machines: [names.machinesArn],
          executions: [names.executionsArn],
        },
        names,
      ),
    });
  }

  private environment(schedulerRole: Role): Readonly<Record<EnvironmentField, string>> {
    const { configuration, names, storage, network, tasks } = this;
    return {
      prefix: names.prefix,
      bucket: storage.bucket.bucketName,
      table: storage.table.tableName,
      subnets: network.subnets.join(','),
      securityGroups: network.securityGroups.join(','),
      assignPublicIp: network.assignPublicIp,
      executorImage: this.executorImage,
      machineRole: this.machineRole.roleArn,
      taskRole: tasks.taskRole.roleArn,
      executionRole: tasks.executionRole.roleArn,
      machineLogGroup: arnOf('logs', `log-group:${names.machineLogGroup}`),
      taskLogGroup: names.taskLogGroup,
      scheduleGroup: names.scheduleGroup,
      schedulerRole: schedulerRole.roleArn,
      secretsPrefix: configuration.secretsPrefix,
      fileSystem: configuration.fileSystem ?? '',
      retentionDays: String(configuration.retentionDays),
      architecture: configuration.architecture,
      defaultCpu: String(configuration.defaultCpu),
      defaultMemory: String(configuration.defaultMemory),
      spot: String(configuration.spot),
      serviceAccountRoles: JSON.stringify(configuration.serviceAccountRoles),
      eksCluster: configuration.eks?.name ?? '',
      eksEndpoint: configuration.eks?.endpoint ?? '',
      eksCertificateAuthority: configuration.eks?.certificateAuthority ?? '',
      eksNamespace: configuration.eks?.namespace ?? '',
      eksByDefault: configuration.eks === undefined ? '' : String(configuration.eks.runsByDefault),
    };
  }
}
