/** The plan: structured control flow without state transitions; labels stand for the few jumps there are. */
import type { Retrier } from '../../asl/state-machine.ts';
import type { TaskDefinition } from '../../protocol/run-task.ts';
import type { Expression, Value } from './value.ts';

/** What a state is about, for its Comment and for leading a failure back to the YAML. */
export interface Origin {
  /** Template id in the bundle, and the step, task or hook of it, where there is one. */
  readonly template: string;
  readonly member?: string;
}

export type Assignments = Readonly<Record<string, Value>>;

export interface CatchClause {
  readonly errors: readonly string[];
  readonly assign?: Assignments;
  readonly output?: Value;
  /** Where to go on; absent: with the step after this one. */
  readonly goto?: string;
  /** Run first, and then the step itself once more; neither may hold labels. */
  readonly again?: readonly Step[];
}

interface Named {
  /** Unique in the machine; the state's name unless it is too long. */
  readonly name: string;
  readonly origin: Origin;
  readonly comment?: string;
}

export interface TaskStep extends Named {
  readonly kind: 'task';
  readonly resource: string;
  readonly arguments: Value;
  readonly output?: Value;
  readonly assign?: Assignments;
  readonly retry?: readonly Retrier[];
  readonly catch?: readonly CatchClause[];
  readonly timeoutSeconds?: Value;
  /** The task definition that its arguments name, where that is known before a run. */
  readonly taskDefinition?: TaskDefinition;
}

export interface ParallelStep extends Named {
  readonly kind: 'parallel';
  readonly arguments?: Value;
  readonly branches: readonly (readonly Step[])[];
  readonly output?: Value;
  readonly assign?: Assignments;
  readonly retry?: readonly Retrier[];
  readonly catch?: readonly CatchClause[];
}

export interface MapStep extends Named {
  readonly kind: 'map';
  readonly items: Value;
  readonly maxConcurrency?: Value;
  readonly body: readonly Step[];
  readonly output?: Value;
  readonly assign?: Assignments;
  readonly catch?: readonly CatchClause[];
}

/** The first rule that holds decides; `steps` run, then the plan goes on after the choice, unless a `goto` says else. */
export interface ChoiceStep extends Named {
  readonly kind: 'choice';
  readonly rules: readonly (Way & { readonly condition: Expression })[];
  readonly otherwise: Way;
}

export interface Way {
  readonly assign?: Assignments;
  readonly output?: Value;
  readonly steps?: readonly Step[];
  readonly goto?: string;
}

export interface PassStep extends Named {
  readonly kind: 'pass';
  readonly assign?: Assignments;
  readonly output?: Value;
}

export interface WaitStep extends Named {
  readonly kind: 'wait';
  readonly seconds: Value;
  readonly assign?: Assignments;
}

export interface FailStep extends Named {
  readonly kind: 'fail';
  readonly error: Value;
  readonly cause: Value;
}

export interface LabelStep {
  readonly kind: 'label';
  readonly label: string;
}

export interface GotoStep {
  readonly kind: 'goto';
  readonly label: string;
}

export type Step =
  | TaskStep
  | ParallelStep
  | MapStep
  | ChoiceStep
  | PassStep
  | WaitStep
  | FailStep
  | LabelStep
  | GotoStep;

/** A whole machine before states have names and transitions. */
export interface Plan {
  readonly comment: string;
  readonly steps: readonly Step[];
}
