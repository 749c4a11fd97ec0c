/**
 * One workflow, deployed with CDK: a state machine made of its YAML, and roles that hold what this YAML
 * needs.
 */
import { createHash } from 'node:crypto';
import { Annotations, Names as ConstructNames, Stack } from 'aws-cdk-lib';
import type { Grant, IGrantable, Role } from 'aws-cdk-lib/aws-iam';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { JsonObject } from '../asl/json.ts';
import type { StateMachine as Machine } from '../asl/state-machine.ts';
import { bindMachine } from '../aws/bind-machine.ts';
import { FUNCTIONS, type FunctionName } from '../aws/environment.ts';
import { taskRoles } from '../aws/task-roles.ts';
import type { Compiled } from '../compiler/compile.ts';
import { renderDiagnostic } from '../diagnostics/render.ts';
import type { Bundle, EksPlacement } from '../evaluate/bundle.ts';
import { bundleKey } from '../protocol/blob-store.ts';
import type { Configuration } from './configuration.ts';
import { withDefinitionFile } from './definition-file.ts';
import { accessEntry, JOBS_GROUP } from './eks.ts';
import { callsOf, type RunDefaults, startable } from './machine-definition.ts';
import { machinePermissions } from './machine-permissions.ts';
import { arnOf } from './names.ts';
import { type Permission, roleOf } from './permissions.ts';
import { ArgosyRuntime } from './runtime.ts';
import { secretNames } from './secret-names.ts';
import { taskPermissions } from './tasks.ts';
import { withTemporaryFile } from './temporary-folder.ts';
import { readWorkflow, type WorkflowSource } from './workflow-source.ts';

export interface ArgoWorkflowProps {
  /** File with the Workflow, or with one WorkflowTemplate. */
  readonly file: string;
  /** Files with the WorkflowTemplates and ConfigMaps that it refers to. @default none */
  readonly companions?: readonly string[];
  /** What runs it. @default one of this stack, shared by all its workflows */
  readonly runtime?: ArgosyRuntime;
  /** Run its tasks on Fargate Spot. @default as the runtime is configured */
  readonly spot?: boolean;
}

/**
 * Started with no input, or with `{"parameters": {"name": "value"}}`. A mistake in the YAML fails the
 * synthesis, and is shown at its line.
 */
export class ArgoWorkflow extends Construct {
  readonly stateMachine: StateMachine;
  /** Of its containers: grant it what they need. A role of `serviceAccountRoles` takes its place. */
  readonly taskRole: Role;
  readonly machineRole: Role;

  constructor(scope: Construct, id: string, props: ArgoWorkflowProps) {
    super(scope, id);
    this.node.setContext('@aws-cdk/aws-iam:minimizePolicies', true);
    const runtime = props.runtime ?? runtimeOf(scope);
    const { names, configuration } = runtime;
    const source = readWorkflow(props.file, props.companions ?? [], names.prefix, placementOf(configuration));
    for (const warning of source.warnings)
      Annotations.of(this).addWarningV2(`argosy:${warning.code}`, renderDiagnostic(warning));
    const { bundle } = source.compiled;
    this.taskRole = roleOf(this, 'TaskRole', {
      service: 'ecs-tasks.amazonaws.com',
      sourceArn: arnOf('ecs', '*'),
      description: `Containers of workflow ${source.name}`,
      permissions: taskPermissionsOf(runtime, bundle),
    });
    const known = taskRoles(source.compiled, configuration.serviceAccountRoles);
    const taskRole = (state: string) => known(state) ?? this.taskRole.roleArn;
    const templates = this.templateAsset(bundle);
    const key = bundleKey(bundle.id);
    const isSpot = props.spot ?? configuration.spot;
    const bound = (one: Machine) =>
      bindMachine(one, { ...runtime.network, isSpot, taskRole, cluster: configuration.eks });
    const machine = startable(bound(source.compiled.machine), runDefaultsOf(source), {
      Bucket: runtime.storage.bucket.bucketName,
      Key: key,
      CopySource: `${templates.s3BucketName}/${templates.s3ObjectKey}`,
    });
    const parts = Object.entries(source.compiled.parts).map(
      ([suffix, part]) => [suffix, bound(part)] as const,
    );
    const stateMachineName = this.machineName(names.prefix, source.name);
    const machineNameOf = (suffix: string) => `${stateMachineName}${suffix}`;
    const machines = [machine, ...parts.map(([, part]) => part)];
    this.machineRole = roleOf(this, 'MachineRole', {
      service: 'states.amazonaws.com',
      sourceArn: arnOf('states', `stateMachine:${stateMachineName}${parts.length === 0 ? '' : '*'}`),
      description: `State machine of workflow ${source.name}`,
      permissions: [
        ...machinePermissionsOf(
          machines,
          [machineNameOf(''), ...parts.map(([suffix]) => machineNameOf(suffix))],
          runtime,
          rolesIn(source.compiled.origins, taskRole),
        ),
        { actions: ['s3:GetObject'], resources: [templates.bucket.arnForObjects(templates.s3ObjectKey)] },
        { actions: ['s3:PutObject'], resources: [runtime.storage.bucket.arnForObjects(key)] },
      ],
    });
    if (configuration.eks !== undefined && callsOf(machines).usesCluster)
      accessEntry(this, 'ClusterAccess', configuration.eks, this.machineRole, JOBS_GROUP);
    const made = (suffix: string, one: Machine) =>
      withDefinitionFile(
        one,
        (definition) =>
          new StateMachine(this, `Machine${suffix}`, {
            ...definition,
            stateMachineName: machineNameOf(suffix),
            role: this.machineRole,
            logs: { destination: runtime.machineLogGroup, level: LogLevel.ALL, includeExecutionData: true },
            tracingEnabled: true,
          }),
      );
    this.stateMachine = made('', machine);
    for (const [suffix, part] of parts) this.stateMachine.node.addDependency(made(suffix, part));
  }

