/** The container `init`: fills the shared volume with the wrapper, inputs, and what each container is to run. */
import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, posix } from 'node:path';

import { SHARED_PATH, volumePath } from '../protocol/run-task.ts';
import type { ContainerSpec, TaskSpec } from '../protocol/task-spec.ts';
import { containerCommand, withLongArguments } from './container-command.ts';
import { containerEnv } from './container-env.ts';
import type { ExecutorContext } from './executor-context.ts';
import { loadArtifact, messageOf } from './load-artifact.ts';
import { StartError } from './objects.ts';
import { entryParts } from './safe-path.ts';
import { writeVolumeFiles } from './volume-files.ts';
import {
  CALM,
  CONTAINER_FILES as FILES,
  INIT_FAILED,
  OUTPUTS_FOLDER,
  WRAPPER_SCRIPT,
} from './wrapper-script.ts';

/** Why nothing of the user's runs, told to `wait`. */
export interface InitFailure {
  readonly kind: 'startError' | 'initError';
  readonly message: string;
}

/** Never fails: a failure is left on the shared volume, since `wait` would not be started after a failed init. */
export async function runInit(context: ExecutorContext, busybox: string): Promise<void> {
  const { shared } = context;
  await placeWrapper(shared, busybox);
  if (context.isCalm) await writeFile(join(shared, CALM), '');
  try {
    await prepare(context);
  } catch (error) {
    const kind = error instanceof StartError ? 'startError' : 'initError';
    const failure: InitFailure = { kind, message: messageOf(error) };
    await writeFile(join(shared, INIT_FAILED), JSON.stringify(failure));
  }
}

/** Leaves the wrapper in each container nothing to do: the leaf has ended before it began. */
export async function runNothing(shared: string, busybox: string): Promise<void> {
  await placeWrapper(shared, busybox);
  await writeFile(join(shared, INIT_FAILED), '{}');
}

async function placeWrapper(shared: string, busybox: string): Promise<void> {
  // The folder of a pod is everybody's already, and not ours to change.
  await chmod(shared, 0o1777).catch(() => undefined);
  await copyFile(busybox, join(shared, 'busybox'));
  await chmod(join(shared, 'busybox'), 0o755);
  await writeFile(join(shared, 'run.sh'), WRAPPER_SCRIPT);
  await open(join(shared, OUTPUTS_FOLDER));
}

async function prepare(context: ExecutorContext): Promise<void> {
  const { spec } = context;
  for (const volume of spec.volumes) {
    if (volume.kind === 'emptyDir' || volume.kind === 'claim') continue;
    await mkdir(volumePath(volume.name), { recursive: true });
    await writeVolumeFiles(volume, volumePath(volume.name), context.lookup);
  }
  const inputs = await loadInputs(context);
  for (const [index, container] of spec.initContainers.entries()) {
    const before = index === 0 ? [] : [spec.initContainers[index - 1]!.name];
    const seen = container.mirrorVolumeMounts === true ? inputs : [];
    await prepareContainer(context, container, { [FILES.initBefore]: lines(before) }, seen);
  }
  const last = lines(spec.initContainers.slice(-1).map(({ name }) => name));
  for (const container of spec.containers) {
    const isMain = container.name === 'main';
    const files = { [FILES.initBefore]: last, ...mainFiles(spec, container, isMain) };
    await prepareContainer(context, container, files, isMain ? inputs : []);
  }
  for (const container of spec.sidecars) {
    const seen = container.mirrorVolumeMounts === true ? inputs : [];
    await prepareContainer(context, container, { [FILES.initBefore]: last }, seen);
  }
}

interface LoadedInput {
  readonly path: string;
  readonly file: string;
}

async function loadInputs({ spec, ...context }: ExecutorContext): Promise<readonly LoadedInput[]> {
  const loaded: LoadedInput[] = [];
  const inputs = [...spec.inputs.artifacts].sort((a, b) => a.path.length - b.path.length);
  const stores = { blobs: context.blobs, ...(context.bucket && { bucket: context.bucket }) };
  for (const [index, input] of inputs.entries()) {
    const file = join('inputs', String(index), posix.basename(input.path) || 'root');
    const there = await loadArtifact(input, join(context.shared, file), { stores, lookup: context.lookup });
    if (there) loaded.push({ path: input.path, file: posix.join(SHARED_PATH, file) });
  }
  return loaded;
}

type Files = Readonly<Record<string, string | undefined>>;

