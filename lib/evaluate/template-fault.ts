/**
 * A template whose expressions cannot even be read, which Argo finds when it enters the template (SubstituteParams), or
 * that is nothing: steps without a group are gone once Argo has written the template as JSON.
 */
import type { Template } from '../argo/template.ts';
import { emptyScope } from './scope.ts';
import { type Draft, expand } from './text.ts';

const faultOf = new WeakMap<Template, { readonly error: string | undefined }>();

/**
 * Without any value nothing but faults of the syntax can go wrong, whatever the run. The inputs are left out: an
 * argument takes the place of what is written there before anything is read (ProcessArgs).
 */
export function templateFault(template: Template): string | undefined {
  const known = faultOf.get(template);
  if (known !== undefined) return known.error;
  if (template.steps?.length === 0) return `Template '${template.name}' missing specification`;
  const { inputs: _inputs, ...body } = template;
  const done = expand<Omit<Template, 'inputs'>>(body as Draft<Omit<Template, 'inputs'>>, emptyScope, 'none');
  const error = done.ok ? undefined : done.error;
  faultOf.set(template, { error });
  return error;
}
