/** Argo's NodeStatus, as tools made for Argo read it, and what the reader knows of a node on the way there. */
import type { Inputs, NodePhase, Outcome } from '../protocol/outcome.ts';

export type NodeType =
  | 'Pod'
  | 'Container'
  | 'Steps'
  | 'StepGroup'
  | 'DAG'
  | 'TaskGroup'
  | 'Retry'
  | 'Skipped'
  | 'Suspend'
  | 'HTTP'
  | 'Plugin';

/** One node of the tree; parents and children are names here, ids in the Workflow object. */
export interface Node {
  readonly name: string;
  readonly displayName: string;
  readonly type: NodeType;
  readonly phase: NodePhase;
  readonly message?: string;
  readonly templateName?: string;
  readonly templateRef?: { readonly name: string; readonly template: string; readonly clusterScope?: true };
  readonly templateScope?: string;
  readonly boundary?: string;
  readonly children: readonly string[];
  readonly outbound: readonly string[];
  readonly inputs?: Inputs;
  readonly outputs?: Outcome['outputs'];
  /** Where they lie, when they were too large for the history; see load-outputs.ts. */
  readonly outputsRef?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly hooked?: true;
  readonly retried?: true;
  readonly daemoned?: true;
  readonly ip?: string;
  readonly memoization?: Outcome['memoization'];
}

/** What the events said about a node. Later facts win over earlier ones. */
export interface Fact {
  readonly name: string;
  /** Template id in the bundle. */
  template?: string;
  inputs?: Inputs;
  boundary?: string;
  startedAt?: string;
  finishedAt?: string;
  outcome?: Outcome;
  /** It never started: skipped, omitted, or could not be. */
  done?: true;
  loop?: true;
  hooked?: true;
  attempt?: true;
  /** For StepGroups: the error of its evaluation. */
  error?: string;
}
