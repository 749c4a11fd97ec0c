/**
 * What the containers `init` and `wait` are given on ECS: S3, Secrets Manager, the task's token, its
 * metadata.
 */
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { type ArtifactStores, asObject, text } from '../executor/artifact-stores.ts';
import type { ExecutorContext } from '../executor/executor-context.ts';
import type { ObjectLookup } from '../executor/objects.ts';
import type { Answer } from '../executor/report.ts';
import { type BlobStore, blobJson } from '../protocol/blob-store.ts';
import type { JsonObject } from '../protocol/json.ts';
import { ARGO_FAILED } from '../protocol/outcome.ts';
import { objectVariable, POD_ENV } from '../protocol/run-job.ts';
import { SHARED_PATH, TASK_TOKEN_ENV } from '../protocol/run-task.ts';
import { isTooLate } from './answer-token.ts';
import type { States } from './clients.ts';
import { configMapKey } from './library-keys.ts';
import { podMetadata } from './pod-metadata.ts';
import { runStore, s3BlobStore } from './s3-blob-store.ts';
import { secretText } from './sdk-clients.ts';
import { sdkObjects } from './sdk-objects.ts';
import { sdkStates } from './sdk-states.ts';
import { secretData } from './secrets.ts';
import { SECRETS_PREFIX_ENV } from './task-definitions.ts';
import { type TaskMetadata, taskMetadata } from './task-metadata.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

export interface ExecutorWorld {
  /** The bucket as the run sees it. */
  readonly blobs: BlobStore;
  /** The rest of the context, for objects of the namespace. */
  readonly context: (namespace: string) => Promise<Omit<ExecutorContext, 'spec' | 'shared' | 'blobs'>>;
  /** What `wait` exits with, which tells the outcome's phase to whoever got no answer. */
  readonly exitCode: () => number;
}

const ADAPTIVE = { maxAttempts: 10, retryMode: 'adaptive' } as const;

/** `store`: `s3://BUCKET`, `uid`: of the run that the task is part of. */
export function executorWorld(store: string, uid: string, variables: Variables): ExecutorWorld {
  const endpoint = variables['AWS_ENDPOINT_URL'];
  const config = { ...ADAPTIVE, ...(endpoint && { endpoint }) };
  const client = new S3Client({ ...config, followRegionRedirects: true, forcePathStyle: Boolean(endpoint) });
  const objects = sdkObjects(client);
  const bucket = new URL(store).hostname;
  const everything = s3BlobStore(objects, bucket);
  const isPod = variables[POD_ENV] !== undefined;
  const now = () => Date.now();
  const metadata = isPod
    ? podMetadata(variables, SHARED_PATH, now)
    : taskMetadata(variables['ECS_CONTAINER_METADATA_URI_V4'], fetch, now);
  const secret = secretText(new SecretsManagerClient(config));
  const prefix = variables[SECRETS_PREFIX_ENV] ?? '';
  const secretOf = (name: string) => secretData(secret, prefix, name);
  const token = variables[TASK_TOKEN_ENV];
  const reporter = tokenReporter(sdkStates(new SFNClient(config)), token, metadata, sleep);
  return {
    blobs: runStore(everything, uid),
    context: async (namespace) => ({
      bucket: bucketOpener(secretOf, (name) => s3BlobStore(objects, name)),
      lookup: isPod
        ? podLookup(variables, objectLookup(everything, namespace, secretOf))
        : objectLookup(everything, namespace, secretOf),
      ...(isPod && { isCalm: true, downward: (variable: string) => variables[variable] }),
      ip: await metadata.ip(),
      reporter: reporter.report,
      endedContainers: metadata.ended,
    }),
    exitCode: reporter.exitCode,
  };
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

type SecretOf = (name: string) => Promise<Readonly<Record<string, string>> | undefined>;

export function objectLookup(blobs: BlobStore, namespace: string, secretOf: SecretOf): ObjectLookup {
  return async (kind, name) => {
    if (kind === 'secret') return await secretOf(name);
    return await blobJson<Record<string, string>>(blobs, configMapKey(namespace, name));
  };
}

/** Secrets and ConfigMaps of the pod's namespace, as Kubernetes gave them to `init`; then those of the stack. */
export function podLookup(variables: Variables, others: ObjectLookup): ObjectLookup {
  return async (kind, name) => {
    const prefix = objectVariable(kind, name, '');
    const own = Object.entries(variables).flatMap(([variable, value]) =>
      variable.startsWith(prefix) && value !== undefined ? [[variable.slice(prefix.length), value]] : [],
    );
    return own.length > 0 ? (Object.fromEntries(own) as Record<string, string>) : await others(kind, name);
  };
}

export interface TokenReporter {
  readonly report: (answer: Answer) => Promise<void>;
  readonly exitCode: () => number;
}

const MOST_TRIES = 100;
const LONGEST_PAUSE_MS = 10_000;
const NO_ANSWER = 3;

/**
 * Answers until Step Functions has taken the answer, since nobody else will: throttles and outages are
 * waited out.
 */
export function tokenReporter(
  states: Pick<States, 'sendTaskSuccess' | 'sendTaskFailure'>,
  token: string | undefined,
  metadata: Pick<TaskMetadata, 'taskArn'>,
  pause: (milliseconds: number) => Promise<void>,
): TokenReporter {
  let exitCode = NO_ANSWER;
  const send = async (given: Answer): Promise<void> => {
    if (token === undefined) return;
    if (!given.ok) return await states.sendTaskFailure(token, given.error, given.cause);
    // A daemon is stopped by its ARN.
    const task = given.output.daemoned ? await metadata.taskArn() : undefined;
    await states.sendTaskSuccess(
      token,
      JSON.stringify(task === undefined ? given.output : { ...given.output, task }),
    );
  };
  return {
    exitCode: () => exitCode,
    report: async (given) => {
      exitCode = given.ok ? 0 : given.error === ARGO_FAILED ? 1 : 2;
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await send(given);
        } catch (error) {
          if (isTooLate(error)) return;
          if (attempt >= MOST_TRIES) throw error;
          await pause(Math.random() * Math.min(LONGEST_PAUSE_MS, 100 * 2 ** attempt));
        }
      }
    },
  };
}

/** Buckets of AWS by the task's role; those of another endpoint by the keys that the artifact names. */
function bucketOpener(
  secretOf: SecretOf,
  open: (bucket: string) => BlobStore,
): Required<ArtifactStores>['bucket'] {
  return (kind, name, location) => {
    if (kind !== 's3') return undefined;
    const endpoint = text(location['endpoint']);
    if (endpoint === '' || /(^|\.)amazonaws\.com(\.cn)?(:\d+)?$/.test(endpoint)) return open(name);
    const scheme = location['insecure'] === true ? 'http' : 'https';
    const client = new S3Client({
      endpoint: `${scheme}://${endpoint}`,
      region: text(location['region']) || 'us-east-1',
      forcePathStyle: true,
      credentials: async () => ({
        accessKeyId: await selected(secretOf, location['accessKeySecret']),
        secretAccessKey: await selected(secretOf, location['secretKeySecret']),
      }),
    });
    return s3BlobStore(sdkObjects(client), name);
  };
}

async function selected(secretOf: SecretOf, selector: JsonObject[string] | undefined): Promise<string> {
  const { name, key } = asObject(selector) ?? {};
  const data = await secretOf(text(name));
  return data?.[text(key)] ?? '';
}
