/** What the stack tells its functions: names of environment variables, and what they are read as. */

/*
 * Every function gets every variable, so that none can be forgotten; together they are far below Lambda's 4
 * KB.
 * AWS_REGION is set by Lambda itself. What is made at run time carries PREFIX, so policies can name it:
 *
 * | made at run time          | name                                        |
 * |---------------------------|---------------------------------------------|
 * | state machines            | `PREFIXwf-<machine hash>`                   |
 * | executions                | `<workflow name>-<hash>`                    |
 * | task definition families  | `PREFIX<content hash>`                      |
 * | schedules                 | any name, in the group SCHEDULE_GROUP       |
 * | secrets (made by people)  | `SECRETS_PREFIX<name>`, a JSON object       |
 */
export const ENVIRONMENT_NAMES = {
  /**
   * Prefix of functions (`argosy-stage`), of the cluster (`argosy-cluster`), and of all that is made at run
   * time.
   */
  prefix: 'ARGOSY_PREFIX',
  bucket: 'ARGOSY_BUCKET',
  table: 'ARGOSY_TABLE',
  /** Comma-separated. */
  subnets: 'ARGOSY_SUBNETS',
  securityGroups: 'ARGOSY_SECURITY_GROUPS',
  /** `ENABLED` or `DISABLED`. */
  assignPublicIp: 'ARGOSY_ASSIGN_PUBLIC_IP',
  /** Image of the containers `init` and `wait`. */
  executorImage: 'ARGOSY_EXECUTOR_IMAGE',
  /** ARN of the role of all state machines that are made at run time. */
  machineRole: 'ARGOSY_MACHINE_ROLE',
  /** ARNs of the ECS task role and of the ECS execution role. */
  taskRole: 'ARGOSY_TASK_ROLE',
  executionRole: 'ARGOSY_EXECUTION_ROLE',
  /** ARN of the log group of executions, without `:*`. */
  machineLogGroup: 'ARGOSY_MACHINE_LOG_GROUP',
  /** Name of the log group of containers. */
  taskLogGroup: 'ARGOSY_TASK_LOG_GROUP',
  /** Name of the EventBridge Scheduler group of CronWorkflows. */
  scheduleGroup: 'ARGOSY_SCHEDULE_GROUP',
  /** ARN of the role with which Scheduler invokes `PREFIXschedule`. */
  schedulerRole: 'ARGOSY_SCHEDULER_ROLE',
  /** Secrets Manager names of Kubernetes Secrets begin with this. */
  secretsPrefix: 'ARGOSY_SECRETS_PREFIX',
  /** EFS file system for volume claims; empty for none. */
  fileSystem: 'ARGOSY_FILE_SYSTEM',
  /** Days that rows of ended runs are kept. */
  retentionDays: 'ARGOSY_RETENTION_DAYS',
  /** What tasks get that ask for nothing: `X86_64` or `ARM64`, CPU units, MiB. */
  architecture: 'ARGOSY_ARCHITECTURE',
  defaultCpu: 'ARGOSY_DEFAULT_CPU',
  defaultMemory: 'ARGOSY_DEFAULT_MEMORY',
  /** `true`: tasks run on Fargate Spot. */
  spot: 'ARGOSY_SPOT',
  /** A JSON object: ARNs of task roles by the name of the service account. */
  serviceAccountRoles: 'ARGOSY_SERVICE_ACCOUNT_ROLES',
  /** The EKS cluster of the runtime: its name, its public endpoint, its certificate in base64; empty for none. */
  eksCluster: 'ARGOSY_EKS_CLUSTER',
  eksEndpoint: 'ARGOSY_EKS_ENDPOINT',
  eksCertificateAuthority: 'ARGOSY_EKS_CERTIFICATE_AUTHORITY',
  /** Of Jobs, and of objects that name none; empty for that of the run. */
  eksNamespace: 'ARGOSY_EKS_NAMESPACE',
  /** `true`: templates run there unless they say `argosy/run-on: fargate`. */
  eksByDefault: 'ARGOSY_EKS_BY_DEFAULT',
} as const;

export type EnvironmentField = keyof typeof ENVIRONMENT_NAMES;

/** What is read of the process's environment; lists are split. */
export interface Environment
  extends Readonly<Record<Exclude<EnvironmentField, ListField | ChoiceField>, string>>,
    Readonly<Partial<Record<ChoiceField, string>>> {
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly region: string;
  readonly account: string;
  /** `aws`, `aws-cn` … */
  readonly partition: string;
}

type ListField = 'subnets' | 'securityGroups';
type ChoiceField =
  | 'architecture'
  | 'defaultCpu'
  | 'defaultMemory'
  | 'spot'
  | 'serviceAccountRoles'
  | EksField;
type EksField = 'eksCluster' | 'eksEndpoint' | 'eksCertificateAuthority' | 'eksNamespace' | 'eksByDefault';

