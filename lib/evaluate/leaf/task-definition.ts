/** The ECS task definition of a leaf: images and shape, named by their hash so that it is registered once. */
import { createHash } from 'node:crypto';
import { parseQuantity } from '../../expression/go/kubernetes/quantity.ts';
import {
  type ContainerDefinition,
  EXECUTOR_IMAGE,
  INIT_CONTAINER,
  SHARED_PATH,
  SHARED_VOLUME,
  type TaskDefinition,
  volumePath,
  WAIT_CONTAINER,
  wrapperEntryPoint,
} from '../../protocol/run-task.ts';
import type { ContainerSpec, TaskSpec, Volume } from '../../protocol/task-spec.ts';
import { fargateSize, type TaskSize } from './fargate-size.ts';
import { attempt, failure, type Result, success } from './result.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html */
const mostContainers = 10;
const largestDefinition = 64 * 1024;

type MountPoint = NonNullable<ContainerDefinition['mountPoints']>[number];

const shared: MountPoint = { sourceVolume: SHARED_VOLUME, containerPath: SHARED_PATH };
const afterInit: NonNullable<ContainerDefinition['dependsOn']> = [
  { containerName: INIT_CONTAINER, condition: 'SUCCESS' },
];

export function taskDefinitionOf(spec: TaskSpec): Result<TaskDefinition> {
  const users = [...spec.initContainers, ...spec.containers, ...spec.sidecars];
  const names = users.map((container) => container.name);
  const taken = names.find(
    (name, index) => names.indexOf(name) !== index || name === INIT_CONTAINER || name === WAIT_CONTAINER,
  );
  if (taken !== undefined) return failure(`container name '${taken}' is used twice or kept for the executor`);
  if (users.length + 2 > mostContainers)
    return failure(
      `an ECS task holds ${mostContainers} containers, of which 2 are the executor's; ` +
        `this template has ${users.length}`,
    );
  const size = taskSize(spec);
  if (!size.ok) return size;
  const definition = {
    containerDefinitions: [
      executorContainer(INIT_CONTAINER, spec),
      ...users.map((container) => userContainer(container)),
      executorContainer(WAIT_CONTAINER, spec),
    ],
    volumes: [{ name: SHARED_VOLUME }, ...spec.volumes.map(definedVolume)],
    ...size.value,
    runtimePlatform: runtimePlatform(spec),
  };
  const text = JSON.stringify(definition);
  if (text.length > largestDefinition)
    return failure('the ECS task definition of this template exceeds 64 KiB');
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 20);
  return success({ family: `argosy-${hash}`, ...definition });
}

function executorContainer(
  name: typeof INIT_CONTAINER | typeof WAIT_CONTAINER,
  spec: TaskSpec,
): ContainerDefinition {
  const isInit = name === INIT_CONTAINER;
  const filled = spec.volumes.filter((volume) => volume.kind !== 'emptyDir' && volume.kind !== 'claim');
  const mountPoints = isInit ? filled.map(({ name: volume }) => mountedWhole(volume)) : [];
  return {
    name,
    image: EXECUTOR_IMAGE,
    essential: !isInit,
    command: [name],
    ...(!isInit && { dependsOn: afterInit }),
    mountPoints: [shared, ...mountPoints],
  };
}

function userContainer(container: ContainerSpec): ContainerDefinition {
  const context = container.securityContext ?? {};
  const user = userOf(context['runAsUser'], context['runAsGroup']);
  return {
    name: container.name,
    image: container.image,
    essential: false,
    entryPoint: wrapperEntryPoint(container.name),
    dependsOn: afterInit,
    mountPoints: [shared, ...mountPoints(container)],
    ...(user !== undefined && { user }),
    ...(context['privileged'] === true && { privileged: true }),
    ...(context['readOnlyRootFilesystem'] === true && { readonlyRootFilesystem: true }),
    linuxParameters: { initProcessEnabled: true },
  };
}

function mountedWhole(volume: string): MountPoint {
  return { sourceVolume: volume, containerPath: volumePath(volume) };
}

/** A mount of a part of a volume is linked by the wrapper, since ECS mounts volumes only as a whole. */
function mountPoints(container: ContainerSpec): readonly MountPoint[] {
  const points = new Map<string, MountPoint>();
  for (const mount of container.mounts) {
    const containerPath = mount.subPath ? volumePath(mount.volume) : mount.mountPath;
    const readOnly = mount.readOnly && !mount.subPath ? { readOnly: true } : {};
    points.set(containerPath, { sourceVolume: mount.volume, containerPath, ...readOnly });
  }
  return [...points.values()];
}

function userOf(user: unknown, group: unknown): string | undefined {
  if (typeof user !== 'number') return undefined;
  return typeof group === 'number' ? `${user}:${group}` : String(user);
}

function definedVolume(volume: Volume): TaskDefinition['volumes'][number] {
  return volume.kind === 'claim'
    ? { name: volume.name, efs: { claim: volume.claim } }
    : { name: volume.name };
}

function runtimePlatform(spec: TaskSpec): NonNullable<TaskDefinition['runtimePlatform']> {
  const { os, architecture } = spec.platform ?? {};
  if (os === 'windows')
    return { cpuArchitecture: 'X86_64', operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' };
  return { ...(architecture && { cpuArchitecture: architecture }), operatingSystemFamily: 'LINUX' };
}

/**
 * A pod's resources, else the sum over containers that run together, or the largest init container, whichever
 * is more, as Kubernetes reckons them.
 */
function taskSize(spec: TaskSpec): Result<TaskSize & Pick<TaskDefinition, 'unplaceable'>> {
  const together = [...spec.containers, ...spec.sidecars].map((container) => needOf(container.resources));
  const before = spec.initContainers.map((container) => needOf(container.resources));
  const pod = needOf(spec.podResources);
  for (const need of [...together, ...before, pod]) if (!need.ok) return need;
  const amount = (need: Result<Need>) => (need.ok ? need.value : { cpu: 0, memory: 0 });
  const sums = together.map(amount).reduce(added, { cpu: 0, memory: 0 });
  const largest = before.map(amount).reduce(larger, sums);
  const own = amount(pod);
  const cpu = own.cpu || largest.cpu;
  const memory = own.memory || largest.memory;
  const size = fargateSize(cpu, memory, spec.platform?.os === 'windows');
  if (size) return success(size);
  const unplaceable = `no Fargate task size holds ${cpu / 1024} vCPU and ${memory} MiB of memory`;
  return success({ cpu: String(cpu), memory: String(memory), unplaceable });
}

interface Need {
  readonly cpu: number;
  readonly memory: number;
}

function added(a: Need, b: Need): Need {
  return { cpu: a.cpu + b.cpu, memory: a.memory + b.memory };
}

function larger(a: Need, b: Need): Need {
  return { cpu: Math.max(a.cpu, b.cpu), memory: Math.max(a.memory, b.memory) };
}

/** CPU units and MiB of Kubernetes quantities. */
function needOf(resources: ContainerSpec['resources']): Result<Need> {
  return attempt(() => ({
    cpu: resources?.cpu ? Math.ceil((Number(parseQuantity(resources.cpu).milliValue) * 1024) / 1000) : 0,
    memory: resources?.memory ? Math.ceil(Number(parseQuantity(resources.memory).value) / (1024 * 1024)) : 0,
  }));
}
