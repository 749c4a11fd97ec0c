/** The task spec of a leaf, from its rendered template and its pod after all patches. */
import type { Container } from '../../argo/container.ts';
import { nodeId } from '../../argo/node-id.ts';
import { type Template, templateType } from '../../argo/template.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { ContainerSpec, TaskSpec } from '../../protocol/task-spec.ts';
import type { Bundle, BundleTemplate } from '../bundle.ts';
import type { StageRequest } from '../requests.ts';
import { locationWithKey } from './artifact-location.ts';
import { parseDuration, parseIntOrString } from './duration.ts';
import type { Deadlines } from './leaf-deadlines.ts';
import { podNameOf } from './leaf-variables.ts';
import { platformOf } from './platform.ts';
import type { PodSpec, PodTree } from './pod-spec.ts';
import { failure, type Result, success } from './result.ts';
import {
  type ArchivePlace,
  archivePlace,
  inputArtifacts,
  keepsLogs,
  outputArtifacts,
  outputParameters,
} from './task-artifacts.ts';
import { containerSpec, type PodFacts, quantities } from './task-containers.ts';
import { providedVolumes } from './task-volumes.ts';

export interface Parts {
  readonly bundle: Bundle;
  readonly request: StageRequest;
  readonly entry: BundleTemplate;
  readonly tree: PodTree;
  readonly pod: PodSpec;
  readonly claims: readonly string[];
  readonly limits: Deadlines;
  /** It runs as a pod, whose volumes Kubernetes mounts. @default false */
  readonly isPod?: boolean;
}

export function taskSpecOf(parts: Parts): Result<TaskSpec> {
  const { request, entry, pod } = parts;
  const { template } = parts.tree;
  const type = templateType(template);
  if (type !== 'container' && type !== 'script' && type !== 'containerSet')
    return failure(`Template '${entry.name}' missing specification`);
  const facts = podFacts(parts);
  const containers = taskContainers(template, pod, facts);
  if (!containers.ok) return containers;
  const perRun = new Set(parts.claims.map((claim) => `${request.run.name}-${claim}`));
  const volumes = parts.isPod ? success([]) : providedVolumes(mountedOnly(pod), perRun);
  if (!volumes.ok) return volumes;
  const place = archivePlace(template, request.run.name, facts.podName);
  const inputs = inputArtifacts(template, request.inputs, place);
  if (!inputs.ok) return inputs;
  const outputs = outputArtifacts(template, place);
  if (!outputs.ok) return outputs;
  const setRetry = containerSetRetry(template);
  if (!setRetry.ok) return setRetry;
  const logs = keepsLogs(template, parts.bundle.spec);
  return success({
    version: 1,
    run: request.run.name,
    namespace: request.run.namespace,
    node: request.node,
    nodeId: facts.nodeId,
    podName: facts.podName,
    template: entry.name,
    type,
    ...containers.value,
    volumes: volumes.value,
    inputs: { artifacts: inputs.value },
    outputs: {
      parameters: outputParameters(template),
      artifacts: outputs.value,
      result: request.captureResult,
    },
    labels: facts.labels,
    annotations: facts.annotations,
    ...parts.limits,
    daemon: template.daemon ?? false,
    archiveLogs: logs,
    ...(logs && { logsLocation: logsLocation(place) }),
    ...(setRetry.value && { containerSetRetry: setRetry.value }),
    inlineBytes: request.inlineBytes,
    ...podOptions(pod),
  });
}

/** What a patch may have set or changed of the pod as a whole. */
function podOptions(pod: PodSpec) {
  const platform = platformOf(pod.nodeSelector ?? {});
  const podResources = quantities(pod.resources);
  const { serviceAccountName, terminationGracePeriodSeconds, activeDeadlineSeconds } = pod;
  return {
    ...(serviceAccountName && { serviceAccount: serviceAccountName }),
    ...(terminationGracePeriodSeconds !== undefined && {
      terminationGraceSeconds: terminationGracePeriodSeconds,
    }),
    ...(activeDeadlineSeconds !== undefined && { activeDeadlineSeconds }),
    ...(platform && { platform }),
    ...(podResources && { podResources }),
  };
}

