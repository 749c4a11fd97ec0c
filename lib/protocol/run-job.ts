/** The Job of a leaf that runs on EKS, as `stage` answers it and the machine hands it to `eks:runJob`. */
import type { JsonObject } from './json.ts';
import type { OrderedTask } from './task-order.ts';

/*
 * The pod is that of Argo, with the containers of a task (run-task.ts):
 *
 * | container                       | where          | command                | environment              |
 * |---------------------------------|----------------|------------------------|--------------------------|
 * | `init`                          | initContainers | the image's            | of the executor          |
 * | the user's init containers      | initContainers | wrapperEntryPoint(name)| none: `init` writes it   |
 * | `main`, or a set's containers   | containers     | wrapperEntryPoint(name)| none                     |
 * | sidecars                        | containers     | wrapperEntryPoint(name)| none                     |
 * | `wait`                          | containers     | the image's            | of the executor          |
 *
 * - Wrappers end with 0, whatever the user's program did (CALM_ENV), so that the Job has succeeded if and only if
 *   `wait` says so; `wait` exits as on ECS.
 * - What only the machine knows (the task's token) reaches the executor as annotations of the pod.
 * - Secrets, ConfigMaps and fields of the pod are resolved by Kubernetes for `init`, as variables with these
 *   beginnings, and written by it into the environment of the containers that name them.
 */
export const TASK_ANNOTATION = 'argosy/task';
export const NODE_ANNOTATION = 'argosy/node';
export const TOKEN_ANNOTATION = 'argosy/token';
/** Part of the message of a Job whose `wait` said Failed, by its pod failure policy. */
export const FAILED_WAIT = 'failed with exit code 1 ';
/** Of Jobs and pods: the uid of the run. */
export const RUN_LABEL = 'argosy/run';

/** `ARGOSY_secret_NAME_KEY`: names of objects hold no underscore. */
export function objectVariable(kind: 'secret' | 'configMap', name: string, key: string): string {
  return `ARGOSY_${kind}_${name}_${key}`;
}

/** `ARGOSY_FIELD_status.podIP`. */
export function fieldVariable(path: string): string {
  return `ARGOSY_FIELD_${path}`;
}

/** Fields of the pod that `init` is told, whoever asks for them. */
export const POD_FIELDS: readonly string[] = [
  ...['metadata.name', 'metadata.namespace', 'metadata.uid', 'spec.nodeName', 'spec.serviceAccountName'],
  ...['status.hostIP', 'status.podIP'],
];

/** Set for the executor's containers of a pod, which then ask no metadata of ECS. */
export const POD_ENV = 'ARGOSY_POD';
/** The pod's Job, by which a daemon is ended. */
export const JOB_ENV = 'ARGOSY_JOB';

/** What a runJob request is about; undefined for any other request. */
export function orderedJob(parameters: { readonly [key: string]: unknown }): OrderedTask | undefined {
  const { Job: job } = parameters as { readonly Job?: { readonly metadata?: Described } };
  const told = job?.metadata?.annotations;
  const key = told?.[TASK_ANNOTATION];
  return key === undefined
    ? undefined
    : { node: told?.[NODE_ANNOTATION] ?? '', order: { kind: 'spec', key } };
}

interface Described {
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface JobOfLeaf {
  /** The beginning of the Job's name; the machine ends it with a hash of the task's token. */
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Of the pod. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly podSpec: JsonObject;
  /** Seconds after which Kubernetes itself ends the Job, should the executor not have. */
  readonly activeDeadlineSeconds?: number;
}
