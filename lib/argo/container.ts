/** The parts of Kubernetes' pod that Argo's templates carry: containers, volumes, resources, probes. */

import type { JsonObject } from './json.ts';
import type { KeySelector } from './parameter.ts';
import type { ObjectMeta } from './policy.ts';

export interface Container {
  readonly name?: string;
  readonly image?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly workingDir?: string;
  readonly env?: readonly EnvVar[];
  readonly envFrom?: readonly EnvFromSource[];
  readonly ports?: readonly ContainerPort[];
  readonly resources?: ResourceRequirements;
  readonly resizePolicy?: readonly JsonObject[];
  readonly restartPolicy?: string;
  readonly restartPolicyRules?: readonly JsonObject[];
  readonly volumeMounts?: readonly VolumeMount[];
  readonly volumeDevices?: readonly { readonly name: string; readonly devicePath: string }[];
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly startupProbe?: Probe;
  readonly lifecycle?: Lifecycle;
  readonly terminationMessagePath?: string;
  readonly terminationMessagePolicy?: string;
  readonly imagePullPolicy?: string;
  readonly securityContext?: SecurityContext;
  readonly stdin?: boolean;
  readonly stdinOnce?: boolean;
  readonly tty?: boolean;
}

/** A sidecar or init container. */
export interface UserContainer extends Container {
  readonly name: string;
  readonly mirrorVolumeMounts?: boolean;
}

/** The container of a script template. */
export interface ScriptTemplate extends Container {
  readonly source?: string;
}

/** Several containers in one pod with a graph between them. */
export interface ContainerSet {
  readonly containers?: readonly ContainerNode[];
  readonly volumeMounts?: readonly VolumeMount[];
  readonly retryStrategy?: { readonly duration?: string; readonly retries?: number | string };
}

export interface ContainerNode extends Container {
  readonly name: string;
  readonly dependencies?: readonly string[];
}

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly secretKeyRef?: KeySelector;
    readonly configMapKeyRef?: KeySelector;
    readonly fieldRef?: { readonly apiVersion?: string; readonly fieldPath: string };
    readonly resourceFieldRef?: JsonObject;
    readonly fileKeyRef?: JsonObject;
  };
}

export interface EnvFromSource {
  readonly prefix?: string;
  readonly configMapRef?: { readonly name?: string; readonly optional?: boolean };
  readonly secretRef?: { readonly name?: string; readonly optional?: boolean };
}

export interface ContainerPort {
  readonly name?: string;
  readonly containerPort: number;
  readonly hostPort?: number;
  readonly hostIP?: string;
  readonly protocol?: string;
}

/** Quantities such as `500m` and `1Gi`; a bare number stays a number. */
export interface ResourceRequirements {
  readonly requests?: Readonly<Record<string, number | string>>;
  readonly limits?: Readonly<Record<string, number | string>>;
  readonly claims?: readonly { readonly name: string; readonly request?: string }[];
}

export interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
  readonly subPathExpr?: string;
  readonly readOnly?: boolean;
  readonly recursiveReadOnly?: string;
  readonly mountPropagation?: string;
}

export interface Probe extends ProbeHandler {
  readonly initialDelaySeconds?: number;
  readonly timeoutSeconds?: number;
  readonly periodSeconds?: number;
  readonly successThreshold?: number;
  readonly failureThreshold?: number;
  readonly terminationGracePeriodSeconds?: number;
  readonly grpc?: { readonly port: number; readonly service?: string };
}

export interface ProbeHandler {
  readonly exec?: { readonly command?: readonly string[] };
  readonly httpGet?: {
    readonly path?: string;
    readonly port: number | string;
    readonly host?: string;
    readonly scheme?: string;
    readonly httpHeaders?: readonly { readonly name: string; readonly value: string }[];
  };
  readonly tcpSocket?: { readonly host?: string; readonly port: number | string };
}

export interface Lifecycle {
  readonly postStart?: ProbeHandler & { readonly sleep?: { readonly seconds: number } };
  readonly preStop?: ProbeHandler & { readonly sleep?: { readonly seconds: number } };
  readonly stopSignal?: string;
}

export interface SecurityContext {
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  readonly privileged?: boolean;
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly runAsNonRoot?: boolean;
  readonly readOnlyRootFilesystem?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly procMount?: string;
  readonly seLinuxOptions?: JsonObject;
  readonly windowsOptions?: JsonObject;
  readonly seccompProfile?: JsonObject;
  readonly appArmorProfile?: JsonObject;
}

/** A volume; the kinds that mean something without a cluster are spelled out, the others stay JSON. */
export interface Volume {
  readonly name: string;
  readonly emptyDir?: { readonly medium?: string; readonly sizeLimit?: number | string };
  readonly persistentVolumeClaim?: { readonly claimName: string; readonly readOnly?: boolean };
  readonly secret?: {
    readonly secretName?: string;
    readonly items?: readonly KeyToPath[];
    readonly defaultMode?: number;
    readonly optional?: boolean;
  };
  readonly configMap?: {
    readonly name?: string;
    readonly items?: readonly KeyToPath[];
    readonly defaultMode?: number;
    readonly optional?: boolean;
  };
  readonly projected?: { readonly sources?: readonly JsonObject[]; readonly defaultMode?: number };
  readonly hostPath?: { readonly path: string; readonly type?: string };
  readonly ephemeral?: { readonly volumeClaimTemplate?: JsonObject };
  readonly nfs?: { readonly server: string; readonly path: string; readonly readOnly?: boolean };
  readonly downwardAPI?: JsonObject;
  readonly csi?: JsonObject;
}

export interface KeyToPath {
  readonly key: string;
  readonly path: string;
  readonly mode?: number;
}

export interface PersistentVolumeClaim {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: ObjectMeta;
  readonly spec?: {
    readonly accessModes?: readonly string[];
    readonly storageClassName?: string;
    readonly resources?: ResourceRequirements;
    readonly volumeName?: string;
    readonly volumeMode?: string;
    readonly selector?: JsonObject;
  };
  readonly status?: JsonObject;
}
