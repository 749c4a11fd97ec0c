/** Runs one leaf with processes: inputs, init containers, main containers with their sidecars, outputs. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { bucketsWithin } from '../../executor/artifact-stores.ts';
import { type Captured, captureOutputs } from '../../executor/capture-outputs.ts';
import {
  type ContainerEnd,
  type LeafEnd,
  markKilled,
  startErrorMessage,
  WRAPPER_FAILED,
} from '../../executor/infer-outcome.ts';
import { loadArtifact, messageOf } from '../../executor/load-artifact.ts';
import { StartError } from '../../executor/objects.ts';
import { createOutputTail, type OutputTail } from '../../executor/output-tail.ts';
import { leafOutcome } from '../../executor/report.ts';
import type { Outcome } from '../../protocol/outcome.ts';
import type { ContainerSpec, TaskSpec } from '../../protocol/task-spec.ts';
import type { EngineRequest } from '../engine.ts';
import {
  type ContainerRun,
  type Host,
  prepareContainer,
  type RunningContainer,
  startContainer,
} from './container-run.ts';
import { createFellows, type Fellows } from './fellows.ts';
import { graceMsOf, type LeafStopper } from './leaf-stopper.ts';
import { createPlainView, declaredPaths } from './plain-view.ts';
import { createRootView, type Mount, type RootView } from './root-view.ts';
import { containerMounts, createVolumes, type VolumeFolders } from './volumes.ts';

export interface LeafOptions {
  readonly startSidecars: boolean;
}

export interface Leaf {
  readonly spec: TaskSpec;
  readonly host: Host;
  readonly request: EngineRequest;
  readonly stopper: LeafStopper;
  /** Folder of this leaf alone. */
  readonly folder: string;
  readonly options: LeafOptions;
  /** Called when the main containers have been started. */
  readonly onStarted: (main: ContainerRun | undefined) => void;
}

/** The outcome, whatever it is; only cancellation and faults of ours throw. */
export async function runLeaf(leaf: Leaf): Promise<Outcome> {
  const { spec, request } = leaf;
  const startedAt = timestamp(request);
  const main = createOutputTail();
  const ends: Record<string, ContainerEnd> = {};
  let captured: Captured = { outputs: {}, globals: {}, errors: [] };
  let failure: Pick<LeafEnd, 'startError' | 'initError'> = {};
  try {
    const rooms = await prepareRooms(leaf);
    failure = await loadInputs(leaf, rooms);
    if (failure.initError === undefined && (await runInitContainers(leaf, rooms, ends))) {
      await runContainers(leaf, rooms, ends, main);
      captured = await capture(leaf, rooms, main);
    }
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    failure = { startError: startErrorMessage(spec, error.message) };
  }
  const deadlineMessage = leaf.stopper.deadlineMessage();
  if (deadlineMessage !== undefined) markKilled(ends);
  const end: LeafEnd = { spec, ends, errors: [], ...failure, ...(deadlineMessage && { deadlineMessage }) };
  return await leafOutcome(end, captured, { startedAt, finishedAt: timestamp(request) }, request.blobs);
}

function timestamp(request: EngineRequest): string {
  return new Date(request.now()).toISOString();
}

interface Rooms {
  readonly views: ReadonlyMap<string, RootView>;
  readonly volumes: VolumeFolders;
}

async function prepareRooms(leaf: Leaf): Promise<Rooms> {
  const { spec, request } = leaf;
  const volumes = await createVolumes(spec, leaf.folder, request.claims, request.objects);
  const views = new Map<string, RootView>();
  for (const container of spec.containers) {
    views.set(
      container.name,
      await createView(leaf, container, await containerMounts(container, volumes, [])),
    );
  }
  return { views, volumes };
}

async function createView(leaf: Leaf, container: ContainerSpec, mounts: readonly Mount[]): Promise<RootView> {
  const root = join(leaf.folder, 'roots', encodeURIComponent(container.name));
  await mkdir(root, { recursive: true });
  if (leaf.host.sandbox.kind !== 'none') return await createRootView(root, leaf.host.tools, mounts);
  return await createPlainView(root, declaredPaths(leaf.spec, container, mounts), mounts);
}

/** Only the container `main` sees the input artifacts (`workflowpod.go` addInputArtifactsVolumes). */
async function loadInputs(leaf: Leaf, rooms: Rooms): Promise<Pick<LeafEnd, 'initError'>> {
  const view = rooms.views.get('main');
  if (view === undefined) return {};
  const inputs = [...leaf.spec.inputs.artifacts].sort((a, b) => a.path.length - b.path.length);
  for (const input of inputs) {
    try {
      await loadArtifact(input, await view.place(input.path), contextOf(leaf));
    } catch (error) {
      return { initError: messageOf(error) };
    }
  }
  return {};
}

function contextOf({ request }: Leaf) {
  const bucket = request.bucket ?? bucketsWithin(request.blobs);
  return { stores: { blobs: request.blobs, bucket }, lookup: request.objects, signal: request.signal };
}

/** Init containers and sidecars have views of their own, with main's artifacts where they mirror its mounts. */
async function helperRun(leaf: Leaf, rooms: Rooms, container: ContainerSpec): Promise<ContainerRun> {
  const mounts = [...(await containerMounts(container, rooms.volumes, leaf.spec.containers))];
  const main = rooms.views.get('main');
  if (container.mirrorVolumeMounts === true && main !== undefined) {
    for (const { path } of leaf.spec.inputs.artifacts) {
      const host = await main.locate(path);
      if (host !== undefined) mounts.push({ at: path, host, readOnly: false });
    }
  }
  return containerRun(leaf, container, await createView(leaf, container, mounts));
}

