/** The program of the containers `init` and `wait` around a user's container. */
import { readFile, writeFile } from 'node:fs/promises';
import { nodeId } from '../lib/argo/node-id.ts';
import { type ExecutorWorld, executorWorld } from '../lib/aws/executor-world.ts';
import { readYamlValue } from '../lib/compiler/1-parse/plain-value.ts';
import type { Bundle } from '../lib/evaluate/bundle.ts';
import { bucketsWithin } from '../lib/executor/artifact-stores.ts';
import type { ExecutorContext } from '../lib/executor/executor-context.ts';
import { runInit, runNothing } from '../lib/executor/init-command.ts';
import type { ObjectLookup } from '../lib/executor/objects.ts';
import { runWait, tellOutcome } from '../lib/executor/wait-command.ts';
import { heedWrittenOrders } from '../lib/handlers/heed-orders.ts';
import { taskSpecOf } from '../lib/handlers/task-spec.ts';
import { isSuspendedError, isToldError } from '../lib/handlers/world.ts';
import { type BlobStore, blobJson, runBundleKey } from '../lib/protocol/blob-store.ts';
import { type Outcome, SUSPENDED } from '../lib/protocol/outcome.ts';
import { NODE_ENV, SHARED_PATH, STORE_ENV, TASK_ENV } from '../lib/protocol/run-task.ts';
import { readTaskOrder, runOfOrder, type TaskOrder } from '../lib/protocol/task-order.ts';
import type { TaskSpec } from '../lib/protocol/task-spec.ts';
import { folderStore } from '../lib/store/folder-store.ts';

/** What a local engine hands over: ConfigMaps and Secrets, and which containers have ended. */
const OBJECTS_FILE = '/executor/objects.json';
const ENDED_FOLDER = `${SHARED_PATH}/ended`;

/** What `init` made of its order; `wait` finds it on the shared volume. */
interface Prepared {
  /** The run whose folder of the store the task keeps its files in. */
  readonly run: string;
  readonly spec?: TaskSpec;
  /** The run is suspended: the task is to be started again once it is not any more. */
  readonly isHeld?: true;
  /** The leaf ended before it began; where that is kept. */
  readonly ended?: { readonly outcome: Outcome; readonly run: string; readonly nodeId: string };
}

const PREPARED_FILE = `${SHARED_PATH}/task.json`;
const BUSYBOX = '/executor/busybox';

async function init(): Promise<void> {
  const order = readTaskOrder(needed(TASK_ENV));
  const run = runOfOrder(order) ?? '';
  const { blobs } = openWorld(run);
  const world = { blobs, bundle: () => readBundle(blobs, order), readYaml: readYamlValue };
  const specOf = async () => {
    await heedWrittenOrders(order, blobs);
    return await taskSpecOf(order, world);
  };
  const prepared = await specOf().then(
    (spec): Prepared => ({ run, spec: { ...spec, node: needed(NODE_ENV) } }),
    (thrown: unknown): Prepared => {
      if (isSuspendedError(thrown)) return { run, isHeld: true };
      if (!isToldError(thrown) || !('phase' in thrown.told) || order.kind !== 'template') throw thrown;
      const { node, run: of } = order.request;
      return { run, ended: { outcome: thrown.told, run: of.name, nodeId: nodeId(of.name, node) } };
    },
  );
  await writeFile(PREPARED_FILE, JSON.stringify(prepared));
  if (prepared.spec === undefined) return await runNothing(SHARED_PATH, BUSYBOX);
  await runInit(await contextOf(prepared.spec, run), BUSYBOX);
}

async function readBundle(blobs: BlobStore, order: TaskOrder): Promise<Bundle> {
  const key = order.kind === 'template' ? runBundleKey(order.request.run.name) : '';
  const bundle = await blobJson<Bundle>(blobs, key);
  if (bundle === undefined) throw new Error(`the templates of this run are gone: ${key}`);
  return bundle;
}

async function wait(): Promise<void> {
  const { run, spec, ended, isHeld } = JSON.parse(await readFile(PREPARED_FILE, 'utf8')) as Prepared;
  const world = openWorld(run);
  if (spec !== undefined) await runWait(await contextOf(spec, run, world));
  else if (ended !== undefined) {
    const { reporter } = (await world.aws?.context('')) ?? {};
    await tellOutcome(world.blobs, ended, ended.outcome, reporter);
  } else if (isHeld) {
    const { reporter } = (await world.aws?.context('')) ?? {};
    await reporter?.({ ok: false, error: SUSPENDED, cause: 'the run is suspended' });
  }
  if (world.aws !== undefined) process.exitCode = world.aws.exitCode();
}

interface OpenWorld {
  readonly aws: ExecutorWorld | undefined;
  /** The store as the run sees it. */
  readonly blobs: BlobStore;
}

function openWorld(run: string): OpenWorld {
  const store = needed(STORE_ENV);
  if (!store.startsWith('s3://')) {
    return { aws: undefined, blobs: openStore(store) };
  }
  const aws = executorWorld(store, run, process.env);
  return { aws, blobs: aws.blobs };
}

async function contextOf(spec: TaskSpec, run: string, world = openWorld(run)): Promise<ExecutorContext> {
  return {
    spec,
    blobs: world.blobs,
    bucket: bucketsWithin(world.blobs),
    lookup: await objectsOf(OBJECTS_FILE),
    shared: SHARED_PATH,
    ip: process.env['ARGOSY_IP'] ?? '127.0.0.1',
    endedContainers,
    ...(await world.aws?.context(spec.namespace)),
  };
}

async function main(command: string | undefined): Promise<void> {
  if (command === 'init') await init();
  else if (command === 'wait') await wait();
  else throw new Error(`unknown command ${command}: init or wait`);
}

function needed(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
}

function openStore(address: string): BlobStore {
  if (address.startsWith('file://')) return folderStore(new URL(address).pathname);
  throw new Error(`${STORE_ENV} names a store of an unknown kind: ${address}`);
}

async function objectsOf(file: string): Promise<ObjectLookup> {
  const text = await readFile(file, 'utf8').catch(() => '{}');
  const objects = JSON.parse(text) as Record<string, Record<string, string>>;
  return async (kind, name) => objects[`${kind}/${name}`];
}

async function endedContainers(): Promise<
  Readonly<Record<string, { exitCode: number; outOfMemory: boolean }>>
> {
  const text = await readFile(`${ENDED_FOLDER}/containers.json`, 'utf8').catch(() => '{}');
  return JSON.parse(text) as Record<string, { exitCode: number; outOfMemory: boolean }>;
}

// The task's end is told to all of its containers; `wait` still has to bring the outputs to safety.
process.on('SIGTERM', () => undefined);

main(process.argv[2]).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
