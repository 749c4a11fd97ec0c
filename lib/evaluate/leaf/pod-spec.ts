/** The pod of a leaf in Kubernetes' form, on which `podSpecPatch` works before it becomes a task spec. */
import type { Container, ContainerNode, UserContainer, Volume, VolumeMount } from '../../argo/container.ts';
import type { JsonObject } from '../../argo/json.ts';
import type { Metadata } from '../../argo/policy.ts';
import type { Template } from '../../argo/template.ts';
import type { WorkflowSpec } from '../../argo/workflow.ts';
import { failure, type Result, success } from './result.ts';

/** The parts of a template and of the spec that make a pod, as one tree whose text is rendered together. */
export interface PodTree {
  readonly template: Template;
  readonly volumes: readonly Volume[];
  readonly spec: Pick<
    WorkflowSpec,
    'nodeSelector' | 'serviceAccountName' | 'securityContext' | 'podResources' | ClusterField
  >;
  readonly podMetadata: Metadata;
  /** podSpecPatch of the spec and of the template: already parsed where its text allows that, else text. */
  readonly patches: readonly unknown[];
}

/** What only a cluster can honour, of the workflow; a template has most of them, too. */
export type ClusterField = (typeof CLUSTER_FIELDS)[number];

export const CLUSTER_FIELDS = [
  ...(['affinity', 'tolerations', 'schedulerName', 'podPriorityClassName', 'hostAliases'] as const),
  ...(['imagePullSecrets', 'hostNetwork', 'dnsPolicy', 'dnsConfig', 'resourceClaims'] as const),
  'automountServiceAccountToken',
] as const;

export interface PodSpec {
  readonly containers: readonly (Container & { readonly name: string })[];
  readonly initContainers: readonly UserContainer[];
  readonly volumes: readonly Volume[];
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly serviceAccountName?: string;
  readonly securityContext?: JsonObject;
  readonly resources?: Template['podResources'];
  readonly activeDeadlineSeconds?: number;
  readonly terminationGracePeriodSeconds?: number;
}

export function mainContainers(template: Template): readonly (Container & { readonly name: string })[] {
  const set = template.containerSet;
  if (set) {
    const shared = set.volumeMounts ?? [];
    return (set.containers ?? []).map((container: ContainerNode) => ({
      ...container,
      volumeMounts: [...(container.volumeMounts ?? []), ...shared],
    }));
  }
  return [{ ...(template.container ?? template.script ?? {}), name: 'main' }];
}

/** `workflow/controller/workflowpod.go` build: containers, volumes, and what scheduling needs. */
export function podSpecOf(
  tree: PodTree,
  runName: string,
  claims: readonly string[],
  isPod = false,
): Result<PodSpec> {
  const { template, spec } = tree;
  const main = mainContainers(template);
  const mirrored = main.find((container) => container.name === 'main');
  const initContainers = (template.initContainers ?? []).map((each) => mirroring(each, mirrored));
  const sidecars = (template.sidecars ?? []).map((each) => mirroring(each, mirrored));
  const everyMount = [...main, ...initContainers, ...sidecars].flatMap((each) => each.volumeMounts ?? []);
  const volumes = mountedVolumes(tree, everyMount, runName, claims);
  if (!volumes.ok) return volumes;
  const nodeSelector = nonEmpty(template.nodeSelector) ?? nonEmpty(spec.nodeSelector);
  const serviceAccountName = template.serviceAccountName || spec.serviceAccountName;
  const securityContext = template.securityContext ?? spec.securityContext;
  const resources = template.podResources ?? spec.podResources;
  return success({
    containers: [...main, ...sidecars],
    initContainers,
    volumes: volumes.value,
    ...(nodeSelector && { nodeSelector }),
    ...(serviceAccountName && { serviceAccountName }),
    ...(securityContext && { securityContext }),
    ...(resources && { resources }),
    ...(isPod && clusterFields(tree)),
  });
}

/** `workflowpod.go` addSchedulingConstraints, addDNSConfig, setupServiceAccount: the template's own word wins. */
function clusterFields({ template, spec }: PodTree): JsonObject {
  const hostAliases = [...(spec.hostAliases ?? []), ...(template.hostAliases ?? [])];
  const fields = {
    affinity: template.affinity ?? spec.affinity,
    tolerations: template.tolerations?.length ? template.tolerations : spec.tolerations,
    schedulerName: template.schedulerName || spec.schedulerName,
    priorityClassName: template.priorityClassName || spec.podPriorityClassName,
    hostAliases: hostAliases.length > 0 ? hostAliases : undefined,
    imagePullSecrets: spec.imagePullSecrets,
    hostNetwork: spec.hostNetwork,
    dnsPolicy: spec.dnsPolicy,
    dnsConfig: spec.dnsConfig,
    resourceClaims: template.resourceClaims ?? spec.resourceClaims,
    automountServiceAccountToken: template.automountServiceAccountToken ?? spec.automountServiceAccountToken,
  };
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== ''),
  ) as JsonObject;
}

function nonEmpty(map: Readonly<Record<string, string>> | undefined) {
  return map && Object.keys(map).length > 0 ? map : undefined;
}

function mirroring(container: UserContainer, main: Container | undefined): UserContainer {
  if (!container.mirrorVolumeMounts || !main) return container;
  const own = container.volumeMounts ?? [];
  const taken = new Set(own.map((mount) => mount.mountPath));
  const mirrored = (main.volumeMounts ?? []).filter((mount) => !taken.has(mount.mountPath));
  return { ...container, volumeMounts: [...own, ...mirrored] };
}

/** A mount finds its volume in the template, then in the spec, then among the run's own claims. */
function mountedVolumes(
  tree: PodTree,
  mounts: readonly VolumeMount[],
  runName: string,
  claims: readonly string[],
): Result<readonly Volume[]> {
  const perRun = claims.map((name) => ({ name, persistentVolumeClaim: { claimName: `${runName}-${name}` } }));
  const known = [...(tree.template.volumes ?? []), ...tree.volumes, ...perRun];
  const chosen = new Map((tree.template.volumes ?? []).map((volume) => [volume.name, volume]));
  for (const mount of mounts) {
    const volume = known.find((each) => each.name === mount.name);
    if (!volume) return failure(`volume '${mount.name}' not found in workflow spec`);
    if (!chosen.has(volume.name)) chosen.set(volume.name, volume);
  }
  return success([...chosen.values()]);
}
