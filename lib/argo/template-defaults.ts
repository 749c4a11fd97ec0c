/** `spec.templateDefaults` merged under a template, as the controller does it before a template runs. */

import { strategicMerge, type Trace } from './strategic-merge.ts';
import { type Template, templateType, templateTypes } from './template.ts';

/**
 * What the template sets goes over the defaults; of the defaults for types, only those of the template's own
 * type count
 * (`mergedTemplateDefaultsInto` in `workflow/controller/operator.go`).
 */
export function applyTemplateDefaults(
  template: Template,
  defaults: Template | undefined,
  trace?: Trace,
): Template {
  if (!defaults) return template;
  const type = templateType(template);
  const foreign = new Set<string>(templateTypes.filter((other) => other !== type));
  const applicable = Object.fromEntries(
    Object.entries(defaults).filter(([field]) => !foreign.has(field)),
  ) as Template;
  return strategicMerge(applicable, template, 'Template', trace);
}
