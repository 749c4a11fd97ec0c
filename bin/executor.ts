/** The program of the containers `init` and `wait` around a user's container. */
import { readFile } from 'node:fs/promises';
import { executorWorld } from '../lib/aws/executor-world.ts';
import { bucketsWithin } from '../lib/executor/artifact-stores.ts';
import type { ExecutorContext } from '../lib/executor/executor-context.ts';
import { runInit } from '../lib/executor/init-command.ts';
import type { ObjectLookup } from '../lib/executor/objects.ts';
import { runWait } from '../lib/executor/wait-command.ts';
import type { BlobStore } from '../lib/protocol/blob-store.ts';
import { NODE_ENV, SHARED_PATH, STORE_ENV, TASK_SPEC_ENV } from '../lib/protocol/run-task.ts';
import type { TaskSpec } from '../lib/protocol/task-spec.ts';
import { folderStore } from '../lib/store/folder-store.ts';

/** What a local engine hands over: ConfigMaps and Secrets, and which containers have ended. */
const OBJECTS_FILE = '/executor/objects.json';
const ENDED_FOLDER = `${SHARED_PATH}/ended`;

async function main(command: string | undefined): Promise<void> {
  const store = needed(STORE_ENV);
  const key = needed(TASK_SPEC_ENV);
  const aws = store.startsWith('s3://') ? executorWorld(store, key, process.env) : undefined;
  const blobs = aws?.blobs ?? openStore(store);
  const data = await blobs.get(key);
  if (data === undefined) throw new Error(`there is no task spec at ${key}`);
  const spec = JSON.parse(Buffer.from(data).toString('utf8')) as TaskSpec;
  const node = process.env[NODE_ENV];
  const context: ExecutorContext = {
    spec: node === undefined || node === '' ? spec : { ...spec, node },
    blobs,
    bucket: bucketsWithin(blobs),
    lookup: await objectsOf(OBJECTS_FILE),
    shared: SHARED_PATH,
    ip: process.env['ARGOSY_IP'] ?? '127.0.0.1',
    endedContainers,
    ...(await aws?.context(spec.namespace)),
  };
  if (command === 'init') await runInit(context, '/executor/busybox');
  else if (command === 'wait') await runWait(context);
  else throw new Error(`unknown command ${command}: init or wait`);
  if (aws !== undefined && command === 'wait') process.exitCode = aws.exitCode();
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