function containerRun(leaf: Leaf, container: ContainerSpec, view: RootView): ContainerRun {
  return { spec: leaf.spec, container, view, lookup: leaf.request.objects, onLog: leaf.request.onLog };
}

/** True when all ended well, so that main may start. */
async function runInitContainers(
  leaf: Leaf,
  rooms: Rooms,
  ends: Record<string, ContainerEnd>,
): Promise<boolean> {
  for (const container of leaf.spec.initContainers) {
    const end = await runOne(leaf, await helperRun(leaf, rooms, container));
    ends[container.name] = end;
    if (end.exitCode !== 0) return false;
  }
  return leaf.stopper.reason() === undefined;
}

async function runOne(
  leaf: Leaf,
  run: ContainerRun,
  onStarted?: (running: RunningContainer) => void,
): Promise<ContainerEnd> {
  const prepared = await prepareContainer(leaf.host, run);
  if ('exitCode' in prepared) return prepared;
  const running = await startContainer(leaf.host, run, prepared);
  leaf.stopper.add(running);
  onStarted?.(running);
  return await running.ended;
}

/**
 * Main containers run by their dependencies; when one fails, the others are ended (`operator.go`
 * podHasContainerNeedingTermination), and when the last has ended, sidecars are.
 */
async function runContainers(
  leaf: Leaf,
  rooms: Rooms,
  ends: Record<string, ContainerEnd>,
  tail: OutputTail,
): Promise<void> {
  const sidecars = leaf.options.startSidecars ? await startSidecars(leaf, rooms) : [];
  const running = new Map<string, Promise<ContainerEnd>>();
  const fellows = createFellows(graceMsOf(leaf.spec));
  const runMain = async (container: ContainerSpec): Promise<ContainerEnd> => {
    for (const name of container.dependencies ?? []) {
      const before = await running.get(name);
      if (before !== undefined && before.exitCode !== 0) return { exitCode: WRAPPER_FAILED };
    }
    const isMain = container.name === 'main';
    const run: ContainerRun = {
      ...containerRun(leaf, container, rooms.views.get(container.name)!),
      ...(isMain && leaf.spec.outputs.result && { tail }),
      ...(leaf.spec.archiveLogs && { logFile: logFile(leaf, container) }),
    };
    const end = await withRetries(leaf, fellows, () =>
      runOne(leaf, run, (started) => {
        fellows.add(started);
        leaf.onStarted(run);
      }),
    );
    if (end.exitCode !== 0) fellows.failed();
    return end;
  };
  // Dependencies may stand later in the list: each is entered before any of them begins.
  const gate = Promise.resolve();
  for (const container of leaf.spec.containers)
    running.set(
      container.name,
      gate.then(() => runMain(container)),
    );
  try {
    const all = await Promise.allSettled(running.values());
    leaf.spec.containers.forEach(({ name }, index) => {
      const settled = all[index]!;
      if (settled.status === 'rejected') throw settled.reason;
      ends[name] = settled.value;
    });
  } finally {
    fellows.dispose();
    for (const sidecar of sidecars) sidecar.stop();
    for (const sidecar of sidecars) ends[sidecar.name] = await sidecar.ended;
  }
}

/** A containerSet's own retry; its number is that of tries (`container_set_template_types.go`). */
async function withRetries(
  leaf: Leaf,
  fellows: Fellows,
  run: () => Promise<ContainerEnd>,
): Promise<ContainerEnd> {
  const strategy = leaf.spec.containerSetRetry;
  let end = await run();
  for (let tried = 1; tried < (strategy?.retries ?? 1) && end.exitCode !== 0; tried += 1) {
    await sleep(strategy?.durationMs ?? 0, undefined, { signal: leaf.stopper.stopped }).catch(
      () => undefined,
    );
    if (leaf.stopper.reason() !== undefined || fellows.haveEnded()) return end;
    end = await run();
  }
  return end;
}

async function startSidecars(leaf: Leaf, rooms: Rooms) {
  return await Promise.all(
    leaf.spec.sidecars.map(async (container) => {
      const run = await helperRun(leaf, rooms, container);
      const prepared = await prepareContainer(leaf.host, run);
      const { name } = container;
      if ('exitCode' in prepared) return { name, ended: Promise.resolve(prepared), stop: () => undefined };
      const running = await startContainer(leaf.host, run, prepared);
      leaf.stopper.add(running);
      return { name, ended: running.ended, stop: () => running.stop(graceMsOf(leaf.spec)) };
    }),
  );
}

function logFile(leaf: Leaf, container: ContainerSpec): string {
  return join(leaf.folder, 'logs', encodeURIComponent(container.name));
}

/** Outputs are taken from main however it ended (`postmain.go`); a set without a main has none but logs. */
async function capture(leaf: Leaf, rooms: Rooms, tail: OutputTail): Promise<Captured> {
  if (leaf.stopper.reason() === 'cancelled') return { outputs: {}, globals: {}, errors: [] };
  const { spec, folder } = leaf;
  const view = rooms.views.get('main');
  const logs = spec.archiveLogs
    ? Object.fromEntries(spec.containers.map((each) => [each.name, logFile(leaf, each)]))
    : {};
  return await captureOutputs(spec, {
    ...contextOf(leaf),
    files: {
      locate: async (path) => await view?.locate(path),
      ...(view && { redirect: (host: string) => view.redirect(host) }),
    },
    scratch: folder,
    logs,
    ...(view && { result: tail.result() }),
  });
}
