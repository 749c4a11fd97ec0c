/** The engine that runs task definitions on Docker, as they run on ECS. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

import { answerOf } from '../../executor/report.ts';
import { OUTCOME_FILE, READY_FILE } from '../../executor/wait-command.ts';
import { nodeKey } from '../../protocol/blob-store.ts';
import type { Outcome } from '../../protocol/outcome.ts';
import { WAIT_CONTAINER } from '../../protocol/run-task.ts';
import type { TaskSpec } from '../../protocol/task-spec.ts';
import { type Engine, type EngineRequest, taskFailure } from '../engine.ts';
import { createSlots } from '../slots.ts';
import { type DockerApi, DockerError, dockerAddress, dockerApi } from './api.ts';
import { type ExecutorImageSources, executorImage } from './executor-image.ts';
import { createImages, ImageError, type PullPolicy } from './images.ts';
import { referencedObjects } from './references.ts';
import {
  createTask,
  endMain,
  logTail,
  removeTask,
  runTask,
  type Task,
  type TaskRun,
  type TaskSetup,
} from './task.ts';

export interface DockerEngineOptions {
  /** The executor's image, or what it is made of. */
  readonly executor: { readonly image: string } | ExecutorImageSources;
  /** @default 'missing' */
  readonly pull?: PullPolicy;
  /** Network of the tasks: `bridge`, `none`, `host` or a name. @default 'bridge' */
  readonly network?: string;
  /** How many leaves run at once; daemons do not count. @default 8 */
  readonly parallel?: number;
  /** Environment that says where the engine is (DOCKER_HOST). @default that of this process */
  readonly env?: NodeJS.ProcessEnv;
}

const READY_POLL_MS = 50;
const OWNER = 'argosy.process';

/** The Docker Engine that answers here, if any. */
export async function findDocker(env: NodeJS.ProcessEnv = process.env): Promise<DockerApi | undefined> {
  const address = dockerAddress(env);
  if (address === undefined) return undefined;
  const api = dockerApi(address);
  try {
    await api
      .open({ method: 'GET', path: '/_ping', signal: AbortSignal.timeout(5_000) })
      .then((answer) => answer.resume());
    return api;
  } catch {
    return undefined;
  }
}

interface Work {
  readonly setup: TaskSetup;
  readonly closing: AbortSignal;
  readonly daemons: Map<string, { readonly stop: () => void; readonly ended: Promise<Outcome> }>;
}

export async function createDockerEngine(options: DockerEngineOptions): Promise<Engine> {
  const api = await findDocker(options.env);
  if (api === undefined)
    throw new Error('no Docker Engine answers: start one, or say where it is with DOCKER_HOST');
  await removeOrphans(api);
  const image =
    'image' in options.executor ? options.executor.image : await executorImage(api, options.executor);
  const images = createImages(api, options.pull ?? 'missing');
  if ('image' in options.executor) await images.command(image);
  const id = `argosy-${randomBytes(4).toString('hex')}`;
  const labels = { argosy: id, [OWNER]: `${hostname()}:${process.pid}` };
  const setup: TaskSetup = {
    api,
    images,
    executorImage: image,
    labels,
    network: options.network ?? 'bridge',
  };
  const slots = createSlots(options.parallel ?? 8);
  const closing = new AbortController();
  const work: Work = { setup, closing: closing.signal, daemons: new Map() };
  const running = new Set<Promise<unknown>>();
  let count = 0;
  const track = async <T>(promise: Promise<T>): Promise<T> => {
    running.add(promise);
    return await promise.finally(() => running.delete(promise));
  };
  return {
    name: 'docker',
    description: 'steps run in containers of their images, on Docker',
    runTask: async (request) => {
      const { spec } = request;
      const name = `${id}-${count++}`;
      if (spec.daemon) return await runDaemon(work, spec, request, name, track);
      const giveBack = await slots.take(request.signal);
      try {
        return settle(await track(runLeaf(work, spec, request, name, () => undefined)));
      } finally {
        giveBack();
      }
    },
    stop: async (node) => {
      const daemon = work.daemons.get(node);
      daemon?.stop();
      return await daemon?.ended;
    },
    close: async () => {
      closing.abort(new Error('the engine was closed'));
      await Promise.allSettled([...running]);
      await removeLabelled(api, `argosy=${id}`);
    },
  };
}

function settle(outcome: Outcome): Outcome {
  const answer = answerOf(outcome);
  if (answer.ok) return answer.output;
  throw taskFailure(answer.error, answer.cause);
}

