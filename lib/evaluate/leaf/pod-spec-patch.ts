/** `podSpecPatch`: parsed before its variables are put in where that can be, so that values stay values. */

import type { PodSpec } from './pod-spec.ts';
import { failure, type Result, success } from './result.ts';
import { strategicMerge } from './strategic-merge.ts';

/** Reads YAML; given by the caller, since only the compiler's parser knows YAML. Throws for what is none. */
export type YamlReader = (text: string) => unknown;

/**
 * The patch as a tree when every tag of its text stands in a text of the tree; else the text itself, to be
 * parsed when its variables are in (a patch may be one tag as a whole, or hold a tag without quotes).
 */
export function preparedPatch(text: string, readYaml: YamlReader): unknown {
  const tree = parsed(text, readYaml);
  if (!tree.ok || !isFields(tree.value)) return text;
  return tagsIn(tree.value) === text.split('{{').length - 1 ? tree.value : text;
}

export function patchedPod(pod: PodSpec, patches: readonly unknown[], readYaml: YamlReader): Result<PodSpec> {
  let current: unknown = pod;
  for (const patch of patches) {
    const tree = typeof patch === 'string' ? parsed(patch, readYaml) : success(patch);
    if (!tree.ok || !isPodPatch(tree.value)) return failure('Error applying PodSpecPatch');
    current = strategicMerge(current, tree.value ?? {});
  }
  return success(current as PodSpec);
}

function parsed(text: string, readYaml: YamlReader): Result<unknown> {
  try {
    return success(JSON.parse(text));
  } catch {
    // Not JSON, so it may be YAML.
  }
  try {
    return success(readYaml(text));
  } catch (fault) {
    return failure(fault instanceof Error ? fault.message : String(fault));
  }
}

function tagsIn(value: unknown): number {
  if (typeof value === 'string') return value.split('{{').length - 1;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce((sum, [key, item]) => sum + tagsIn(key) + tagsIn(item), 0);
}

const listFields = ['containers', 'initContainers', 'volumes'] as const;

/**
 * Enough of a PodSpec's types for what follows to read the result; Argo decodes the patch into the Go type.
 */
function isPodPatch(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (!isFields(value)) return false;
  return listFields.every((field) => {
    const list = value[field];
    return list === undefined || list === null || (Array.isArray(list) && list.every(isFields));
  });
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
