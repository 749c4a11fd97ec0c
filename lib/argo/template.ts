/**
 * A template: one interface with a field for each type, of which exactly one is set, as in Argo's Go type.
 */

import type { Artifact, ArtifactLocation } from './artifact.ts';
import type {
  Container,
  ContainerSet,
  ResourceRequirements,
  ScriptTemplate,
  UserContainer,
  Volume,
} from './container.ts';
import type { Dag, StepGroup } from './invocation.ts';
import type { JsonObject } from './json.ts';
import type { KeySelector, Parameter } from './parameter.ts';
import type { Memoize, Metadata, Metrics, RetryStrategy, Synchronization } from './policy.ts';

export interface Template {
  readonly name?: string;
  readonly inputs?: Inputs;
  readonly outputs?: Outputs;

  readonly container?: Container;
  readonly script?: ScriptTemplate;
  readonly containerSet?: ContainerSet;
  readonly resource?: ResourceTemplate;
  readonly http?: Http;
  readonly data?: Data;
  readonly suspend?: Suspend;
  readonly plugin?: JsonObject;
  readonly steps?: readonly StepGroup[];
  readonly dag?: Dag;

  readonly daemon?: boolean;
  readonly volumes?: readonly Volume[];
  readonly initContainers?: readonly UserContainer[];
  readonly sidecars?: readonly UserContainer[];
  readonly archiveLocation?: ArtifactLocation;
  readonly retryStrategy?: RetryStrategy;
  readonly synchronization?: Synchronization;
  readonly memoize?: Memoize;
  readonly metrics?: Metrics;
  readonly activeDeadlineSeconds?: number | string;
  readonly timeout?: string;
  readonly pendingTimeout?: string;
  readonly parallelism?: number;
  readonly failFast?: boolean;

  readonly metadata?: Metadata;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly affinity?: JsonObject;
  readonly tolerations?: readonly JsonObject[];
  readonly hostAliases?: readonly JsonObject[];
  readonly schedulerName?: string;
  readonly priorityClassName?: string;
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly executor?: { readonly serviceAccountName?: string };
  readonly securityContext?: JsonObject;
  readonly podSpecPatch?: string;
  readonly podResources?: ResourceRequirements;
  readonly resourceClaims?: readonly JsonObject[];
}

export interface Inputs {
  readonly parameters?: readonly Parameter[];
  readonly artifacts?: readonly Artifact[];
}

export interface Outputs {
  readonly parameters?: readonly Parameter[];
  readonly artifacts?: readonly Artifact[];
  readonly result?: string;
  readonly exitCode?: string;
}

export interface ResourceTemplate {
  readonly action?: string;
  readonly mergeStrategy?: string;
  readonly manifest?: string;
  readonly manifestFrom?: { readonly artifact?: Artifact };
  readonly setOwnerReference?: boolean;
  readonly successCondition?: string;
  readonly failureCondition?: string;
  readonly flags?: readonly string[];
}

export interface Http {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly secretKeyRef?: KeySelector };
  }[];
  readonly timeoutSeconds?: number;
  readonly successCondition?: string;
  readonly body?: string;
  readonly bodyFrom?: { readonly bytes?: string };
  readonly insecureSkipVerify?: boolean;
}

export interface Data {
  readonly source?: { readonly artifactPaths?: Artifact };
  readonly transformation?: readonly { readonly expression: string }[];
}

export interface Suspend {
  /** Seconds without a unit, or a Go duration. Absent: until resumed. */
  readonly duration?: string;
}

/** In the order in which Argo's own GetType asks for them. */
export const templateTypes = [
  'container',
  'containerSet',
  'steps',
  'dag',
  'script',
  'resource',
  'data',
  'suspend',
  'http',
  'plugin',
] as const;

export type TemplateType = (typeof templateTypes)[number];

/** The types that a template sets; a right one sets exactly one. A null counts as unset, as in Go. */
export function typesOf(template: Template): readonly TemplateType[] {
  return templateTypes.filter((type) => template[type] !== undefined && template[type] !== null);
}

/** The type of a template, or undefined when it has none. */
export function templateType(template: Template): TemplateType | undefined {
  return typesOf(template)[0];
}

/** Steps and dag call other templates; every other type is a leaf, which does work of its own. */
export function isLeaf(template: Template): boolean {
  const type = templateType(template);
  return type !== undefined && type !== 'steps' && type !== 'dag';
}
