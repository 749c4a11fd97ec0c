/**
 * Checks the body of a template that does work of its own. `validateLeaf` in `workflow/validate/validate.go`.
 */

import type { Called, GivenArguments } from './frame.ts';
import { cleanPath } from './rules/artifact-path.ts';
import { checkContainerSet } from './rules/container-set.ts';
import { checkImage } from './rules/images.ts';
import { checkMountPaths } from './rules/mount-paths.ts';
import { checkReserved } from './rules/reserved-names.ts';
import { checkResource } from './rules/resource.ts';
import { checkDeadline, checkParallelism } from './rules/time-limits.ts';
import { checkText, checkVariables, type Place } from './rules/variables.ts';
import type { Scope } from './scope.ts';

export function checkLeaf(called: Called, scope: Scope, given: GivenArguments): void {
  const { frame, template, title, view } = called;
  const place = { frame, scope, owner: `template ${title}`, view };
  // An argument takes the place of the input's own value, valueFrom and location, so those are not looked at.
  checkVariables(template, place, (object) => object === template.inputs || object === template.outputs);
  checkPodMetadata(called, place);
  checkInputTexts(called, scope, given);
  if (template.container) {
    const artifacts = (template.inputs?.artifacts ?? []).map((artifact) => ({
      artifact,
      path: artifact.path ? cleanPath(view(artifact.path)) : '',
    }));
    checkMountPaths(frame, template.container.volumeMounts, artifacts);
  }
  checkImage(called);
  checkContainerSet(called);
  for (const sidecar of template.sidecars ?? []) checkReserved(frame, sidecar);
  checkResource(called);
  checkDeadline(called);
  checkParallelism(called);
}

/**
 * The labels and annotations for all pods stand in each template that is called by its name, beside its own
 * (`addPodMetadata` in `workflow/templateresolution/context.go`).
 */
function checkPodMetadata({ frame, template, base }: Called, place: Place): void {
  const { podMetadata } = base.spec;
  if (!podMetadata || base.templates.get(template.name ?? '') !== template) return;
  for (const kind of ['labels', 'annotations'] as const) {
    const texts = podMetadata[kind] ?? {};
    for (const [key, text] of Object.entries(texts)) {
      if (Object.hasOwn(template.metadata?.[kind] ?? {}, key)) continue;
      checkText(key, () => frame.spans.key(texts, key), place);
      checkText(text, () => frame.spans.of(texts, key), place);
    }
  }
}

function checkInputTexts(
  { frame, template, title, view }: Called,
  scope: Scope,
  given: GivenArguments,
): void {
  const place = { frame, scope, owner: `template ${title}`, view };
  for (const input of template.inputs?.parameters ?? []) {
    const { value, valueFrom, ...rest } = input;
    const argument = given.parameter(input.name);
    const texts = argument ? rest : input;
    for (const [key, text] of Object.entries(texts)) {
      if (typeof text === 'string') checkText(text, () => frame.spans.of(input, key), place);
    }
    if (!argument) checkVariables(valueFrom, place);
    if (argument?.value !== undefined && given.source && given.span) {
      const own = given.source.parameters?.find(({ name }) => name === input.name);
      if (own) checkText(argument.value, () => frame.spans.of(own, 'value'), place);
    }
  }
  for (const artifact of template.inputs?.artifacts ?? []) {
    if (!given.hasArtifact(artifact.name)) {
      for (const [key, text] of Object.entries(artifact)) {
        if (typeof text === 'string') checkText(text, () => frame.spans.of(artifact, key), place);
        else checkVariables(text, place);
      }
    } else if (artifact.path) checkText(artifact.path, () => frame.spans.of(artifact, 'path'), place);
  }
}
