/** What kinds of template there are, as Argo's validator distinguishes them. */

import { type Template, type TemplateType, templateType } from '../../argo/template.ts';

const leaves: ReadonlySet<TemplateType | undefined> = new Set([
  'container',
  'containerSet',
  'script',
  'resource',
  'data',
  'http',
  'plugin',
]);

const pods: ReadonlySet<TemplateType | undefined> = new Set([
  'container',
  'containerSet',
  'script',
  'resource',
  'data',
]);

/**
 * The type of a template once its tags have been replaced: JSON has nothing of an empty list of steps, so that Argo then
 * takes it for a template of no type, which nothing is asked of but what is asked of leaves.
 */
export function replacedType(template: Template): TemplateType | undefined {
  const type = templateType(template);
  return type === 'steps' && template.steps?.length === 0 ? undefined : type;
}

/** `Template.IsLeaf`: all but steps, dag and suspend. */
export function isLeafType(template: Template): boolean {
  return leaves.has(templateType(template));
}

/** `Template.IsPodType`: what gets a pod of its own. */
export function isPodType(template: Template): boolean {
  return pods.has(templateType(template));
}

/** `Template.HasOutput`: what has `outputs.result` and an exit code. */
export function hasResult(template: Template): boolean {
  const { container, containerSet, script, data, http, plugin } = template;
  if (containerSet?.containers?.some(({ name }) => name === 'main')) return true;
  return Boolean(container ?? script ?? data ?? http ?? plugin);
}
