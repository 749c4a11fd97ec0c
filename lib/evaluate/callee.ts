/**
 * Which template a step, task or hook calls: the compiler's answer, or for names made at run time a look-up.
 */
import type { TemplateRef } from '../argo/policy.ts';
import type { Bundle, BundleTemplate } from './bundle.ts';

export interface Called {
  readonly template?: string;
  readonly templateRef?: TemplateRef;
}

export type Callee =
  | { readonly ok: true; readonly entry: BundleTemplate }
  | { readonly ok: false; readonly error: string };

function entryOf(bundle: Bundle, id: string): BundleTemplate | undefined {
  return Object.hasOwn(bundle.templates, id) ? bundle.templates[id] : undefined;
}

/** The prefix of the ids of the templates of the object in which `scope` stands. */
function idPrefix(scope: string): string {
  const [resource, name = ''] = scope.split('/');
  if (resource === 'namespaced') return `${name}/`;
  return resource === 'cluster' ? `cluster:${name}/` : '';
}

function byRef(bundle: Bundle, ref: TemplateRef): Callee {
  const object = ref.name ?? '';
  const prefix = ref.clusterScope === true ? `cluster:${object}/` : `${object}/`;
  const entry = entryOf(bundle, prefix + (ref.template ?? ''));
  if (entry !== undefined) return { ok: true, entry };
  const isKnown = Object.keys(bundle.templates).some((id) => id.startsWith(prefix));
  const error = isKnown
    ? `template ${ref.template ?? ''} not found in workflow template ${object}`
    : `workflow template ${object} not found`;
  return { ok: false, error };
}

/** `key` is the caller's name for the call: `STEP` or `STEP.hooks.NAME`. */
export function calleeOf(bundle: Bundle, caller: BundleTemplate, key: string, called: Called): Callee {
  const fixed = Object.hasOwn(caller.calls, key) ? caller.calls[key] : undefined;
  const known = fixed === undefined ? undefined : entryOf(bundle, fixed);
  if (known !== undefined) return { ok: true, entry: known };
  if (called.templateRef !== undefined) return byRef(bundle, called.templateRef);
  if (called.template === undefined || called.template === '')
    return { ok: false, error: 'failed to get a template' };
  const entry = entryOf(bundle, idPrefix(caller.scope) + called.template);
  return entry === undefined
    ? { ok: false, error: `template ${called.template} not found` }
    : { ok: true, entry };
}
