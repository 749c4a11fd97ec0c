/**
 * Checks the body of a template that does work of its own. `validateLeaf` in `workflow/validate/validate.go`.
 */

import type { Called, GivenArguments } from './frame.ts';
import { checkAsOne } from './open-tags.ts';
import { cleanPath } from './rules/artifact-path.ts';
import { checkContainerSet } from './rules/container-set.ts';
import { checkImage } from './rules/images.ts';
import { checkMountPaths } from './rules/mount-paths.ts';
import { checkReserved } from './rules/reserved-names.ts';
import { checkResource } from './rules/resource.ts';
import { checkDeadline, checkParallelism } from './rules/time-limits.ts';
import { checkFields, checkText, checkVariables, type Place, placeOf } from './rules/variables.ts';
import type { Scope } from './scope.ts';

export function checkLeaf(called: Called, scope: Scope, given: GivenArguments): void {
  const { frame, template, view } = called;
  const place = placeOf(called, scope);
  checkAsOne(
    called,
    (whole) => whole,
    place,
    () => {
      checkVariables(template, place, (object) => object === template.inputs || object === template.outputs);
      checkPodMetadata(called, place);
      checkInputTexts(called, place, given);
    },
  );
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

/** An argument takes the place of the input's own value, valueFrom and location, so those are not looked at. */
function checkInputTexts({ template }: Called, place: Place, given: GivenArguments): void {
  const { source } = given;
  for (const input of template.inputs?.parameters ?? []) {
    const isGiven = given.parameter(input.name) !== undefined;
    const own = source?.parameters?.find(({ name }) => name === input.name);
    checkFields(input, place, (key) => !isGiven || (key !== 'value' && key !== 'valueFrom'));
    if (own) checkFields(own, place, (key) => key === (own.value === undefined ? 'valueFrom' : 'value'));
  }
  for (const input of template.inputs?.artifacts ?? []) {
    const isGiven = given.artifact(input.name) !== undefined;
    const own = source?.artifacts?.find(({ name }) => name === input.name);
    checkFields(input, place, (key) => !isGiven || key === 'path');
    if (own) checkFields(own, place, (key) => key !== 'path');
  }
}
