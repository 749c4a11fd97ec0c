/** What a container of a pod knows of its pod: what Kubernetes was asked to tell it, and who is still alive. */
import { execFile } from 'node:child_process';
import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ALIVE, CONTAINER_FILES } from '../executor/wrapper-script.ts';
import { fieldVariable, JOB_ENV } from '../protocol/run-job.ts';
import type { ContainerState, TaskMetadata } from './task-metadata.ts';

/** Of a container that was killed without a code: SIGKILL, mostly for want of memory. */
const KILLED = 137;
const FRESH_MS = 1_000;

type Variables = Readonly<Record<string, string | undefined>>;

/** `taskArn` is `NAMESPACE/JOB`, by which a daemon is ended. */
export function podMetadata(variables: Variables, shared: string, now: () => number): TaskMetadata {
  const field = (path: string) => variables[fieldVariable(path)];
  let last: { readonly at: number; readonly ended: Readonly<Record<string, ContainerState>> } | undefined;
  return {
    taskArn: async () => {
      const job = variables[JOB_ENV];
      return job === undefined ? undefined : `${field('metadata.namespace')}/${job}`;
    },
    ip: async () => field('status.podIP') ?? '127.0.0.1',
    ended: async () => {
      if (last !== undefined && now() - last.at < FRESH_MS) return last.ended;
      last = { at: now(), ended: await endedIn(shared) };
      return last.ended;
    },
  };
}

/** A container whose wrapper held a lock, holds it no more, and has left no exit code, was killed. */
async function endedIn(shared: string): Promise<Readonly<Record<string, ContainerState>>> {
  const folder = join(shared, 'ctr');
  const names = await readdir(folder).catch(() => []);
  const ended: Record<string, ContainerState> = {};
  for (const name of names) {
    const alive = join(folder, name, ALIVE);
    const isOver = await exists(join(folder, name, CONTAINER_FILES.exitCode));
    if (isOver || !(await exists(alive)) || !(await isFree(join(shared, 'busybox'), alive))) continue;
    ended[name] = { exitCode: KILLED, outOfMemory: false };
  }
  return ended;
}

/** `flock` exits with 1 when somebody holds the lock; any other failure says nothing. */
function isFree(busybox: string, file: string): Promise<boolean> {
  return new Promise((done) => {
    execFile(busybox, ['flock', '-n', file, busybox, 'true'], (error) => done(error === null));
  });
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
