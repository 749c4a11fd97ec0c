/**
 * The variables that every template of a run sees. `newTemplateValidationCtx` and `Workflow` in Argo's
 * validator.
 */

import type { Arguments } from '../../argo/invocation.ts';
import type { ObjectMeta } from '../../argo/policy.ts';
import { fixedVariables } from '../../argo/variables.ts';
import type { WorkflowSpec } from '../../argo/workflow.ts';
import { placeholder } from './tags.ts';

/** Those that only some runs have; durations are accepted by what they begin with. */
const conditional = new Set(['workflow.priority', 'workflow.parameters', 'workflow.parameters.json']);

const always = fixedVariables('global').filter((name) => !conditional.has(name));

export interface GlobalSources {
  readonly metadata: ObjectMeta;
  readonly spec: WorkflowSpec;
  /** The spec that `workflowTemplateRef` names. */
  readonly referenced?: WorkflowSpec;
  /** The workflow's arguments over those of the referenced spec. */
  readonly arguments: Arguments;
}

export function globalsOf(sources: GlobalSources): Map<string, string> {
  const { metadata, spec, referenced } = sources;
  const globals = new Map<string, string>(always.map((name) => [name, placeholder]));
  const { parameters = [] } = sources.arguments;
  if (parameters.length > 0) {
    globals.set('workflow.parameters', placeholder);
    globals.set('workflow.parameters.json', placeholder);
  }
  for (const { name, value } of parameters) {
    if (name) globals.set(`workflow.parameters.${name}`, value ?? placeholder);
  }
  const metadatas = [metadata, spec.workflowMetadata, referenced?.workflowMetadata];
  for (const key of metadatas.flatMap((each) => Object.keys(each?.annotations ?? {}))) {
    globals.set(`workflow.annotations.${key}`, placeholder);
  }
  const labels = metadatas.flatMap((each) => Object.keys(each?.labels ?? {}));
  const labelsFrom = [spec, referenced].flatMap((each) =>
    Object.keys(each?.workflowMetadata?.labelsFrom ?? {}),
  );
  for (const key of [...labels, ...labelsFrom]) globals.set(`workflow.labels.${key}`, placeholder);
  if (spec.priority !== undefined) globals.set('workflow.priority', String(spec.priority));
  return globals;
}

/** The first of a name counts: `MergeParameters` and `MergeArtifacts` in `util/util.go`. */
export function mergeArguments(own: Arguments | undefined, referenced: Arguments | undefined): Arguments {
  const merge = <T extends { readonly name: string }>(
    first: readonly T[] = [],
    second: readonly T[] = [],
  ) => {
    const byName = new Map<string, T>();
    for (const item of [...first, ...second]) {
      if (!byName.has(item.name)) byName.set(item.name, item);
    }
    return [...byName.values()];
  };
  if (!referenced) return own ?? {};
  return {
    parameters: merge(own?.parameters, referenced.parameters),
    artifacts: merge(own?.artifacts, referenced.artifacts),
  };
}
