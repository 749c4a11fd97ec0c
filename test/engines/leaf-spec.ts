/** Task specs and requests for tests of engines, from as little as a test wants to say. */
import { join } from 'node:path';

import { type Engine, type EngineRequest, isTaskFailure } from '../../lib/engines/engine.ts';
import type { BlobStore } from '../../lib/protocol/blob-store.ts';
import type { Outcome } from '../../lib/protocol/outcome.ts';
import {
  type ContainerDefinition,
  EXECUTOR_IMAGE,
  NODE_ENV,
  SHARED_PATH,
  SHARED_VOLUME,
  TASK_ENV,
  type TaskDefinition,
  volumePath,
  wrapperEntryPoint,
} from '../../lib/protocol/run-task.ts';
import type { ContainerSpec, TaskSpec } from '../../lib/protocol/task-spec.ts';
import { folderStore } from '../../lib/store/folder-store.ts';
import { tempFolder } from './temp-folder.ts';

export const IMAGE = 'argosy-test/busybox:1';

export type PartialContainer = Partial<ContainerSpec>;
export type PartialSpec = Partial<Omit<TaskSpec, 'outputs'>> & {
  readonly outputs?: Partial<TaskSpec['outputs']>;
};

export function container(given: PartialContainer = {}): ContainerSpec {
  return { name: 'main', image: IMAGE, env: [], mounts: [], ...given };
}

export function sh(script: string, more: PartialContainer = {}): ContainerSpec {
  return container({ command: ['sh', '-c', script], ...more });
}

export function taskSpec(main: ContainerSpec | readonly ContainerSpec[], given: PartialSpec = {}): TaskSpec {
  return {
    version: 1,
    run: 'wf',
    namespace: 'default',
    node: 'wf.leaf',
    nodeId: 'wf-123',
    podName: 'wf-leaf-123',
    template: 'leaf',
    type: Array.isArray(main) ? 'containerSet' : 'container',
    containers: Array.isArray(main) ? main : [main as ContainerSpec],
    initContainers: [],
    sidecars: [],
    volumes: [],
    inputs: { artifacts: [] },
    labels: {},
    annotations: {},
    daemon: false,
    archiveLogs: false,
    inlineBytes: 100_000,
    terminationGraceSeconds: 2,
    ...given,
    outputs: { parameters: [], artifacts: [], result: false, ...given.outputs },
  };
}

/** The task definition that the compiler would register for such a leaf (`lib/protocol/run-task.ts`). */
export function taskDefinition(spec: TaskSpec): TaskDefinition {
  const shared = { sourceVolume: SHARED_VOLUME, containerPath: SHARED_PATH };
  const after = [{ containerName: 'init', condition: 'SUCCESS' }] as const;
  const user = (one: ContainerSpec): ContainerDefinition => ({
    name: one.name,
    image: one.image,
    essential: false,
    entryPoint: wrapperEntryPoint(one.name),
    dependsOn: after,
    mountPoints: [shared, ...mountPoints(spec, one)],
  });
  const filled = spec.volumes.filter((volume) => !['emptyDir', 'claim'].includes(volume.kind));
  const own = { image: EXECUTOR_IMAGE } as const;
  const initMounts = filled.map(({ name }) => ({ sourceVolume: name, containerPath: volumePath(name) }));
  return {
    family: 'test',
    cpu: '256',
    memory: '512',
    volumes: [
      { name: SHARED_VOLUME },
      ...spec.volumes.map((volume) => ({
        name: volume.name,
        ...(volume.kind === 'claim' && { efs: { claim: volume.claim } }),
      })),
    ],
    containerDefinitions: [
      { ...own, name: 'init', essential: false, command: ['init'], mountPoints: [shared, ...initMounts] },
      ...[...spec.initContainers, ...spec.containers, ...spec.sidecars].map(user),
      { ...own, name: 'wait', essential: true, command: ['wait'], dependsOn: after, mountPoints: [shared] },
    ],
  };
}

function mountPoints(spec: TaskSpec, one: ContainerSpec) {
  const mirrored = one.mirrorVolumeMounts === true ? spec.containers.flatMap((main) => main.mounts) : [];
  return [...one.mounts, ...mirrored].map((mount) => ({
    sourceVolume: mount.volume,
    containerPath: mount.subPath === undefined ? mount.mountPath : volumePath(mount.volume),
    readOnly: mount.readOnly === true,
  }));
}

export interface Bench {
  readonly blobs: BlobStore;
  readonly claims: string;
  /** The outcome, whether the engine resolves or rejects with it. */
  run(spec: TaskSpec, more?: Partial<EngineRequest>): Promise<Outcome>;
  request(spec: TaskSpec, more?: Partial<EngineRequest>): Promise<EngineRequest>;
}

export function createBench(engine: () => Engine): Bench {
  const folder = tempFolder('bench');
  const blobs = folderStore(join(folder, 'store'));
  const claims = join(folder, 'claims');
  let count = 0;
  const request = async (spec: TaskSpec, more: Partial<EngineRequest> = {}): Promise<EngineRequest> => {
    const key = `runs/wf/${count++}/task.json`;
    await blobs.put(key, JSON.stringify(spec));
    const environment = [
      { Name: TASK_ENV, Value: key },
      { Name: NODE_ENV, Value: spec.node },
    ];
    return {
      spec,
      arguments: {
        Cluster: 'local',
        TaskDefinition: 'test',
        Overrides: {
          ContainerOverrides: ['init', 'wait'].map((Name) => ({ Name, Environment: environment })),
        },
      },
      taskDefinition: taskDefinition(spec),
      signal: new AbortController().signal,
      blobs,
      now: Date.now,
      objects: async () => undefined,
      claims,
      ...more,
    };
  };
  const run = async (spec: TaskSpec, more?: Partial<EngineRequest>): Promise<Outcome> => {
    try {
      return await engine().runTask(await request(spec, more));
    } catch (thrown) {
      if (!isTaskFailure(thrown)) throw thrown;
      const outcome = JSON.parse(thrown.cause) as Outcome;
      const expected = outcome.phase === 'Error' ? 'Argo.Error' : 'Argo.Failed';
      if (thrown.error !== expected) throw new Error(`${outcome.phase} was reported as ${thrown.error}`);
      return outcome;
    }
  };
  return { blobs, claims, run, request };
}
