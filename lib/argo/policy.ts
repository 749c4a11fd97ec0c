/** What surrounds the work of a template: retries, hooks, locks, memoization, metrics, metadata. */

import type { Arguments } from './invocation.ts';
import type { JsonObject } from './json.ts';
import type { KeySelector } from './parameter.ts';

export interface RetryStrategy {
  readonly limit?: number | string;
  readonly retryPolicy?: 'Always' | 'OnFailure' | 'OnError' | 'OnTransientError';
  readonly backoff?: Backoff;
  readonly expression?: string;
  readonly affinity?: { readonly nodeAntiAffinity?: JsonObject };
}

export interface Backoff {
  /** Seconds without a unit, or a Go duration. */
  readonly duration?: string;
  readonly factor?: number | string;
  readonly maxDuration?: string;
  readonly cap?: string;
}

export interface ContinueOn {
  readonly error?: boolean;
  readonly failed?: boolean;
}

export interface TemplateRef {
  readonly name?: string;
  readonly template?: string;
  readonly clusterScope?: boolean;
}

/** `exit` runs when the node or run has ended; any other name needs an `expression`. */
export interface LifecycleHook {
  readonly template?: string;
  readonly templateRef?: TemplateRef;
  readonly arguments?: Arguments;
  readonly expression?: string;
}

export type LifecycleHooks = Readonly<Record<string, LifecycleHook>>;

export interface Synchronization {
  readonly semaphores?: readonly SemaphoreRef[];
  readonly mutexes?: readonly Mutex[];
}

export interface SemaphoreRef {
  readonly configMapKeyRef?: KeySelector;
  readonly database?: { readonly key: string };
  readonly namespace?: string;
}

export interface Mutex {
  readonly name?: string;
  readonly namespace?: string;
  readonly database?: boolean;
}

export interface Memoize {
  readonly key: string;
  readonly maxAge?: string;
  readonly cache?: { readonly configMap?: { readonly name?: string } };
}

export interface Metrics {
  readonly prometheus?: readonly Prometheus[];
}

export interface Prometheus {
  readonly name: string;
  readonly help?: string;
  readonly labels?: readonly { readonly key: string; readonly value: string }[];
  readonly when?: string;
  readonly counter?: { readonly value: string };
  readonly gauge?: { readonly value: string; readonly realtime?: boolean; readonly operation?: string };
  readonly histogram?: { readonly value: string; readonly buckets?: readonly number[] };
}

/** The labels and annotations put on a pod. */
export interface Metadata {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface ObjectMeta extends Metadata {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly creationTimestamp?: string | null;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly JsonObject[];
}
