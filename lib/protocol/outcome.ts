/** What a node answers when it ends: the one value that flows between the states of a machine. */
import type { JsonObject } from './json.ts';

/** Argo's node phases. `Running` in an outcome means a daemon that is ready and goes on. */
export type NodePhase = 'Pending' | 'Running' | 'Succeeded' | 'Skipped' | 'Failed' | 'Error' | 'Omitted';

/** An artifact in Argo's own JSON form: `name` and a location (`s3`, `raw`, `http` …), never its content. */
export type ArtifactRef = JsonObject;

/** Artifacts and parameters that came out of a node. All values are strings, as in Argo. */
export interface Outputs {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly artifacts?: Readonly<Record<string, ArtifactRef>>;
  readonly result?: string;
  readonly exitCode?: string;
}

/** Inputs of a node after defaults; `artifacts` in Argo's JSON form with their location resolved. */
export interface Inputs {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly artifacts?: Readonly<Record<string, ArtifactRef>>;
}

/** Values exported with `globalName`, by global name. */
export interface Globals {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly artifacts?: Readonly<Record<string, ArtifactRef>>;
}

/** How one container of a containerSet (or a sidecar) ended. */
export interface ContainerOutcome {
  readonly phase: NodePhase;
  readonly message?: string;
  readonly exitCode?: number;
}

export interface Outcome {
  /** Argo's full node name, such as `wf[0].step(1:b)`. */
  readonly node: string;
  readonly phase: NodePhase;
  readonly message?: string;
  /** RFC 3339. Absent for nodes that never started (Skipped, Omitted). */
  readonly startedAt?: string;
  readonly finishedAt?: string;
  /** Below a Retry node: the node of the attempt that this is the outcome of. */
  readonly attempt?: string;
  /** On AWS: the ARN of a daemon's task, by which it is stopped. */
  readonly task?: string;
  /** Set while a daemon goes on after it became ready. */
  readonly daemoned?: true;
  readonly ip?: string;
  readonly outputs?: Outputs;
  /** Where the outputs lie when they are too large to stand here: a key of the run's blob store. */
  readonly outputsRef?: string;
  readonly globals?: Globals;
  /** Containers of a containerSet by name. */
  readonly containers?: Readonly<Record<string, ContainerOutcome>>;
  /** Set on the outcome of a looped step or task: the outcomes of its items, by index. */
  readonly items?: readonly Outcome[];
  /** In place of `items` where these are many: each batch of them ran as an execution of its own. */
  readonly batches?: readonly (BatchOutcome | CaughtOutcome)[];
  /** The phases that items of a loop ended with, each once. */
  readonly phases?: readonly NodePhase[];
  /** Set when the node answered from the memoization cache or looked it up in vain. */
  readonly memoization?: { readonly hit: boolean; readonly key: string; readonly cacheName: string };
  /**
   * Of a steps or dag template or a containerSet: phases of the nodes with which it ended, where one differs from its own. A skipped or
   * omitted successor inherits these (workflow/controller/dag.go, assessDAGPhase, walks nodes rather than tasks).
   * `None` where it ended with no node at all, so that nothing hangs on it.
   */
  readonly ends?: readonly (NodePhase | 'None')[];
  /**
   * Of a step or task with hooks: their outcomes, as far as they matter for what comes after. One that is `notStarted`
   * spoils the group of steps, or the task.
   */
  readonly hooks?: readonly Outcome[];
  /** Set for a task with hooks that never ran. */
  readonly idle?: true;
  /** Set for a task that is not part of the run, since no target of its DAG needs it: there is no such node. */
  readonly absent?: true;
  /** True when the node could not even be started, which fails a step group at once. */
  readonly notStarted?: boolean;
}

/** Argo could not execute the template at all (executeTemplate answered with an error). */
export function hasErred(outcome: Outcome | undefined): outcome is Outcome {
  return outcome?.phase === 'Error' && outcome.notStarted === true;
}

/** How some of a loop's items ended. */
export interface BatchOutcome {
  readonly phase: NodePhase;
  readonly phases: readonly NodePhase[];
  /** Of the item that finished last. */
  readonly finishedAt?: string;
  readonly globals?: Globals;
  /** Key of the blob that holds their outcomes, as a JSON list. */
  readonly items: string;
}

/** How the tasks of a part of a DAG ended. */
export interface PartOutcome {
  /** Each once, those of the items of loops among them. */
  readonly phases: readonly NodePhase[];
  /** Key of the blob that holds their outcomes by name. */
  readonly outcomes: string;
}

/**
 * What a Catch leaves in place of an outcome: the node and phase, and the error as it came. The cause of an Argo error is
 * the outcome itself; it is read by whoever needs more than the phase.
 */
export interface CaughtOutcome extends Pick<Outcome, 'node' | 'phase' | 'message'> {
  readonly caught: { readonly Error?: string; readonly Cause?: string };
}

/** Names of errors with which an executor or handler fails a Task; the cause is the outcome as JSON. */
export const ARGO_FAILED = 'Argo.Failed';
export const ARGO_ERROR = 'Argo.Error';
/** An Error of what could not even be started; a machine tells it apart by the name. */
export const ARGO_NOT_STARTED = 'Argo.NotStarted';
export const ARGO_ERRORS = [ARGO_FAILED, ARGO_ERROR, ARGO_NOT_STARTED] as const;
/** The run is suspended: the Task is to be tried again once it is not any more. */
export const SUSPENDED = 'Argosy.Suspended';
/** A handler's error where not one node but its whole group of steps cannot begin; the cause is a GroupFault. */
export const GROUP_ERROR = 'Argo.GroupError';

export interface GroupFault {
  /** What is wrong with the group itself, or with the template before the group begins. */
  readonly error: { readonly group?: string; readonly template?: string };
  /** The answer about the group, with the members that had been judged before. */
  readonly group?: JsonObject;
}
