/** The kinds of document that Argosy reads, as plain JSON: every field optional where Go's is. */

import type { WorkflowLevelArtifactGC } from './artifact.ts';
import type { PersistentVolumeClaim, ResourceRequirements, Volume } from './container.ts';
import type { Arguments } from './invocation.ts';
import type { JsonObject } from './json.ts';
import type {
  LifecycleHooks,
  Metadata,
  Metrics,
  ObjectMeta,
  RetryStrategy,
  Synchronization,
} from './policy.ts';
import type { Template } from './template.ts';

export interface Workflow {
  readonly apiVersion: string;
  readonly kind: 'Workflow';
  readonly metadata: ObjectMeta;
  readonly spec: WorkflowSpec;
  readonly status?: JsonObject;
}

export interface WorkflowTemplate {
  readonly apiVersion: string;
  readonly kind: 'WorkflowTemplate';
  readonly metadata: ObjectMeta;
  readonly spec: WorkflowSpec;
}

export interface ClusterWorkflowTemplate {
  readonly apiVersion: string;
  readonly kind: 'ClusterWorkflowTemplate';
  readonly metadata: ObjectMeta;
  readonly spec: WorkflowSpec;
}

export interface CronWorkflow {
  readonly apiVersion: string;
  readonly kind: 'CronWorkflow';
  readonly metadata: ObjectMeta;
  readonly spec: CronWorkflowSpec;
  readonly status?: JsonObject;
}

export interface WorkflowEventBinding {
  readonly apiVersion: string;
  readonly kind: 'WorkflowEventBinding';
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly event?: { readonly selector?: string };
    readonly submit?: {
      readonly workflowTemplateRef?: WorkflowTemplateRef;
      readonly metadata?: ObjectMeta;
      readonly arguments?: Arguments;
    };
  };
}

export interface ConfigMap {
  readonly apiVersion: string;
  readonly kind: 'ConfigMap';
  readonly metadata: ObjectMeta;
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
  readonly immutable?: boolean;
}

export interface Secret {
  readonly apiVersion: string;
  readonly kind: 'Secret';
  readonly metadata: ObjectMeta;
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
  readonly immutable?: boolean;
}

/** Every kind of document that has a meaning here. */
export type ArgoObject =
  | Workflow
  | WorkflowTemplate
  | ClusterWorkflowTemplate
  | CronWorkflow
  | WorkflowEventBinding
  | ConfigMap
  | Secret;

export type Kind = ArgoObject['kind'];

export const kinds = [
  'Workflow',
  'WorkflowTemplate',
  'ClusterWorkflowTemplate',
  'CronWorkflow',
  'WorkflowEventBinding',
  'ConfigMap',
  'Secret',
] as const satisfies readonly Kind[];

export interface WorkflowSpec {
  readonly entrypoint?: string;
  readonly templates?: readonly Template[];
  readonly arguments?: Arguments;
  readonly workflowTemplateRef?: WorkflowTemplateRef;
  readonly templateDefaults?: Template;
  readonly onExit?: string;
  readonly hooks?: LifecycleHooks;
  readonly suspend?: boolean;
  readonly shutdown?: string;
  readonly parallelism?: number;
  readonly activeDeadlineSeconds?: number;
  readonly priority?: number;
  readonly retryStrategy?: RetryStrategy;
  readonly synchronization?: Synchronization;
  readonly metrics?: Metrics;
  readonly volumes?: readonly Volume[];
  readonly volumeClaimTemplates?: readonly PersistentVolumeClaim[];
  readonly volumeClaimGC?: { readonly strategy?: string };
  readonly artifactRepositoryRef?: { readonly configMap?: string; readonly key?: string };
  readonly artifactGC?: WorkflowLevelArtifactGC;
  readonly archiveLogs?: boolean;
  readonly ttlStrategy?: TtlStrategy;
  readonly podGC?: {
    readonly strategy?: string;
    readonly labelSelector?: JsonObject;
    readonly deleteDelayDuration?: string;
  };
  readonly workflowMetadata?: WorkflowMetadata;
  readonly podMetadata?: Metadata;
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly executor?: { readonly serviceAccountName?: string };
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly affinity?: JsonObject;
  readonly tolerations?: readonly JsonObject[];
  readonly imagePullSecrets?: readonly { readonly name?: string }[];
  readonly hostNetwork?: boolean;
  readonly hostAliases?: readonly JsonObject[];
  readonly dnsPolicy?: string;
  readonly dnsConfig?: JsonObject;
  readonly schedulerName?: string;
  readonly podPriorityClassName?: string;
  readonly securityContext?: JsonObject;
  readonly podDisruptionBudget?: JsonObject;
  readonly podSpecPatch?: string;
  readonly podResources?: ResourceRequirements;
  readonly resourceClaims?: readonly JsonObject[];
  readonly executorPlugins?: readonly JsonObject[];
}

export interface WorkflowTemplateRef {
  readonly name?: string;
  readonly clusterScope?: boolean;
}

export interface TtlStrategy {
  readonly secondsAfterCompletion?: number;
  readonly secondsAfterSuccess?: number;
  readonly secondsAfterFailure?: number;
}

export interface WorkflowMetadata extends Metadata {
  readonly labelsFrom?: Readonly<Record<string, { readonly expression: string }>>;
}

export interface CronWorkflowSpec {
  readonly schedules?: readonly string[];
  readonly timezone?: string;
  readonly workflowSpec?: WorkflowSpec;
  readonly workflowMetadata?: ObjectMeta;
  readonly concurrencyPolicy?: 'Allow' | 'Forbid' | 'Replace';
  readonly suspend?: boolean;
  readonly startingDeadlineSeconds?: number;
  readonly successfulJobsHistoryLimit?: number;
  readonly failedJobsHistoryLimit?: number;
  readonly stopStrategy?: { readonly expression: string };
  readonly when?: string;
}
