/** A workflow merged with the spec that its `workflowTemplateRef` names (`workflow/util/merge.go`). */

import { type Artifact, type ArtifactLocation, artifactStores } from './artifact.ts';
import type { Arguments } from './invocation.ts';
import type { Parameter } from './parameter.ts';
import { strategicMerge, type Trace } from './strategic-merge.ts';
import type { WorkflowMetadata, WorkflowSpec } from './workflow.ts';

/**
 * The workflow's spec over the template's. Hooks and `labelsFrom` are taken by name and not merged inside,
 * `suspend`
 * is the workflow's alone, and value, valueFrom and default of an argument are taken together.
 */
export function mergeWorkflowTemplateRef(
  workflow: WorkflowSpec,
  template: WorkflowSpec,
  trace?: Trace,
): WorkflowSpec {
  const { suspend: _suspend, hooks, ...base } = template;
  const labelsFrom = mergeByName(
    template.workflowMetadata?.labelsFrom,
    workflow.workflowMetadata?.labelsFrom,
  );
  const allHooks = mergeByName(hooks, workflow.hooks);
  const { hooks: _hooks, ...own } = workflow;
  const merged = strategicMerge<WorkflowSpec>(base, own, 'WorkflowSpec', trace);
  const metadata: WorkflowMetadata | undefined = merged.workflowMetadata && {
    ...merged.workflowMetadata,
    ...(labelsFrom && { labelsFrom }),
  };
  const spec: WorkflowSpec = {
    ...merged,
    ...(allHooks && { hooks: allHooks }),
    ...(metadata && { workflowMetadata: metadata }),
    ...(merged.arguments && { arguments: mergeArguments(merged.arguments, workflow, template) }),
  };
  trace?.(spec, workflow);
  return spec;
}

function mergeByName<T>(
  base: Readonly<Record<string, T>> | undefined,
  override: Readonly<Record<string, T>> | undefined,
): Readonly<Record<string, T>> | undefined {
  return base || override ? { ...base, ...override } : undefined;
}

function mergeArguments(merged: Arguments, workflow: WorkflowSpec, template: WorkflowSpec): Arguments {
  const parameters = merged.parameters?.map(
    (parameter) =>
      valued(workflow.arguments?.parameters, parameter) ??
      valued(template.arguments?.parameters, parameter) ??
      parameter,
  );
  const artifacts = merged.artifacts?.map((artifact) => {
    const named = (list: readonly Artifact[] | undefined) => list?.find(({ name }) => name === artifact.name);
    const override = named(workflow.arguments?.artifacts) ?? named(template.arguments?.artifacts);
    return override ? overrideArtifact(artifact, override) : artifact;
  });
  return { ...merged, ...(parameters && { parameters }), ...(artifacts && { artifacts }) };
}

/** Value, default and valueFrom count as one: the parameter of that name that has any of them. */
function valued(parameters: readonly Parameter[] | undefined, parameter: Parameter): Parameter | undefined {
  return parameters?.find(
    ({ name, value, default: fallback, valueFrom }) =>
      name === parameter.name && (value !== undefined || fallback !== undefined || valueFrom !== undefined),
  );
}

/** On the same kind of store, what the override leaves unset stays; on another, the override stands alone. */
function overrideArtifact(merged: Artifact, override: Artifact): Artifact {
  const store = artifactStores.find((name) => override[name] !== undefined);
  if (!store || artifactStores.find((name) => merged[name] !== undefined) !== store) return override;
  const base: ArtifactLocation = { [store]: merged[store] };
  const location = strategicMerge(base, { [store]: override[store] } as ArtifactLocation, 'ArtifactLocation');
  return { ...override, ...location };
}
