/**
 * The variables that a step or task brings to those after it. `addOutputsToScope` in
 * `workflow/validate/validate.go`.
 */

import type { Template } from '../../argo/template.ts';
import type { Frame } from './frame.ts';
import { anyGlobalArtifact, anyGlobalParameter } from './rules/variables.ts';
import type { Scope } from './scope.ts';
import { hasPlainTag, placeholder } from './tags.ts';
import { hasResult } from './template-kind.ts';

export interface NodeReference {
  /** `steps` or `tasks`. */
  readonly root: 'steps' | 'tasks';
  readonly name: string;
  /** Undefined when what it calls is only known at run time. */
  readonly template: Template | undefined;
  /** Whether it is a loop whose results are put together. */
  readonly isAggregate: boolean;
}

export function addNodeOutputs(frame: Frame, scope: Scope, node: NodeReference): void {
  const prefix = `${node.root}.${node.name}`;
  const { template } = node;
  scope.add(`${prefix}.id`, `${prefix}.startedAt`, `${prefix}.finishedAt`, `${prefix}.hostNodeName`);
  if (!template) return;
  if (template.daemon) scope.add(`${prefix}.ip`);
  if (hasResult(template)) scope.add(`${prefix}.outputs.result`, `${prefix}.exitCode`);
  for (const { name, globalName } of template.outputs?.parameters ?? []) {
    scope.add(`${prefix}.outputs.parameters.${name}`);
    if (globalName) addGlobal(frame, scope, globalName, 'workflow.outputs.parameters.', anyGlobalParameter);
  }
  for (const { name, globalName } of template.outputs?.artifacts ?? []) {
    scope.add(`${prefix}.outputs.artifacts.${name}`);
    if (globalName) addGlobal(frame, scope, globalName, 'workflow.outputs.artifacts.', anyGlobalArtifact);
  }
  if (!node.isAggregate) return;
  scope.add(`${prefix}.outputs.parameters`);
  if (template.script || template.containerSet) scope.add(`${prefix}.outputs.result`, `${prefix}.exitCode`);
}

/** A global name that is itself a variable makes every name possible, from here on in this template. */
function addGlobal(frame: Frame, scope: Scope, name: string, root: string, any: string): void {
  if (hasPlainTag(name)) scope.add(any);
  else if (!frame.globals.has(root + name)) {
    frame.globals.set(root + name, placeholder);
    frame.joined.set(root + name, frame.joined.size);
  }
}
