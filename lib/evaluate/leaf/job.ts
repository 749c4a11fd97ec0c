/** The Job of a leaf on EKS: Argo's own pod, with the executor's containers around the user's. */
import type { Container, UserContainer } from '../../argo/container.ts';
import type { JsonObject, JsonValue } from '../../protocol/json.ts';
import {
  fieldVariable,
  JOB_ENV,
  type JobOfLeaf,
  NODE_ANNOTATION,
  objectVariable,
  POD_ENV,
  POD_FIELDS,
  RUN_LABEL,
  TASK_ANNOTATION,
  TOKEN_ANNOTATION,
} from '../../protocol/run-job.ts';
import {
  EXECUTOR_IMAGE,
  INIT_CONTAINER,
  NODE_ENV,
  SHARED_PATH,
  SHARED_VOLUME,
  TASK_ENV,
  TASK_TOKEN_ENV,
  WAIT_CONTAINER,
  wrapperEntryPoint,
} from '../../protocol/run-task.ts';
import type { TaskSpec } from '../../protocol/task-spec.ts';
import type { PodSpec } from './pod-spec.ts';
import { failure, type Result, success } from './result.ts';
import { strategicMerge } from './strategic-merge.ts';

/** A Job's name becomes a label of its pods; the machine adds a dash and eight characters. */
const LONGEST_NAME = 63 - 9;
/** The executor ends main itself; this is for a pod that never starts, or whose node is lost. */
const GRACE_SECONDS = 300;