function podFacts({ request, entry, tree, pod, isPod }: Parts): PodFacts {
  const { template, podMetadata } = tree;
  const id = nodeId(request.run.name, request.node);
  return {
    podName: podNameOf(entry, request),
    namespace: request.run.namespace,
    uid: request.run.uid,
    nodeId: id,
    runName: request.run.name,
    captureResult: request.captureResult,
    ...(isPod && { isPod: true }),
    ...(pod.serviceAccountName && { serviceAccount: pod.serviceAccountName }),
    labels: {
      'workflows.argoproj.io/workflow': request.run.name,
      'workflows.argoproj.io/completed': 'false',
      ...(request.exit && { 'workflows.argoproj.io/on-exit': 'true' }),
      ...podMetadata.labels,
      ...template.metadata?.labels,
    },
    annotations: {
      'workflows.argoproj.io/node-name': request.node,
      'workflows.argoproj.io/node-id': id,
      ...podMetadata.annotations,
      ...template.metadata?.annotations,
    },
  };
}

interface TaskContainers {
  readonly containers: readonly ContainerSpec[];
  readonly initContainers: readonly ContainerSpec[];
  readonly sidecars: readonly ContainerSpec[];
}

/** A patch may have added containers, which are then sidecars. */
function taskContainers(template: Template, pod: PodSpec, facts: PodFacts): Result<TaskContainers> {
  const set = template.containerSet?.containers;
  const own = new Set(set ? set.map((container) => container.name) : ['main']);
  const mirrors = new Set(
    [...(template.sidecars ?? []), ...(template.initContainers ?? [])]
      .filter((container) => container.mirrorVolumeMounts)
      .map((container) => container.name),
  );
  const containers: ContainerSpec[] = [];
  const sidecars: ContainerSpec[] = [];
  for (const container of pod.containers) {
    const dependencies = set?.find((each) => each.name === container.name)?.dependencies;
    const spec = containerSpec(withPodSecurity(container, pod), facts, {
      ...(template.script?.source && container.name === 'main' && { source: template.script.source }),
      ...(dependencies && { dependencies }),
      ...(mirrors.has(container.name) && { mirrorVolumeMounts: true }),
    });
    if (!spec.ok) return spec;
    (own.has(container.name) ? containers : sidecars).push(spec.value);
  }
  const initContainers: ContainerSpec[] = [];
  for (const container of pod.initContainers) {
    const mirrorVolumeMounts = mirrors.has(container.name);
    const spec = containerSpec(withPodSecurity(container, pod), facts, { mirrorVolumeMounts });
    if (!spec.ok) return spec;
    initContainers.push(spec.value);
  }
  return success({ containers, initContainers, sidecars });
}

/** Users and groups of the pod hold for its containers that name none. */
function withPodSecurity<T extends Container>(container: T, pod: PodSpec): T {
  const shared = ['runAsUser', 'runAsGroup', 'runAsNonRoot'].flatMap((field) => {
    const value = pod.securityContext?.[field];
    return value === undefined ? [] : [[field, value] as const];
  });
  if (shared.length === 0) return container;
  return { ...container, securityContext: { ...Object.fromEntries(shared), ...container.securityContext } };
}

function mountedOnly(pod: PodSpec): PodSpec['volumes'] {
  const mounts = [...pod.containers, ...pod.initContainers].flatMap(
    (container) => container.volumeMounts ?? [],
  );
  const names = new Set(mounts.map((mount) => mount.name));
  return pod.volumes.filter((volume) => names.has(volume.name));
}

function logsLocation(place: ArchivePlace): JsonObject {
  return locationWithKey(place.base, place.keyPrefix);
}

/**
 * `container_set_template_types.go` GetRetryStrategy: `retries` counts tries in the code, not repetitions.
 */
function containerSetRetry(template: Template): Result<TaskSpec['containerSetRetry']> {
  const strategy = template.containerSet?.retryStrategy;
  if (strategy?.retries === undefined) return success(undefined);
  const retries = parseIntOrString(strategy.retries);
  if (!retries.ok) return retries;
  if (!strategy.duration) return success({ retries: retries.value });
  const duration = parseDuration(strategy.duration);
  return duration.ok ? success({ retries: retries.value, durationMs: duration.value }) : duration;
}
