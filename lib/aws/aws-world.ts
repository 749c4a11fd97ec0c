/** What handlers are given on AWS, as seen by the run that they serve. */
import { readYamlValue } from '../compiler/1-parse/plain-value.ts';
import type { Cluster, HandlerWorld } from '../handlers/world.ts';
import type { BlobStore } from '../protocol/blob-store.ts';
import { failuresOf } from '../status/failures.ts';
import type { AnswerToken } from '../store/answer.ts';
import type { Gates } from '../store/gates.ts';
import type { Locks } from '../store/locks.ts';
import type { MemoCache } from '../store/memo-cache.ts';
import type { Suspensions } from '../store/suspensions.ts';
import { answerTokens } from './answer-token.ts';
import type { AwsClients } from './clients.ts';
import { jobCompleter } from './complete-job.ts';
import { earlierReader } from './earlier-runs.ts';
import { eksCluster } from './eks-cluster.ts';
import type { Environment } from './environment.ts';
import { tableGates } from './gate-table.ts';
import { tableLocks } from './lock-table.ts';
import { tableMemoCache } from './memo-table.ts';
import { type RunIndex, tableRunIndex } from './run-index.ts';
import { bundleReader, readRunStatus } from './run-status.ts';
import { runAddress, runStore, s3BlobStore } from './s3-blob-store.ts';
import { secretData } from './secrets.ts';
import { tableSuspensions } from './suspension-table.ts';
import { taskDefinitionRegistry } from './task-definitions.ts';

/** Everything that outlives a call, made once for each process. */
export interface AwsWorld {
  readonly environment: Environment;
  readonly clients: AwsClients;
  readonly blobs: BlobStore;
  readonly runs: RunIndex;
  readonly gates: Gates;
  readonly locks: Locks;
  readonly suspensions: Suspensions;
  readonly memo: MemoCache;
  readonly answer: AnswerToken;
  readonly bundle: HandlerWorld['bundle'];
  readonly earlier: HandlerWorld['earlier'];
  readonly registerTaskDefinition: HandlerWorld['registerTaskDefinition'];
  readonly completeJob: NonNullable<HandlerWorld['completeJob']>;
  /** Where the runtime has an EKS cluster. */
  readonly cluster?: Cluster;
}

const RETENTION_DAYS = 90;

export function awsWorld(environment: Environment, clients: AwsClients): AwsWorld {
  const { table, now, sleep } = clients;
  const answer = answerTokens(clients.states);
  const blobs = s3BlobStore(clients.objects, environment.bucket);
  const cluster = eksCluster(environment, clients);
  return {
    environment,
    clients,
    blobs,
    runs: tableRunIndex(table, now, Number(environment.retentionDays) || RETENTION_DAYS),
    gates: tableGates(table, answer, now),
    locks: tableLocks({ table, answer, now, sleep }),
    suspensions: tableSuspensions(table, now),
    memo: tableMemoCache(table, blobs, now),
    answer,
    bundle: bundleReader(blobs),
    earlier: earlierReader(blobs),
    registerTaskDefinition: taskDefinitionRegistry(environment, clients),
    completeJob: jobCompleter(environment, clients),
    ...(cluster !== undefined && { cluster }),
  };
}

/**
 * Runs are told apart by uid, since several of one name may go on at the same time; handlers speak of
 * names.
 */
export function handlerWorld(world: AwsWorld, uid: string): HandlerWorld {
  const { environment, clients, locks, suspensions, runs } = world;
  return {
    bundle: world.bundle,
    blobs: runStore(world.blobs, uid),
    address: (key) => runAddress(key, uid),
    gates: world.gates,
    locks: {
      acquire: (claim) => locks.acquire({ ...claim, run: uid }),
      release: (_run, holder, failed) => locks.release(uid, holder, failed),
      hasFailed: (name) => locks.hasFailed(name),
      releaseRun: () => locks.releaseRun(uid),
      forgetRun: () => locks.forgetRun(uid),
    },
    suspensions: {
      park: (suspension) => suspensions.park({ ...suspension, run: uid }),
      list: () => suspensions.list(uid),
      change: (_run, node, task) => suspensions.change(uid, node, task),
      take: (_run, node) => suspensions.take(uid, node),
    },
    memo: world.memo,
    registerTaskDefinition: world.registerTaskDefinition,
    completeJob: world.completeJob,
    earlier: world.earlier,
    failures: async () => {
      const record = await runs.get(uid);
      if (record === undefined) return null;
      const status = await readRunStatus({ ...clients, ...world }, record);
      return failuresOf(status, record.name);
    },
    orders: async () => (await runs.get(uid)) ?? {},
    answer: world.answer,
    readYaml: readYamlValue,
    fetch: clients.fetch,
    secret: async (name, key) =>
      (await secretData(clients.secret, environment.secretsPrefix, name))?.[key] ?? '',
    now: clients.now,
    sleep: clients.sleep,
    // Few runs need what unpacks archives.
    artifactText: async (artifact) => {
      const { artifactText } = await import('../executor/artifact-text.ts');
      return await artifactText(artifact, {
        stores: { blobs: runStore(world.blobs, uid) },
        lookup: async (_kind, name) => await secretData(clients.secret, environment.secretsPrefix, name),
      });
    },
    ...(world.cluster === undefined ? {} : { cluster: world.cluster }),
  };
}