/** The outcome, whatever it is; rejects with the signal's reason when it was cancelled. */
async function runLeaf(
  work: Work,
  spec: TaskSpec,
  request: EngineRequest,
  id: string,
  onRunning: (run: TaskRun) => void,
  outlives?: AbortSignal,
): Promise<Outcome> {
  const signal = AbortSignal.any([work.closing, outlives ?? request.signal]);
  signal.throwIfAborted();
  const store = request.blobs.folder;
  if (store === undefined) throw new Error('the Docker engine needs a blob store that is a folder');
  const objects = await referencedObjects(spec, request.objects);
  const task: Task = { setup: work.setup, request, spec, id, store, objects };
  const startedAt = new Date(request.now()).toISOString();
  const key = nodeKey(spec.run, spec.nodeId, OUTCOME_FILE);
  const cancelled = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  cancelled.catch(() => undefined);
  const run = async (): Promise<Outcome> => {
    if (request.blobs.folder === undefined)
      throw new Error('the Docker engine needs a store that is a folder');
    for (const file of [OUTCOME_FILE, READY_FILE])
      await request.blobs.delete(nodeKey(spec.run, spec.nodeId, file));
    const created = await createTask(task);
    onRunning(created);
    const code = await runTask(created);
    const data = await request.blobs.get(key);
    if (data !== undefined) return JSON.parse(Buffer.from(data).toString('utf8')) as Outcome;
    const why = await logTail(work.setup.api, created.containers.get(WAIT_CONTAINER) ?? '');
    throw new Error(`wait: Error (exit code ${code}): ${why}`);
  };
  try {
    return await Promise.race([
      run().catch((error) => couldNotRun(error, spec, request, startedAt)),
      cancelled,
    ]);
  } finally {
    await removeTask(task);
  }
}

/** What the engine refuses is an Error of the node, never a stack trace. */
function couldNotRun(error: unknown, spec: TaskSpec, request: EngineRequest, startedAt: string): Outcome {
  const text = error instanceof Error ? error.message : String(error);
  const first = spec.containers[0]?.name ?? 'main';
  const before = (reason: string) => `Pod failed before ${first} container starts due to ${reason}: ${text}`;
  const message =
    error instanceof ImageError
      ? before('ErrImagePull')
      : error instanceof DockerError
        ? before('StartError')
        : text;
  return {
    node: spec.node,
    phase: 'Error',
    message,
    startedAt,
    finishedAt: new Date(request.now()).toISOString(),
  };
}

type Track = <T>(promise: Promise<T>) => Promise<T>;

async function runDaemon(
  work: Work,
  spec: TaskSpec,
  request: EngineRequest,
  id: string,
  track: Track,
): Promise<Outcome> {
  // Until it is ready the daemon ends with the call; afterwards only when it is stopped.
  const cancel = new AbortController();
  const abort = () => cancel.abort(request.signal.reason);
  request.signal.addEventListener('abort', abort, { once: true });
  if (request.signal.aborted) abort();
  let running: TaskRun | undefined;
  const ended = track(
    runLeaf(
      work,
      spec,
      request,
      id,
      (run) => {
        running = run;
      },
      cancel.signal,
    ),
  );
  const over = new AbortController();
  const finish = () => over.abort();
  ended.then(finish, finish);
  const ready = await untilReady(spec, request, over.signal);
  request.signal.removeEventListener('abort', abort);
  if (ready === undefined) return settle(await ended);
  const stop = () => {
    if (running !== undefined) endMain(running).catch(() => undefined);
  };
  const daemon = { stop, ended };
  work.daemons.set(spec.node, daemon);
  const forget = (outcome?: Outcome) => {
    if (work.daemons.get(spec.node) === daemon) work.daemons.delete(spec.node);
    if (outcome !== undefined) request.onDaemonEnd?.(outcome);
  };
  ended.then(forget, () => forget());
  return ready;
}

async function untilReady(
  spec: TaskSpec,
  request: EngineRequest,
  over: AbortSignal,
): Promise<Outcome | undefined> {
  const key = nodeKey(spec.run, spec.nodeId, READY_FILE);
  while (!over.aborted) {
    // An outcome of an earlier attempt is deleted when the leaf begins.
    await sleep(READY_POLL_MS, undefined, { signal: over }).catch(() => undefined);
    const data = over.aborted ? undefined : await request.blobs.get(key);
    if (data !== undefined) return JSON.parse(Buffer.from(data).toString('utf8')) as Outcome;
  }
  return undefined;
}

/** What a process of this machine left behind that is no more. */
async function removeOrphans(api: DockerApi): Promise<void> {
  const filters = JSON.stringify({ label: [OWNER] });
  const call = { method: 'GET', path: '/containers/json', query: { all: true, filters } } as const;
  const containers = await api.call<readonly { readonly Labels: Readonly<Record<string, string>> }[]>(call);
  const owners = new Set(containers.map(({ Labels }) => Labels[OWNER] ?? ''));
  for (const owner of owners) {
    const cut = owner.lastIndexOf(':');
    if (owner.slice(0, cut) !== hostname() || isAlive(Number(owner.slice(cut + 1)))) continue;
    await removeLabelled(api, `${OWNER}=${owner}`);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function removeLabelled(api: DockerApi, label: string): Promise<void> {
  const filters = JSON.stringify({ label: [label] });
  const listed = { method: 'GET', path: '/containers/json', query: { all: true, filters } } as const;
  const gone = () => undefined;
  for (const { Id } of await api.call<readonly { readonly Id: string }[]>(listed)) {
    await api
      .call({ method: 'DELETE', path: `/containers/${Id}`, query: { force: true, v: true } })
      .catch(gone);
  }
  const volumes = await api.call<{ readonly Volumes: readonly { readonly Name: string }[] | null }>({
    method: 'GET',
    path: '/volumes',
    query: { filters },
  });
  for (const { Name } of volumes.Volumes ?? []) {
    await api.call({ method: 'DELETE', path: `/volumes/${Name}`, query: { force: true } }).catch(gone);
  }
}
