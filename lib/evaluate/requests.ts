/** What states ask the evaluate and stage handlers, and what these answer. All of it is plain JSON. */
import type { Globals, Inputs, Outcome } from '../protocol/outcome.ts';

/** `$states.context.Execution.Input.workflow`: the run as its templates may see it. */
export interface RunContext {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  /** As the spec names it: empty where it names none. */
  readonly serviceAccountName: string;
  readonly mainEntrypoint: string;
  /** RFC 3339 with seconds. */
  readonly creationTimestamp: string;
  readonly scheduledTime?: string;
  readonly priority?: number;
  /**
   * Effective spec.arguments: Argo parameter objects (name, value, default, enum, description, globalName).
   */
  readonly parameters: readonly {
    readonly name: string;
    readonly value?: string;
    readonly [key: string]: unknown;
  }[];
  readonly artifacts: readonly { readonly name: string; readonly [key: string]: unknown }[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Epoch milliseconds of the run's activeDeadlineSeconds. */
  readonly deadline?: number;
  /** Of a run that is tried again: where what is left of the earlier attempt lies. */
  readonly earlier?: string;
}

/** What a template body knows when something in it is evaluated. */
export interface ScopeData {
  readonly run: RunContext;
  readonly inputs: Inputs;
  /** Outcomes by step or task name, of those that the evaluated text can read. */
  readonly outcomes: Readonly<Record<string, Outcome>>;
  readonly globals: Globals;
  /** Only in exit handlers: `workflow.status`, `.failures`, `.duration`; elsewhere status is Running. */
  readonly exit?: { readonly status: string; readonly failures: string; readonly duration: string };
  /** RFC 3339: the time of the evaluation, for nodes that end in it and `workflow.duration`. */
  readonly now?: string;
  /** In the body of a template that is retried: 0-based attempt, and the attempt before. */
  readonly retries?: number;
  readonly lastRetry?: LastRetry;
  /** In the body of an inline template: `outer` of its call. */
  readonly outer?: OuterValues;
}

/**
 * Values by which the text of an inline template is expanded before its own inputs, since it is text of its
 * caller: the caller's inputs, steps or tasks, names and item. Null is an output that a skipped step did not
 * give.
 */
export type OuterValues = Readonly<Record<string, string | null>>;

/** One call of a template, ready to start. */
export interface Call {
  readonly kind: 'call';
  readonly node: string;
  /** Display name, with the item's suffix. */
  readonly name: string;
  /** Template id in the bundle. */
  readonly template: string;
  readonly inputs: Inputs;
  /** Only for an inline template: to be passed on to whatever evaluates its body. */
  readonly outer?: OuterValues;
  /** JSON text of the loop's item, which the hooks of the member may read. */
  readonly item?: string;
  /** Key of the task spec of a leaf that is not staged, where its inputs are too long for the order of its task. */
  readonly task?: string;
}

/** A member that needs no run: Skipped, Omitted, or Error because it could not be started. */
export interface Done {
  readonly kind: 'done';
  readonly node: string;
  readonly name: string;
  readonly outcome: Outcome;
}

export interface Loop {
  readonly kind: 'loop';
  readonly node: string;
  readonly name: string;
  readonly items: readonly (Call | Done)[];
}

/** A loop with more items than run side by side in one execution: they lie in blobs, a JSON list of calls each. */
export interface BatchedLoop extends Omit<Loop, 'items'> {
  readonly batches: readonly string[];
}

export type Member = Call | Done | Loop;

export interface GroupRequest {
  readonly op: 'group';
  readonly template: string;
  readonly group: number;
  /** Node name of the steps template's node. */
  readonly node: string;
  readonly scope: ScopeData;
}

export interface GroupAnswer {
  /** `NODE[i]`. */
  readonly node: string;
  /** Set when the group as a whole cannot be evaluated: it is Error, and nothing of it starts
   * (members that had been judged before the fault keep their `done` entry, as Argo leaves their nodes). */
  readonly error?: string;
  /** Set when the template itself is Error before the group begins, which then has no node. */
  readonly templateError?: string;
  readonly members: Readonly<Record<string, Member>>;
}

export interface TaskRequest {
  readonly op: 'task';
  readonly template: string;
  readonly task: string;
  readonly node: string;
  /** `depends` has been judged already, and holds. */
  readonly dependsMet?: true;
  /** `outcomes` holds the direct dependencies (for `depends`) and all ancestors that the task reads. */
  readonly scope: ScopeData;
}

/**
 * Ends a steps or dag template. For steps `group` is the last group that ran, `groupError` its own error if
 * any, `templateError` that of a group that could not begin.
 */
export interface FinishRequest {
  readonly op: 'finish';
  readonly template: string;
  readonly node: string;
  readonly startedAt: string;
  readonly scope: ScopeData;
  readonly group?: number;
  readonly groupError?: string;
  /** Of a group with an error of its own: the members that had been judged before. */
  readonly groupMembers?: GroupAnswer['members'];
  readonly templateError?: string;
}

/** Arguments → inputs of the entrypoint or of an exit handler; `arguments` default to the run's own. */
export interface EnterRequest {
  readonly op: 'enter';
  readonly template: string;
  readonly node: string;
  /** Which hook of the spec (`exit` or a name) the arguments come from; absent for the entrypoint. */
  readonly hook?: string;
  readonly scope: ScopeData;
}

/**
 * A lifecycle hook (or onExit, `hook: 'exit'`) of a step or task after (or while) its node reached `outcome`.
 */
export interface HookRequest {
  readonly op: 'hook';
  readonly template: string;
  readonly member: string;
  readonly hook: string;
  /** Node the hook belongs to (the item's node for loops) and its outcome so far. */
  readonly node: string;
  readonly boundary: string;
  readonly outcome: Outcome;
  /** `item` of the call, where the node is an item of a loop. */
  readonly item?: string;
  readonly scope: ScopeData;
}

/** Decides what follows an attempt of a node with a retryStrategy that native Retry cannot express. */
export interface RetryRequest {
  readonly op: 'retry';
  readonly template: string;
  readonly node: string;
  readonly inputs: Inputs;
  readonly run: RunContext;
  readonly globals: Globals;
  /** Number of attempts so far; the last one's outcome; when the first one started. */
  readonly attempts: number;
  readonly last: Outcome;
  readonly firstStartedAt: string;
  readonly now: string;
}

export type RetryAnswer =
  | { readonly kind: 'again'; readonly waitSeconds: number; readonly lastRetry: LastRetry }
  | { readonly kind: 'done'; readonly outcome: Outcome };

export interface LastRetry {
  readonly exitCode: string;
  readonly status: string;
  readonly duration: string;
  readonly message: string;
}

/** One attempt (or the only run) of a leaf. */
export interface StageRequest {
  readonly op: 'stage';
  readonly template: string;
  readonly node: string;
  readonly inputs: Inputs;
  readonly run: RunContext;
  readonly globals: Globals;
  readonly exit?: ScopeData['exit'];
  /** Below a Retry node: 0-based attempt, and the attempt before. */
  readonly retries?: number;
  readonly lastRetry?: LastRetry;
  /** When the Retry node's first attempt started (for maxDuration). */
  readonly firstStartedAt?: string;
  /** `outer` of the call, for an inline template. */
  readonly outer?: OuterValues;
  /** `outputs.result` is read by the enclosing template. */
  readonly captureResult: boolean;
  readonly inlineBytes: number;
  /**
   * When the node (or this attempt) began to wait, for example for a lock; absent: `now`. `timeout` counts
   * from here.
   */
  readonly startedAt?: string;
  readonly now: string;
}