  /** May start runs. */
  grantStart(grantee: IGrantable): Grant {
    return this.stateMachine.grantStartExecution(grantee);
  }

  private templateAsset(bundle: Bundle): Asset {
    return withTemporaryFile(
      'templates.json',
      JSON.stringify(bundle),
      (path) => new Asset(this, 'Templates', { path }),
    );
  }

  private machineName(prefix: string, name: string): string {
    const hash = createHash('sha256')
      .update(ConstructNames.nodeUniqueId(this.node))
      .digest('hex')
      .slice(0, 8);
    return `${prefix}wf-${name
      .replace(/[^\w-]+/g, '-')
      .slice(0, 40)
      .replace(/-$/, '')}-${hash}`;
  }
}

function placementOf({ eks }: Configuration): EksPlacement | undefined {
  return eks && { byDefault: eks.runsByDefault, namespace: eks.namespace };
}

/** Every role that a task of the machine is given. */
function rolesIn(origins: Compiled['origins'], taskRole: (state: string) => string): readonly string[] {
  return [...new Set(Object.keys(origins).map(taskRole))];
}

const RUNTIME = 'ArgosyRuntime';

function runtimeOf(scope: Construct): ArgosyRuntime {
  const stack = Stack.of(scope);
  const found = stack.node.tryFindChild(RUNTIME);
  return found instanceof ArgosyRuntime ? found : new ArgosyRuntime(stack, RUNTIME);
}

function machinePermissionsOf(
  machines: readonly Machine[],
  machineNames: readonly string[],
  runtime: ArgosyRuntime,
  taskRoles: readonly string[],
): readonly Permission[] {
  const { names, tasks } = runtime;
  const calls = callsOf(machines);
  const called = (Object.keys(FUNCTIONS) as FunctionName[]).filter((one) =>
    calls.functions.includes(names.functionName(one)),
  );
  return machinePermissions(
    {
      ...calls,
      functions: called.map(names.functionArn),
      taskRoles: [...taskRoles, tasks.executionRole.roleArn],
      machines: machineNames.map((name) => arnOf('states', `stateMachine:${name}`)),
      executions: machineNames.map((name) => arnOf('states', `execution:${name}:*`)),
    },
    names,
  );
}

/** Only the secrets that the templates name; Secrets Manager adds six characters to a secret's ARN. */
function taskPermissionsOf(runtime: ArgosyRuntime, bundle: Bundle): readonly Permission[] {
  const { storage, names, configuration } = runtime;
  const secrets = secretNames(bundle);
  const arns = secrets?.map((one) =>
    arnOf('secretsmanager', `secret:${configuration.secretsPrefix}${one}-??????`),
  );
  return taskPermissions(storage.bucket, arns ?? [names.secretsArn], configuration.fileSystem);
}

function runDefaultsOf({ analyzed }: WorkflowSource): RunDefaults {
  const { spec, arguments: given, document } = analyzed;
  const { metadata } = document.value;
  return {
    namespace: metadata.namespace ?? 'default',
    serviceAccountName: spec.serviceAccountName ?? '',
    entrypoint: spec.entrypoint ?? '',
    parameters: (given.parameters ?? []) as unknown as readonly JsonObject[],
    artifacts: (given.artifacts ?? []) as unknown as readonly JsonObject[],
    labels: { ...metadata.labels, ...spec.workflowMetadata?.labels },
    annotations: { ...metadata.annotations, ...spec.workflowMetadata?.annotations },
    ...(spec.priority !== undefined && { priority: spec.priority }),
    ...(spec.activeDeadlineSeconds !== undefined && { deadlineSeconds: spec.activeDeadlineSeconds }),
  };
}