/** May be empty or missing. */
const OPTIONAL: ReadonlySet<EnvironmentField> = new Set([
  ...(['fileSystem', 'retentionDays', 'assignPublicIp'] as const),
  ...(['architecture', 'defaultCpu', 'defaultMemory', 'spot', 'serviceAccountRoles'] as const),
  ...(['eksCluster', 'eksEndpoint', 'eksCertificateAuthority', 'eksNamespace', 'eksByDefault'] as const),
]);

export function readEnvironment(variables: Readonly<Record<string, string | undefined>>): Environment {
  const missing = Object.entries(ENVIRONMENT_NAMES).filter(
    ([field, name]) => !OPTIONAL.has(field as EnvironmentField) && !variables[name],
  );
  if (missing.length > 0) throw new Error(`not set: ${missing.map(([, name]) => name).join(', ')}`);
  const value = (field: EnvironmentField) => variables[ENVIRONMENT_NAMES[field]] ?? '';
  const list = (field: ListField) =>
    value(field)
      .split(',')
      .filter((one) => one !== '');
  const fields = Object.keys(ENVIRONMENT_NAMES) as EnvironmentField[];
  const texts = Object.fromEntries(fields.map((field) => [field, value(field)]));
  const [, partition = 'aws', , , account = ''] = value('machineRole').split(':');
  return {
    ...(texts as unknown as Environment),
    assignPublicIp: value('assignPublicIp') || 'DISABLED',
    subnets: list('subnets'),
    securityGroups: list('securityGroups'),
    region: variables['AWS_REGION'] ?? 'us-east-1',
    account,
    partition,
  };
}

/** The functions of the runtime: folder below `lambdas/`, and handler name after the prefix. */
export const FUNCTIONS = {
  stage: { timeoutSeconds: 60, memoryMegabytes: 512 },
  evaluate: { timeoutSeconds: 60, memoryMegabytes: 1024 },
  memo: { timeoutSeconds: 30, memoryMegabytes: 256 },
  gate: { timeoutSeconds: 30, memoryMegabytes: 256 },
  lock: { timeoutSeconds: 60, memoryMegabytes: 256 },
  suspend: { timeoutSeconds: 30, memoryMegabytes: 256 },
  /** An http template waits for a response as long as its `timeoutSeconds` says, 15 minutes at most. */
  http: { timeoutSeconds: 900, memoryMegabytes: 256 },
  data: { timeoutSeconds: 300, memoryMegabytes: 1024 },
  /** A resource template waits for its conditions as long as it may, then is called again. */
  resource: { timeoutSeconds: 900, memoryMegabytes: 512 },
  /** Target of the rules on uploads and deletions of `workflows/*.yaml`, `*.yml`, `*.json`. */
  submit: { timeoutSeconds: 300, memoryMegabytes: 1024 },
  /** Target of the rule on ended executions of machines with our prefix: all four final statuses. */
  'exit-handler': { timeoutSeconds: 300, memoryMegabytes: 512 },
  /** Target of the schedules. */
  schedule: { timeoutSeconds: 300, memoryMegabytes: 1024 },
} as const;

export type FunctionName = keyof typeof FUNCTIONS;

/*
 * Calls of AWS that each function makes; the bucket's and table's objects aside, which all of them read and
 * write.
 *
 * | function | calls |
 * | --- | --- |
 * | stage | ecs RegisterTaskDefinition, TagResource; iam PassRole (task, execution role); states SendTask* |
 * | evaluate | states GetExecutionHistory, DescribeExecution |
 * | gate, lock | states SendTaskSuccess, SendTaskFailure |
 * | suspend | states SendTaskSuccess, SendTaskFailure |
 * | http | secretsmanager GetSecretValue on SECRETS_PREFIX* |
 * | submit | states CreateStateMachine, TagResource, StartExecution on PREFIXwf-*; iam PassRole (machine, |
 * |  | scheduler role); scheduler Create/Update/Delete/ListSchedules in the group; logs delivery; |
 * |  | ecs RegisterTaskDefinition, TagResource, of tasks known beforehand; iam PassRole of their roles; |
 * |  | states DescribeExecution, GetExecutionHistory, of runs that are tried again |
 * | exit-handler | states CreateStateMachine, TagResource, StartExecution, SendTask*; |
 * |  | states DescribeExecution, GetExecutionHistory; |
 * |  | iam PassRole (machine role); logs delivery; writes machines/; |
 * |  | ecs ListTasks, DescribeTasks, StopTask in the cluster |
 * | schedule | as submit; states StopExecution |
 * | ECS task role | bucket: runs/, artifacts/ read, write; templates/config-maps/ read; |
 * |  | states SendTask*; secretsmanager GetSecretValue on SECRETS_PREFIX* |
 */
