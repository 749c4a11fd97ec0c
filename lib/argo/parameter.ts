/** Argo's parameters: declared in inputs, given in arguments, produced in outputs. */

import type { JsonValue } from './json.ts';

/** `pkg/apis/workflow/v1alpha1/workflow_types.go` Parameter; AnyString values are strings once parsed. */
export interface Parameter {
  readonly name: string;
  readonly value?: string;
  readonly default?: string;
  readonly valueFrom?: ValueFrom;
  readonly enum?: readonly string[];
  readonly description?: string;
  /** Publishes an output as `workflow.outputs.parameters.<globalName>`. */
  readonly globalName?: string;
}

export interface ValueFrom {
  readonly path?: string;
  readonly parameter?: string;
  readonly expression?: string;
  readonly event?: string;
  readonly jsonPath?: string;
  readonly jqFilter?: string;
  readonly default?: string;
  readonly supplied?: Readonly<Record<string, never>>;
  readonly configMapKeyRef?: KeySelector;
}

/** A key of a ConfigMap or Secret. */
export interface KeySelector {
  readonly name?: string;
  readonly key: string;
  readonly optional?: boolean;
}

/** One element of `withItems`: any JSON value. */
export type Item = JsonValue;

/** `withSequence`: exactly one of `count` and `end`. */
export interface Sequence {
  readonly count?: number | string;
  readonly start?: number | string;
  readonly end?: number | string;
  readonly format?: string;
}