function mainFiles(spec: TaskSpec, container: ContainerSpec, isMain: boolean): Files {
  const outputs = [
    ...spec.outputs.parameters.map(({ path }, index) => ['p', String(index), path]),
    ...spec.outputs.artifacts.map(({ path }, index) => ['a', String(index), path]),
  ];
  const retry = spec.containerSetRetry;
  const probe = spec.daemon ? probeCommand(container) : undefined;
  const { deadline, activeDeadlineSeconds: active } = spec;
  return {
    [FILES.before]: lines(container.dependencies ?? []),
    [FILES.fellows]: lines(spec.containers.map(({ name }) => name).filter((name) => name !== container.name)),
    [FILES.outputs]: isMain && outputs.length > 0 ? terminated(outputs.flat()) : undefined,
    [FILES.capture]: isMain && spec.outputs.result ? '' : undefined,
    [FILES.logs]: spec.archiveLogs ? '' : undefined,
    [FILES.deadline]: deadline === undefined ? undefined : `${Math.ceil(deadline / 1000)}\n`,
    [FILES.active]: active === undefined ? undefined : `${Math.ceil(active)}\n`,
    [FILES.grace]: `${spec.terminationGraceSeconds ?? 30}\n`,
    [FILES.tries]: retry === undefined ? undefined : `${Math.max(1, retry.retries)}\n`,
    [FILES.pause]: retry === undefined ? undefined : `${(retry.durationMs ?? 0) / 1000}\n`,
    [FILES.probe]: probe === undefined ? undefined : terminated(probe),
  };
}

export function probeCommand(container: ContainerSpec): readonly string[] | undefined {
  const exec = container.readinessProbe?.['exec'] as { readonly command?: readonly string[] } | undefined;
  return exec?.command?.map(String);
}

async function prepareContainer(
  context: ExecutorContext,
  container: ContainerSpec,
  more: Files,
  inputs: readonly LoadedInput[],
): Promise<void> {
  const { spec, shared } = context;
  const folder = join(shared, 'ctr', container.name);
  const inContainer = posix.join(SHARED_PATH, 'ctr', container.name);
  await mkdir(join(shared, 'ctr'), { recursive: true });
  await open(folder);
  const env = await containerEnv(spec, container, context.lookup, {
    ip: context.ip,
    hostName: hostname(),
    ...(context.downward && { downward: context.downward }),
  });
  const script = container.source === undefined ? undefined : posix.join(inContainer, 'script');
  if (container.source !== undefined) await writeOpen(join(folder, 'script'), container.source, 0o755);
  // Without a command of its own only what follows the image's entrypoint is known here.
  const own = container.command !== undefined;
  const hasWords = own || container.args !== undefined || script !== undefined;
  const image = { entrypoint: own ? [] : ['?'], command: [] };
  const whole = hasWords ? containerCommand(container, image, env, script) : [];
  const { words, files } = withLongArguments(whole);
  const links = [...inputLinks(container, inputs, false), ...subPathLinks(container)];
  for (const [index, { path, content }] of files.entries()) {
    await writeOpen(join(folder, `long-${index}`), content, 0o644);
    links.push(posix.join(inContainer, `long-${index}`), path);
  }
  const copies = inputLinks(container, inputs, true);
  const prepared: Files = {
    [FILES.command]: own ? terminated(words) : undefined,
    [FILES.args]: own || !hasWords ? undefined : terminated(words.slice(1)),
    [FILES.env]: terminated(Object.entries(env).map(([name, value]) => `${name}=${value}`)),
    [FILES.workingDir]: container.workingDir === undefined ? undefined : `${container.workingDir}\0`,
    [FILES.links]: links.length === 0 ? undefined : terminated(links),
    [FILES.copies]: copies.length === 0 ? undefined : terminated(copies),
    ...more,
  };
  for (const [name, content] of Object.entries(prepared)) {
    if (content !== undefined) await writeOpen(join(folder, name), content, 0o644);
  }
}

/** Inputs are linked to their places; into a volume, which may outlive the task, they are copied. */
function inputLinks(container: ContainerSpec, inputs: readonly LoadedInput[], copied: boolean): string[] {
  const inVolume = (path: string) => container.mounts.some(({ mountPath }) => isBelow(mountPath, path));
  return inputs.filter(({ path }) => inVolume(path) === copied).flatMap(({ path, file }) => [file, path]);
}

function isBelow(folder: string, path: string): boolean {
  const clean = posix.normalize(folder).replace(/\/+$/, '');
  return posix.normalize(path) === clean || posix.normalize(path).startsWith(`${clean}/`);
}

function subPathLinks(container: ContainerSpec): string[] {
  return container.mounts.flatMap((mount) =>
    mount.subPath === undefined
      ? []
      : [
          posix.join(volumePath(mount.volume), ...entryParts(mount.subPath)),
          posix.normalize(mount.mountPath),
        ],
  );
}

function lines(names: readonly string[]): string | undefined {
  return names.length === 0 ? undefined : names.map((name) => `${name}\n`).join('');
}

function terminated(words: readonly string[]): string {
  return words.map((word) => `${word}\0`).join('');
}

/** Containers run as whatever user their image says; the mode must not be cut by a umask. */
async function open(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o1777);
}

async function writeOpen(file: string, content: string, mode: number): Promise<void> {
  await writeFile(file, content);
  await chmod(file, mode);
}
