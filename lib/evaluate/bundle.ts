/** The resolved templates of a machine: written once beside it, read by handlers. Templates call each other by id. */
import { templatePlacement } from '../argo/placement.ts';
import type { Template } from '../argo/template.ts';
import type { WorkflowSpec } from '../argo/workflow.ts';

/** Where a template stands, as Argo's template scope says it: `local/`, `namespaced/NAME`, `cluster/NAME`. */
export type TemplateScope = string;

export interface BundleTemplate {
  /** `NAME` for a template of the run's own spec, `OBJECT/NAME` or `cluster:OBJECT/NAME` of another object;
   * an inline template is its owner's id, a slash and the step's name. */
  readonly id: string;
  /** Argo's `templateName`; empty for an inline template. */
  readonly name: string;
  readonly scope: TemplateScope;
  /** templateDefaults and the spec's retryStrategy are merged in; otherwise as written. */
  readonly template: Template;
  /** Ids of what its steps, tasks and hooks call, by `STEP` or `STEP.hooks.NAME`; absent where the name is known
   * only at run time (`dynamic` says from which object's templates it is chosen). */
  readonly calls: Readonly<Record<string, string>>;
}

/** What of a run's containers is run by the cluster. */
export interface EksPlacement {
  /** Whether templates that say nothing about it run there. */
  readonly byDefault: boolean;
  /** Of Jobs, and of objects that name none. @default the run's own */
  readonly namespace?: string;
}

export function runsOnEks({ eks }: Pick<Bundle, 'eks'>, template: Template): boolean {
  if (eks === undefined) return false;
  const placement = templatePlacement(template);
  return placement === undefined ? eks.byDefault : placement === 'eks';
}

export interface Bundle {
  /** Content hash of everything below. */
  readonly id: string;
  /** The merged spec without `templates`. */
  readonly spec: WorkflowSpec;
  readonly entrypoint: string;
  readonly onExit?: string;
  /** Set where the runtime has an EKS cluster. */
  readonly eks?: EksPlacement;
  /** Ids of what the spec's lifecycle hooks call, by hook name. */
  readonly hooks: Readonly<Record<string, string>>;
  readonly templates: Readonly<Record<string, BundleTemplate>>;
  /** ConfigMaps given with the workflow: name → data and labels. */
  readonly configMaps: Readonly<
    Record<
      string,
      { readonly data: Readonly<Record<string, string>>; readonly labels: Readonly<Record<string, string>> }
    >
  >;
}
