/** Runs one ECS task definition on a Docker Engine as ECS would: one network, shared volumes, `dependsOn`, essential. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

import { pack } from 'tar-stream';

import {
  type ContainerDefinition,
  EXECUTOR_IMAGE,
  INIT_CONTAINER,
  SHARED_PATH,
  STORE_ENV,
  WAIT_CONTAINER,
} from '../../protocol/run-task.ts';
import type { TaskSpec } from '../../protocol/task-spec.ts';
import type { EngineRequest, LogLine } from '../engine.ts';
import { type DockerApi, DockerError, demultiplex } from './api.ts';
import { BUSYBOX_IN_IMAGE } from './executor-image.ts';
import type { Images } from './images.ts';

export interface TaskSetup {
  readonly api: DockerApi;
  readonly images: Images;
  readonly executorImage: string;
  /** Distinguishes this engine's containers and volumes from all others. */
  readonly labels: Readonly<Record<string, string>>;
  readonly network: string;
}

export interface Task {
  readonly setup: TaskSetup;
  readonly request: EngineRequest;
  readonly spec: TaskSpec;
  /** Name of everything that belongs to the task. */
  readonly id: string;
  /** Folder of the blob store. */
  readonly store: string;
  readonly objects: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface TaskRun {
  readonly task: Task;
  readonly containers: ReadonlyMap<string, string>;
  /** Of the whole task's network. */
  readonly ip: string;
}

interface Inspected {
  readonly State: { readonly ExitCode: number; readonly OOMKilled: boolean };
  readonly NetworkSettings: {
    readonly IPAddress?: string;
    readonly Networks?: Readonly<Record<string, { readonly IPAddress?: string }>>;
  };
}

const STORE_IN_CONTAINER = '/argosy-store';
const EXECUTOR_CONTAINERS = [INIT_CONTAINER, WAIT_CONTAINER];

/** Creates everything; nothing but the network is started. */
export async function createTask(task: Task): Promise<TaskRun> {
  const { api } = task.setup;
  await createVolumes(task);
  const pause = await createPause(task);
  const ip = await addressOf(api, pause);
  const { containerDefinitions } = task.request.taskDefinition;
  const created = await Promise.all(
    containerDefinitions.map(async (definition) => {
      const body = await containerBody(task, definition, pause, ip);
      return [definition.name, await createContainer(task, definition.name, body)] as const;
    }),
  );
  const containers = new Map(created);
  const objects = JSON.stringify(task.objects);
  for (const name of EXECUTOR_CONTAINERS)
    await putFile(api, containers.get(name), '/executor', 'objects.json', objects);
  return { task, containers, ip };
}

async function createVolumes(task: Task): Promise<void> {
  for (const volume of task.request.taskDefinition.volumes) {
    if (volume.efs !== undefined) await mkdir(claimFolder(task, volume.efs.claim), { recursive: true });
    else await createVolume(task, volume.name);
  }
}

async function createVolume({ setup, id }: Task, name: string): Promise<void> {
  const body = { Name: `${id}-${name}`, Labels: setup.labels };
  await setup.api.call({ method: 'POST', path: '/volumes/create', body });
}

function claimFolder({ request }: Task, claim: string): string {
  return join(request.claims, encodeURIComponent(claim));
}

/** Holds the network name space that the task's containers share, as under `awsvpc`. */
async function createPause(task: Task): Promise<string> {
  const { setup, spec } = task;
  const hostName = task.setup.network === 'host' ? {} : { Hostname: spec.podName.slice(0, 63) };
  const pause = await createContainer(task, 'pause', {
    Image: setup.executorImage,
    Entrypoint: [BUSYBOX_IN_IMAGE, 'sleep', '2147483647'],
    ...hostName,
    HostConfig: { NetworkMode: setup.network, Init: true },
  });
  await setup.api.call({ method: 'POST', path: `/containers/${pause}/start` });
  return pause;
}

async function addressOf(api: DockerApi, container: string): Promise<string> {
  const { NetworkSettings } = await api.call<Inspected>({
    method: 'GET',
    path: `/containers/${container}/json`,
  });
  const all = [
    NetworkSettings.IPAddress,
    ...Object.values(NetworkSettings.Networks ?? {}).map((one) => one.IPAddress),
  ];
  return all.find((ip) => ip !== undefined && ip !== '') ?? '127.0.0.1';
}

async function createContainer(task: Task, name: string, body: object): Promise<string> {
  const { api, labels } = task.setup;
  const query = { name: `${task.id}-${name}` };
  const whole = { ...body, Labels: labels };
  return (await api.call<{ Id: string }>({ method: 'POST', path: '/containers/create', query, body: whole }))
    .Id;
}

async function containerBody(
  task: Task,
  definition: ContainerDefinition,
  pause: string,
  ip: string,
): Promise<object> {
  const { setup } = task;
  const isOurs = definition.image === EXECUTOR_IMAGE;
  const isPosix = process.getuid !== undefined && process.getuid() !== 0;
  // What `wait` leaves in the store belongs to whoever runs this, not to root.
  const own =
    isPosix && definition.name === WAIT_CONTAINER ? `${process.getuid?.()}:${process.getgid?.()}` : undefined;
  const user = definition.user ?? own;
  const command = isOurs ? (definition.command ?? []) : await userCommand(task, definition);
  const mounts = (definition.mountPoints ?? []).map((point) => mountOf(task, point));
  const store = { Type: 'bind', Source: task.store, Target: STORE_IN_CONTAINER };
  return {
    Image: isOurs ? setup.executorImage : definition.image,
    ...(definition.entryPoint && { Entrypoint: definition.entryPoint }),
    Cmd: command,
    Env: environment(task, definition, isOurs, ip),
    ...(user !== undefined && { User: user }),
    ...(definition.workingDirectory !== undefined && { WorkingDir: definition.workingDirectory }),
    HostConfig: {
      NetworkMode: `container:${pause}`,
      Init: true,
      Privileged: definition.privileged === true,
      ReadonlyRootfs: definition.readonlyRootFilesystem === true,
      Mounts: isOurs ? [...mounts, store] : mounts,
    },
  };
}

/** What the wrapper falls back on where the task spec names no command (`lib/protocol/run-task.ts`). */
async function userCommand(task: Task, definition: ContainerDefinition): Promise<readonly string[]> {
  const { entrypoint, command } = await task.setup.images.command(definition.image);
  return definition.command ?? [String(entrypoint.length), ...entrypoint, ...command];
}

function mountOf(task: Task, point: NonNullable<ContainerDefinition['mountPoints']>[number]): object {
  const { sourceVolume, containerPath: Target, readOnly } = point;
  const efs = task.request.taskDefinition.volumes.find(({ name }) => name === sourceVolume)?.efs;
  const ReadOnly = readOnly === true;
  if (efs !== undefined) return { Type: 'bind', Source: claimFolder(task, efs.claim), Target, ReadOnly };
  return { Type: 'volume', Source: `${task.id}-${sourceVolume}`, Target, ReadOnly };
}

function environment(
  task: Task,
  definition: ContainerDefinition,
  isOurs: boolean,
  ip: string,
): readonly string[] {
  const fixed = (definition.environment ?? []).map(({ name, value }) => `${name}=${value}`);
  const overrides = task.request.arguments.Overrides.ContainerOverrides;
  const given = overrides.find(({ Name }) => Name === definition.name)?.Environment ?? [];
  const ours = isOurs ? [`${STORE_ENV}=file://${STORE_IN_CONTAINER}`, `ARGOSY_IP=${ip}`] : [];
  return [...fixed, ...given.map(({ Name, Value }) => `${Name}=${Value}`), ...ours];
}

/** Starts `init`, then all others; resolves to the exit code of `wait`. */
export async function runTask(run: TaskRun): Promise<number> {
  const { api } = run.task.setup;
  const init = run.containers.get(INIT_CONTAINER)!;
  await api.call({ method: 'POST', path: `/containers/${init}/start` });
  const initCode = await exitOf(api, init);
  if (initCode !== 0) throw new Error(`init: exit code ${initCode}: ${await logTail(api, init)}`);
  const others = [...run.containers].filter(([name]) => name !== INIT_CONTAINER);
  const watching: Promise<void>[] = [];
  // The task may be taken away under whoever watches it, also while this still starts containers.
  const watch = (...all: readonly Promise<void>[]) =>
    watching.push(...all.map((one) => one.catch(() => undefined)));
  const ended: Record<string, { exitCode: number; outOfMemory: boolean }> = {};
  for (const [name, id] of others) {
    // Attached before the start nothing is lost, even of a container that ends at once.
    if (name !== WAIT_CONTAINER) watch(...(await followLog(run, name, id)));
    await api.call({ method: 'POST', path: `/containers/${id}/start` });
    if (name !== WAIT_CONTAINER) watch(watchEnd(run, name, id, ended));
  }
  const code = await exitOf(api, run.containers.get(WAIT_CONTAINER)!);
  await stopAll(run);
  await Promise.all(watching);
  return code;
}

async function exitOf(api: DockerApi, id: string): Promise<number> {
  const { StatusCode } = await api.call<{ StatusCode: number }>({
    method: 'POST',
    path: `/containers/${id}/wait`,
  });
  return StatusCode;
}

/** A wrapper that was killed can write no exit code: `wait` is told what the engine saw. */
async function watchEnd(
  run: TaskRun,
  name: string,
  id: string,
  ended: Record<string, { exitCode: number; outOfMemory: boolean }>,
): Promise<void> {
  const { api } = run.task.setup;
  const exitCode = await exitOf(api, id);
  if (exitCode < 125) return;
  const { State } = await api.call<Inspected>({ method: 'GET', path: `/containers/${id}/json` });
  ended[name] = { exitCode, outOfMemory: State.OOMKilled };
  const wait = run.containers.get(WAIT_CONTAINER);
  await putFile(api, wait, SHARED_PATH, 'ended/containers.json', JSON.stringify(ended)).catch(
    () => undefined,
  );
}

async function stopAll(run: TaskRun): Promise<void> {
  const { api } = run.task.setup;
  const users = [...run.containers].filter(([name]) => !EXECUTOR_CONTAINERS.includes(name));
  const t = run.task.spec.terminationGraceSeconds ?? 30;
  await Promise.all(
    users.map(([, id]) =>
      api.call({ method: 'POST', path: `/containers/${id}/stop`, query: { t } }).catch(ignoreGone),
    ),
  );
}

/** Tells the main containers to end; `wait` then collects what they leave. */
export async function endMain(run: TaskRun): Promise<void> {
  const { api } = run.task.setup;
  const t = run.task.spec.terminationGraceSeconds ?? 30;
  const ids = run.task.spec.containers
    .map(({ name }) => run.containers.get(name))
    .filter((id) => id !== undefined);
  await Promise.all(
    ids.map((id) =>
      api.call({ method: 'POST', path: `/containers/${id}/stop`, query: { t } }).catch(ignoreGone),
    ),
  );
}

function ignoreGone(error: unknown): void {
  if (!(error instanceof DockerError)) throw error;
}

/** Removes whatever bears the task's name. */
export async function removeTask({ setup, id, request }: Task): Promise<void> {
  const { api } = setup;
  const names = [...request.taskDefinition.containerDefinitions.map(({ name }) => name), 'pause'];
  const remove = (path: string, query: { force: boolean; v?: boolean }) =>
    api.call({ method: 'DELETE', path, query }).catch(ignoreGone);
  await Promise.all(names.map((name) => remove(`/containers/${id}-${name}`, { force: true, v: true })));
  const volumes = request.taskDefinition.volumes.filter(({ efs }) => efs === undefined);
  await Promise.all(volumes.map(({ name }) => remove(`/volumes/${id}-${name}`, { force: true })));
}

export async function logTail(api: DockerApi, id: string): Promise<string> {
  const query = { stdout: true, stderr: true, tail: 5 };
  const answer = await api.open({ method: 'GET', path: `/containers/${id}/logs`, query });
  const chunks: Buffer[] = [];
  for await (const { chunk } of demultiplex(answer as AsyncIterable<Buffer>)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8').trim().slice(-1000);
}

/** Resolves once it listens, to what resolves when there is nothing more to hear. */
async function followLog(run: TaskRun, container: string, id: string): Promise<Promise<void>[]> {
  const { onLog } = run.task.request;
  if (onLog === undefined) return [];
  const node = run.task.spec.node;
  const query = { stream: true, stdout: true, stderr: true };
  const answer = await run.task.setup.api.open({ method: 'POST', path: `/containers/${id}/attach`, query });
  const lines = { stdout: lineReader(), stderr: lineReader() };
  const emit = (stream: LogLine['stream'], line: string) => onLog({ node, container, stream, line });
  const listen = async () => {
    for await (const { stream, chunk } of demultiplex(answer as AsyncIterable<Buffer>)) {
      for (const line of lines[stream].take(chunk)) emit(stream, line);
    }
    for (const stream of ['stdout', 'stderr'] as const) {
      const rest = lines[stream].rest();
      if (rest !== '') emit(stream, rest);
    }
  };
  const listening = listen();
  listening.catch(() => undefined);
  return [listening];
}

function lineReader() {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  return {
    take: (chunk: Buffer): readonly string[] => {
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = lines.pop() ?? '';
      return lines;
    },
    rest: () => rest,
  };
}

async function putFile(
  api: DockerApi,
  id: string | undefined,
  folder: string,
  name: string,
  content: string,
): Promise<void> {
  if (id === undefined) return;
  const archive = pack();
  archive.entry({ name, mode: 0o644 }, content);
  archive.finalize();
  const path = `/containers/${id}/archive`;
  const stream = archive as unknown as Readable;
  await api.call({ method: 'PUT', path, query: { path: folder }, stream, contentType: 'application/x-tar' });
}
