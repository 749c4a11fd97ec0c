/** What can be chosen about the runtime, read from CDK context: `cdk.json`, or `-c key=value`. */

export type Architecture = 'X86_64' | 'ARM64';

export interface GivenVpc {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  /** @default a group of our own in that VPC, which lets nothing in */
  readonly securityGroupIds?: readonly string[];
  /** Whether tasks get a public address; needed in public subnets. @default false */
  readonly assignPublicIp?: boolean;
}

/** A cluster that is there already, with a public endpoint and access entries (docs/eks.md). */
export interface GivenCluster {
  readonly name: string;
  readonly endpoint: string;
  /** The cluster's certificate, in base64. */
  readonly certificateAuthority: string;
  /** Of all Jobs, and of objects that name none. */
  readonly namespace: string;
  /** Whether containers run there unless a template says `argosy/run-on: fargate`. */
  readonly runsByDefault: boolean;
}

/** docs/security.md and README describe each; `npx cdk synth -c spott=1` names the nearest one. */
export interface Configuration {
  /** Begins the name of all that is made, also at run time. */
  readonly prefix: string;
  /** @default a VPC of our own, with public subnets and no gateway that costs money */
  readonly vpc?: GivenVpc;
  /** Of tasks whose template says nothing about it, and of the executor's image that is built. */
  readonly architecture: Architecture;
  /** Run tasks on Fargate Spot. */
  readonly spot: boolean;
  /** Days that logs, rows and task files of ended runs are kept; artifacts stay. */
  readonly retentionDays: number;
  /** ARN of a policy that bounds every role. */
  readonly permissionsBoundary?: string;
  /** URI of the image of the containers `init` and `wait`. @default built from this package */
  readonly executorImage?: string;
  /** Smallest task: CPU units and MiB. */
  readonly defaultCpu: number;
  readonly defaultMemory: number;
  /** ARN of the task role of each Argo service account; others get the stack's own task role. */
  readonly serviceAccountRoles: Readonly<Record<string, string>>;
  /** Secrets Manager names of Kubernetes Secrets begin with this. */
  readonly secretsPrefix: string;
  /** Id of the EFS file system that holds volume claims. */
  readonly fileSystem?: string;
  /** For Jobs and `resource` templates. @default none */
  readonly eks?: GivenCluster;
}

export const DEFAULTS: Configuration = {
  prefix: 'argosy-',
  architecture: 'X86_64',
  spot: false,
  retentionDays: 90,
  defaultCpu: 256,
  defaultMemory: 512,
  serviceAccountRoles: {},
  secretsPrefix: 'argosy/',
};

/** What CloudWatch Logs can keep (logs: PutRetentionPolicy). */
const RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

type Read<T> = (text: string, key: string) => T;

const list: Read<readonly string[]> = (text) => text.split(',').map((one) => one.trim());

function matching(pattern: RegExp, form: string): Read<string> {
  return (text, key) => (pattern.test(text) ? text : refuse(key, text, form));
}

const flag: Read<boolean> = (text, key) =>
  text === 'true' ? true : text === 'false' ? false : refuse(key, text, '`true` or `false`');

function count(form: string, accept: (value: number) => boolean): Read<number> {
  return (text, key) => {
    const value = Number(text);
    return /^\d+$/.test(text) && accept(value) ? value : refuse(key, text, form);
  };
}

const roles: Read<Readonly<Record<string, string>>> = (text, key) => {
  const form = 'a JSON object of service account names and role ARNs';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse(key, text, form);
  }
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const isRoles = isObject && Object.values(value as object).every((one) => ROLE_ARN.test(String(one)));
  return isRoles ? (value as Record<string, string>) : refuse(key, text, form);
};