export interface JobSite {
  readonly namespace: string;
  readonly runUid: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The containers that a patch may name although they are the executor's. */
export function withoutExecutor(pod: PodSpec): PodSpec {
  const isOurs = ({ name }: { readonly name: string }) => name === INIT_CONTAINER || name === WAIT_CONTAINER;
  return {
    ...pod,
    containers: pod.containers.filter((one) => !isOurs(one)),
    initContainers: pod.initContainers.filter((one) => !isOurs(one)),
  };
}

/** `pod` after all patches. */
export function jobOf(spec: TaskSpec, pod: PodSpec, site: JobSite): Result<JobOfLeaf> {
  const users = withoutExecutor(pod);
  const names = [...users.initContainers, ...users.containers].map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return failure(`container name '${twice}' is used twice`);
  const { containers: _containers, initContainers: _init, volumes, ...podFields } = pod;
  const ours = (name: string, container: JsonObject): JsonObject => {
    const patch = [...pod.containers, ...pod.initContainers].find((one) => one.name === name);
    return (patch === undefined ? container : strategicMerge(container, patch)) as JsonObject;
  };
  const podSpec = {
    ...(podFields as unknown as JsonObject),
    restartPolicy: 'Never',
    volumes: [{ name: SHARED_VOLUME, emptyDir: {} }, ...(volumes as unknown as readonly JsonObject[])],
    initContainers: [
      ours(INIT_CONTAINER, {
        ...executorContainer(INIT_CONTAINER, pod, initVariables(users)),
        ...wholeObjects(users),
      }),
      ...users.initContainers.map(wrapped),
    ],
    containers: [
      ...users.containers.map(wrapped),
      ours(WAIT_CONTAINER, executorContainer(WAIT_CONTAINER, pod, waitVariables())),
    ],
  };
  const seconds =
    spec.deadline === undefined ? undefined : Math.ceil((spec.deadline - site.now) / 1000) + GRACE_SECONDS;
  return success({
    name: spec.podName.slice(0, LONGEST_NAME).replace(/[^a-z0-9]+$/, ''),
    namespace: site.namespace,
    labels: { ...spec.labels, [RUN_LABEL]: site.runUid },
    annotations: spec.annotations,
    podSpec,
    ...(seconds !== undefined && { activeDeadlineSeconds: seconds }),
  });
}

/** What of a container Kubernetes itself sees to; its command, environment and files are the wrapper's. */
const KEPT = [
  ...['image', 'imagePullPolicy', 'resources', 'securityContext', 'ports', 'volumeMounts', 'volumeDevices'],
  ...['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe', 'stdin', 'stdinOnce', 'tty'],
] as const;

function wrapped(container: (Container & { readonly name: string }) | UserContainer): JsonObject {
  const kept = KEPT.flatMap((field): readonly (readonly [string, JsonValue])[] => {
    const value = container[field] as unknown as JsonValue | undefined;
    return value === undefined ? [] : [[field, value]];
  });
  const mounts = (container.volumeMounts ?? []) as unknown as readonly JsonValue[];
  return {
    name: container.name,
    ...Object.fromEntries(kept),
    command: wrapperEntryPoint(container.name),
    volumeMounts: [{ name: SHARED_VOLUME, mountPath: SHARED_PATH }, ...mounts],
  };
}

type Variable = JsonObject & { readonly name: string };

function executorContainer(name: string, pod: PodSpec, env: readonly Variable[]): JsonObject {
  const { runAsNonRoot, runAsUser } = pod.securityContext ?? {};
  return {
    name,
    image: EXECUTOR_IMAGE,
    args: [name],
    env: [
      { name: POD_ENV, value: 'true' },
      annotation(TASK_ENV, TASK_ANNOTATION),
      annotation(NODE_ENV, NODE_ANNOTATION),
      ...env,
    ],
    volumeMounts: [{ name: SHARED_VOLUME, mountPath: SHARED_PATH }],
    // The executor's image says no user, which a pod that must not be root would not start.
    ...(runAsNonRoot === true && runAsUser === undefined && { securityContext: { runAsUser: 65534 } }),
  };
}

function annotation(name: string, key: string): Variable {
  return field(name, `metadata.annotations['${key}']`);
}

function field(name: string, fieldPath: string): Variable {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}

function waitVariables(): readonly Variable[] {
  return [
    annotation(TASK_TOKEN_ENV, TOKEN_ANNOTATION),
    field(JOB_ENV, "metadata.labels['batch.kubernetes.io/job-name']"),
    ...['metadata.namespace', 'status.podIP'].map((path) => field(fieldVariable(path), path)),
  ];
}

/** Missing objects and keys are found by `init`, which can say so; Kubernetes would wait for them for ever. */
function initVariables(pod: PodSpec): readonly Variable[] {
  const found = new Map<string, Variable>();
  const add = (variable: Variable) => found.set(variable.name, variable);
  for (const path of POD_FIELDS) add(field(fieldVariable(path), path));
  for (const container of [...pod.initContainers, ...pod.containers]) {
    for (const { valueFrom } of container.env ?? []) {
      const { secretKeyRef, configMapKeyRef, resourceFieldRef } = valueFrom ?? {};
      if (secretKeyRef) add(keyed('secret', 'secretKeyRef', secretKeyRef));
      if (configMapKeyRef) add(keyed('configMap', 'configMapKeyRef', configMapKeyRef));
      if (resourceFieldRef) {
        const given = { containerName: container.name, ...resourceFieldRef };
        add({
          name: resourceVariable(container.name, resourceFieldRef),
          valueFrom: { resourceFieldRef: given },
        });
      }
    }
  }
  return [...found.values()];
}

/** `envFrom`: all keys of an object, each as a variable with its beginning. */
function wholeObjects(pod: PodSpec): JsonObject {
  const found = new Map<string, JsonObject>();
  for (const container of [...pod.initContainers, ...pod.containers]) {
    for (const { secretRef, configMapRef } of container.envFrom ?? []) {
      const [kind, way, name = ''] = secretRef
        ? (['secret', 'secretRef', secretRef.name] as const)
        : (['configMap', 'configMapRef', configMapRef?.name] as const);
      const prefix = objectVariable(kind, name, '');
      found.set(prefix, { prefix, [way]: { name, optional: true } });
    }
  }
  return found.size === 0 ? {} : { envFrom: [...found.values()] };
}

interface Selector {
  readonly name?: string;
  readonly key: string;
}

function keyed(kind: 'secret' | 'configMap', way: string, { name = '', key }: Selector): Variable {
  return { name: objectVariable(kind, name, key), valueFrom: { [way]: { name, key, optional: true } } };
}

/** One value for each container, resource and divisor. */
export function resourceVariable(container: string, reference: JsonObject): string {
  const { containerName = container, resource = '', divisor = '1' } = reference;
  return `ARGOSY_RESOURCE_${String(containerName)}_${String(resource)}_${String(divisor)}`;
}
