/** An entry of `steps` or of `dag.tasks`: which template to call, with what, when and how often. */

import type { Artifact } from './artifact.ts';
import type { Item, Parameter, Sequence } from './parameter.ts';
import type { ContinueOn, LifecycleHooks, TemplateRef } from './policy.ts';
import type { Template } from './template.ts';

export interface Arguments {
  readonly parameters?: readonly Parameter[];
  readonly artifacts?: readonly Artifact[];
}

/** What a step and a task have in common. Exactly one of `template`, `templateRef` and `inline` is set. */
export interface Invocation {
  readonly name?: string;
  readonly template?: string;
  readonly templateRef?: TemplateRef;
  readonly inline?: Template;
  readonly arguments?: Arguments;
  readonly withItems?: readonly Item[];
  readonly withParam?: string;
  readonly withSequence?: Sequence;
  readonly when?: string;
  readonly continueOn?: ContinueOn;
  readonly onExit?: string;
  readonly hooks?: LifecycleHooks;
}

/** An element of a group of `steps`. */
export type Step = Invocation;

/** All steps or tasks of a template, in the order of the YAML. */
export function invocationsOf({ steps, dag }: Pick<Template, 'steps' | 'dag'>): readonly Invocation[] {
  return dag?.tasks ?? (steps ?? []).flat();
}

/** The members of one element of `steps`: they run together. */
export type StepGroup = readonly Step[];

/** An entry of `dag.tasks`: either `dependencies` or `depends`. */
export interface DagTask extends Invocation {
  readonly name: string;
  readonly dependencies?: readonly string[];
  readonly depends?: string;
}

export interface Dag {
  readonly target?: string;
  readonly tasks?: readonly DagTask[];
  readonly failFast?: boolean;
}
