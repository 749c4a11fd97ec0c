/** What the containers of one leaf are told. Written by `stage` as `task.json`, read by the executor. */
import type { JsonObject } from './json.ts';
import type { ArtifactRef } from './outcome.ts';

export interface EnvVar {
  readonly name: string;
  readonly value: string;
}

/** A secret or field value resolved where the container starts, never written in a machine. */
export interface EnvRef {
  readonly name: string;
  readonly from:
    | { readonly kind: 'secret'; readonly name: string; readonly key: string; readonly optional?: boolean }
    | { readonly kind: 'configMap'; readonly name: string; readonly key: string; readonly optional?: boolean }
    | { readonly kind: 'field'; readonly path: string }
    /** In a pod: the variable by which `init` knows it. */
    | { readonly kind: 'resource'; readonly variable: string };
}

/** `envFrom`: all keys of a ConfigMap or Secret. */
export interface EnvFrom {
  readonly kind: 'secret' | 'configMap';
  readonly name: string;
  readonly prefix?: string;
  readonly optional?: boolean;
}

export interface VolumeMount {
  readonly volume: string;
  readonly mountPath: string;
  readonly subPath?: string;
  readonly readOnly?: boolean;
}

export type Volume =
  | { readonly kind: 'emptyDir'; readonly name: string }
  /** A claim that lives as long as the run (`volumeClaimTemplates`) or longer (an existing claim). */
  | { readonly kind: 'claim'; readonly name: string; readonly claim: string; readonly perRun: boolean }
  | {
      readonly kind: 'configMap' | 'secret';
      readonly name: string;
      readonly source: string;
      readonly items?: readonly { readonly key: string; readonly path: string; readonly mode?: number }[];
      readonly optional?: boolean;
      readonly defaultMode?: number;
    }
  /** Several sources in one folder; a later source wins over an earlier one with the same path. */
  | {
      readonly kind: 'projected';
      readonly name: string;
      readonly sources: readonly ProjectedSource[];
      readonly defaultMode?: number;
    };

export interface ProjectedSource {
  readonly kind: 'configMap' | 'secret';
  readonly source: string;
  readonly items?: readonly { readonly key: string; readonly path: string; readonly mode?: number }[];
  readonly optional?: boolean;
}

export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  /** Absent: the image's own entrypoint. */
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  /** A script: saved to a file whose path is appended after `command`. */
  readonly source?: string;
  readonly env: readonly (EnvVar | EnvRef)[];
  readonly envFrom?: readonly EnvFrom[];
  readonly workingDir?: string;
  readonly mounts: readonly VolumeMount[];
  /** Within a containerSet: names of containers that must have succeeded. */
  readonly dependencies?: readonly string[];
  /** For sidecars: mount main's volumes too. */
  readonly mirrorVolumeMounts?: boolean;
  readonly readinessProbe?: JsonObject;
  /** CPU and memory in Kubernetes quantities (requests, else limits). */
  readonly resources?: { readonly cpu?: string; readonly memory?: string };
  readonly securityContext?: JsonObject;
}

/** An input artifact: Argo's JSON form with location; `path` is where main sees it. */
export interface InputArtifact {
  readonly name: string;
  readonly path: string;
  readonly artifact: ArtifactRef;
  readonly optional: boolean;
  readonly mode?: number;
  readonly recurseMode?: boolean;
}

export interface OutputParameter {
  readonly name: string;
  readonly path: string;
  readonly default?: string;
  readonly globalName?: string;
}

/** An output artifact: `artifact` carries archive strategy, optional, location (key in the store when none is given). */
export interface OutputArtifact {
  readonly name: string;
  readonly path: string;
  /** Argo's JSON form, with `s3.key` filled in for the default store. */
  readonly artifact: ArtifactRef;
  readonly optional: boolean;
  readonly globalName?: string;
}

export interface TaskSpec {
  readonly version: 1;
  readonly run: string;
  readonly namespace: string;
  readonly node: string;
  readonly nodeId: string;
  readonly podName: string;
  readonly template: string;
  readonly type: 'container' | 'script' | 'containerSet';
  /** One container named `main`, or the containers of the set. */
  readonly containers: readonly ContainerSpec[];
  readonly initContainers: readonly ContainerSpec[];
  readonly sidecars: readonly ContainerSpec[];
  readonly volumes: readonly Volume[];
  readonly inputs: { readonly artifacts: readonly InputArtifact[] };
  readonly outputs: {
    readonly parameters: readonly OutputParameter[];
    readonly artifacts: readonly OutputArtifact[];
    /** Capture stdout of main as `result`. */
    readonly result: boolean;
  };
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Epoch milliseconds at which main is ended (workflow deadline, template timeout, retry maxDuration). */
  readonly deadline?: number;
  /** Message of the node when that deadline ended it. */
  readonly deadlineMessage?: string;
  /** Seconds that main may run from its own start. */
  readonly activeDeadlineSeconds?: number;
  readonly daemon: boolean;
  readonly archiveLogs: boolean;
  /** Argo's JSON form of the place under whose key `<container>.log` is kept; without a store: the default one. */
  readonly logsLocation?: ArtifactRef;
  /** containerSet's own retry. */
  readonly containerSetRetry?: { readonly retries: number; readonly durationMs?: number };
  /** How many bytes of outputs may stand in the outcome; more goes to the blob store (`outputsRef`). */
  readonly inlineBytes: number;
  readonly serviceAccount?: string;
  readonly terminationGraceSeconds?: number;
  /** From `nodeSelector`; absent: Linux on whatever the runtime's default architecture is. */
  readonly platform?: { readonly architecture?: 'X86_64' | 'ARM64'; readonly os?: 'linux' | 'windows' };
  /** Resources of the whole pod (`podResources`), which outweigh the sum over containers. */
  readonly podResources?: { readonly cpu?: string; readonly memory?: string };
}