const ROLE_ARN = /^arn:[\w-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/;
const POLICY_ARN = /^arn:[\w-]+:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/;

/** Reader of each key; the keys of a given VPC stand beside the others, as `-c` knows no objects. */
const READERS = {
  // Lambda's 64 characters are the tightest of all that begins with the prefix.
  prefix: matching(
    /^[a-z][a-z0-9-]{0,22}-$/,
    'at most 24 small letters, digits and dashes, with a dash at the end',
  ),
  vpcId: matching(/^vpc-[0-9a-f]+$/, 'the id of a VPC'),
  subnetIds: list,
  securityGroupIds: list,
  assignPublicIp: flag,
  architecture: matching(/^(X86_64|ARM64)$/, '`X86_64` or `ARM64`') as Read<Architecture>,
  spot: flag,
  retentionDays: count(`one of ${RETENTIONS.join(', ')}`, (days) => RETENTIONS.includes(days)),
  permissionsBoundary: matching(POLICY_ARN, 'the ARN of a policy'),
  executorImage: matching(/^[\w.:/@-]+$/, 'the URI of an image'),
  defaultCpu: count('CPU units of a Fargate task', (cpu) =>
    [256, 512, 1024, 2048, 4096, 8192, 16384, 32768].includes(cpu),
  ),
  defaultMemory: count('MiB, 512 to 249856', (memory) => memory >= 512 && memory <= 249_856),
  serviceAccountRoles: roles,
  secretsPrefix: matching(/^[\w+=.@/-]{1,100}$/, 'the beginning of names of secrets'),
  fileSystem: matching(/^fs-[0-9a-f]+$/, 'the id of an EFS file system'),
  eksCluster: matching(/^[0-9A-Za-z][\w-]{0,99}$/, 'the name of an EKS cluster'),
  eksEndpoint: matching(/^https:\/\/[\w.-]+(:\d+)?$/, 'the URL of its public endpoint'),
  eksCertificateAuthority: matching(/^[A-Za-z0-9+/]{100,}={0,2}$/, 'its certificate in base64'),
  eksNamespace: matching(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'a namespace of the cluster'),
  eksByDefault: flag,
} satisfies Record<string, Read<unknown>>;

type Key = keyof typeof READERS;
export const CONTEXT_KEYS: readonly string[] = Object.keys(READERS);

/** Keys with a colon, slash or at sign are CDK's own. Throws with the key, its value and what is allowed. */
export function readConfiguration(context: Readonly<Record<string, unknown>>): Configuration {
  const unknown = Object.keys(context).find((key) => /^\w+$/.test(key) && !CONTEXT_KEYS.includes(key));
  if (unknown !== undefined)
    throw new Error(`unknown context key '${unknown}'; there are: ${CONTEXT_KEYS.join(', ')}`);
  const read: Record<string, unknown> = {};
  for (const key of CONTEXT_KEYS) {
    const value = context[key];
    if (value === undefined || value === null || value === '') continue;
    const text = typeof value === 'object' ? textOf(value) : String(value);
    read[key] = READERS[key as Key](text, key);
  }
  const { vpcId, subnetIds, securityGroupIds, assignPublicIp, ...others } = read;
  const rest = withCluster(others);
  if (vpcId === undefined) {
    const lonely = Object.entries({ subnetIds, securityGroupIds, assignPublicIp }).find(
      ([, value]) => value !== undefined,
    );
    if (lonely) throw new Error(`context key '${lonely[0]}' needs 'vpcId'`);
    return { ...DEFAULTS, ...rest };
  }
  if (subnetIds === undefined) throw new Error("context key 'vpcId' needs 'subnetIds'");
  const vpc = {
    vpcId,
    subnetIds,
    ...(securityGroupIds !== undefined && { securityGroupIds }),
    ...(assignPublicIp !== undefined && { assignPublicIp }),
  };
  return { ...DEFAULTS, ...rest, vpc: vpc as GivenVpc };
}

function withCluster(read: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { eksCluster, eksEndpoint, eksCertificateAuthority, eksNamespace, eksByDefault, ...rest } = read;
  const keys = { eksEndpoint, eksCertificateAuthority, eksNamespace, eksByDefault };
  if (eksCluster === undefined) {
    const lonely = Object.entries(keys).find(([, value]) => value !== undefined);
    if (lonely) throw new Error(`context key '${lonely[0]}' needs 'eksCluster'`);
    return rest;
  }
  for (const key of ['eksEndpoint', 'eksCertificateAuthority'] as const)
    if (keys[key] === undefined) throw new Error(`context key 'eksCluster' needs '${key}'`);
  const eks = {
    name: eksCluster,
    endpoint: eksEndpoint,
    certificateAuthority: eksCertificateAuthority,
    namespace: eksNamespace ?? 'default',
    runsByDefault: eksByDefault ?? false,
  };
  return { ...rest, eks };
}

/** Lists and objects of cdk.json, in the form that `-c` would give them. */
function textOf(value: object): string {
  return Array.isArray(value) ? value.join(',') : JSON.stringify(value);
}

function refuse(key: string, value: string, form: string): never {
  throw new Error(`context key '${key}' must be ${form}, not '${value}'`);
}
