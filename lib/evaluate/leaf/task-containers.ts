/** Kubernetes' containers as the executor runs them: command, environment, mounts, resources. */
import type {
  EnvVar as ArgoEnvVar,
  Container,
  EnvFromSource,
  ResourceRequirements,
} from '../../argo/container.ts';
import type { JsonObject } from '../../argo/json.ts';
import type { ContainerSpec, EnvFrom, EnvRef, EnvVar, VolumeMount } from '../../protocol/task-spec.ts';
import { resourceVariable } from './job.ts';
import { failure, type Result, success } from './result.ts';

/** What `fieldRef` can read without asking a cluster. */
export interface PodFacts {
  readonly podName: string;
  readonly namespace: string;
  readonly uid: string;
  readonly nodeId: string;
  readonly runName: string;
  readonly captureResult: boolean;
  /** It runs as a pod, which has more fields than are known here. */
  readonly isPod?: boolean;
  readonly serviceAccount?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface ContainerExtras {
  readonly source?: string;
  readonly dependencies?: readonly string[];
  readonly mirrorVolumeMounts?: boolean;
}

type Named = Container & { readonly name: string };

export function containerSpec(
  container: Named,
  facts: PodFacts,
  extras: ContainerExtras = {},
): Result<ContainerSpec> {
  const env: (EnvVar | EnvRef)[] = [];
  for (const variable of container.env ?? []) {
    const one = environmentEntry(container.name, variable, facts);
    if (!one.ok) return failure(`container ${container.name}: ${one.error}`);
    if (one.value) env.push(one.value);
  }
  const resources = quantities(container.resources);
  return success({
    name: container.name,
    image: container.image ?? '',
    ...(nonEmpty(container.command) && { command: container.command ?? [] }),
    ...(container.args && { args: container.args }),
    ...(extras.source && { source: extras.source }),
    env: [...env, ...argoVariables(container.name, facts)],
    ...(nonEmpty(container.envFrom) && { envFrom: (container.envFrom ?? []).flatMap(wholeSource) }),
    ...(container.workingDir && { workingDir: container.workingDir }),
    mounts: mountsOf(container),
    ...(nonEmpty(extras.dependencies) && { dependencies: extras.dependencies ?? [] }),
    ...(extras.mirrorVolumeMounts && { mirrorVolumeMounts: true }),
    ...(container.readinessProbe && { readinessProbe: container.readinessProbe as unknown as JsonObject }),
    ...(resources && { resources }),
    ...(container.securityContext && { securityContext: container.securityContext as unknown as JsonObject }),
  });
}

function nonEmpty(list: readonly unknown[] | undefined): boolean {
  return list !== undefined && list.length > 0;
}

/** The variables of `workflow/controller/workflowpod.go` build that say something outside Kubernetes. */
function argoVariables(container: string, facts: PodFacts): readonly EnvVar[] {
  return [
    { name: 'ARGO_CONTAINER_NAME', value: container },
    { name: 'ARGO_NODE_ID', value: facts.nodeId },
    { name: 'ARGO_INCLUDE_SCRIPT_OUTPUT', value: String(facts.captureResult) },
    { name: 'ARGO_WORKFLOW_NAME', value: facts.runName },
  ];
}

function environmentEntry(
  container: string,
  variable: ArgoEnvVar,
  facts: PodFacts,
): Result<EnvVar | EnvRef | undefined> {
  const { name, valueFrom } = variable;
  if (!valueFrom) return success({ name, value: variable.value ?? '' });
  const keyed = valueFrom.secretKeyRef ?? valueFrom.configMapKeyRef;
  if (keyed) {
    const kind = valueFrom.secretKeyRef ? 'secret' : 'configMap';
    const optional = keyed.optional ? { optional: true } : {};
    return success({ name, from: { kind, name: keyed.name ?? '', key: keyed.key, ...optional } });
  }
  if (valueFrom.fieldRef) {
    const path = valueFrom.fieldRef.fieldPath;
    const known = fieldValue(path, facts);
    return success(known === undefined ? { name, from: { kind: 'field', path } } : { name, value: known });
  }
  if (valueFrom.resourceFieldRef && facts.isPod)
    return success({
      name,
      from: { kind: 'resource', variable: resourceVariable(container, valueFrom.resourceFieldRef) },
    });
  const kind = Object.keys(valueFrom)[0];
  if (kind === undefined) return success({ name, value: '' });
  return failure(`env ${name} comes from ${kind}, which needs a Kubernetes node: give its value as text`);
}

function fieldValue(path: string, facts: PodFacts): string | undefined {
  const keyed = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (keyed) return (keyed[1] === 'labels' ? facts.labels : facts.annotations)[keyed[2] ?? ''] ?? '';
  if (facts.isPod) return undefined;
  if (path === 'metadata.name') return facts.podName;
  if (path === 'metadata.namespace') return facts.namespace;
  if (path === 'metadata.uid') return facts.uid;
  if (path === 'spec.serviceAccountName') return facts.serviceAccount ?? 'default';
  return undefined;
}

function wholeSource(source: EnvFromSource): EnvFrom[] {
  const from = source.secretRef ?? source.configMapRef;
  if (!from) return [];
  return [
    {
      kind: source.secretRef ? 'secret' : 'configMap',
      name: from.name ?? '',
      ...(source.prefix && { prefix: source.prefix }),
      ...(from.optional && { optional: true }),
    },
  ];
}

function mountsOf(container: Container): readonly VolumeMount[] {
  return (container.volumeMounts ?? []).map((mount) => {
    const subPath = mount.subPath || mount.subPathExpr;
    return {
      volume: mount.name,
      mountPath: mount.mountPath,
      ...(subPath && { subPath }),
      ...(mount.readOnly && { readOnly: true }),
    };
  });
}

/** Requests, else limits: what the scheduler of a cluster would set aside. */
export function quantities(
  resources: ResourceRequirements | undefined,
): { readonly cpu?: string; readonly memory?: string } | undefined {
  const cpu = resources?.requests?.['cpu'] ?? resources?.limits?.['cpu'];
  const memory = resources?.requests?.['memory'] ?? resources?.limits?.['memory'];
  if (cpu === undefined && memory === undefined) return undefined;
  return {
    ...(cpu !== undefined && { cpu: String(cpu) }),
    ...(memory !== undefined && { memory: String(memory) }),
  };
}
