/** The inputs that a template declares. `validateInputs` in `workflow/validate/validate.go`. */

import { type Called, report } from '../frame.ts';
import type { Scope } from '../scope.ts';
import { isLeafType } from '../template-kind.ts';
import { checkLocation } from './artifact-location.ts';
import { checkPath } from './artifact-path.ts';
import { checkNames, parameterNameFault } from './field-names.ts';

export function checkInputs({ frame, template, title }: Called): void {
  const { parameters, artifacts } = template.inputs ?? {};
  const { spans } = frame;
  checkNames(frame, parameters, 'input parameter', parameterNameFault);
  checkNames(frame, artifacts, 'input artifact', parameterNameFault);
  for (const artifact of artifacts ?? []) {
    const owner = `input artifact "${artifact.name}"`;
    if (isLeafType(template)) checkPath(frame, artifact, artifact.path, 'input');
    else if (artifact.path) {
      const message = `${title} runs no container, so its ${owner} has no path`;
      report(frame, 'misplaced-field', spans.key(artifact, 'path'), message);
    }
    if (artifact.from) {
      const message = `${owner} cannot have "from"`;
      const hint = 'an input is filled by the arguments of the call';
      report(frame, 'invalid-artifact', spans.key(artifact, 'from'), message, { hint });
    }
    checkLocation(frame, artifact, owner);
  }
}

/**
 * The variables that a template brings along: its inputs, and the paths of what a container reads and writes.
 */
export function addOwnVariables({ template }: Called, scope: Scope): void {
  const { inputs, outputs } = template;
  for (const { name } of inputs?.parameters ?? []) scope.add(`inputs.parameters.${name}`);
  if (inputs?.parameters?.length) scope.add('inputs.parameters');
  for (const { name } of inputs?.artifacts ?? []) {
    scope.add(`inputs.artifacts.${name}`);
    if (isLeafType(template)) scope.add(`inputs.artifacts.${name}.path`);
  }
  if (!isLeafType(template)) return;
  for (const { name, path } of outputs?.artifacts ?? []) {
    if (path) scope.add(`outputs.artifacts.${name}.path`);
  }
  for (const { name, valueFrom } of outputs?.parameters ?? []) {
    if (valueFrom?.path) scope.add(`outputs.parameters.${name}.path`);
  }
}
