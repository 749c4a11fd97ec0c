/** Resolves every template that a run can reach, with defaults merged in, so that handlers need no lookups. */
import { createHash } from 'node:crypto';
import { type Invocation, invocationsOf } from '../../argo/invocation.ts';
import type { LifecycleHooks } from '../../argo/policy.ts';
import { isLeaf, type Template } from '../../argo/template.ts';
import { applyTemplateDefaults } from '../../argo/template-defaults.ts';
import type { WorkflowSpec } from '../../argo/workflow.ts';
import type { Bundle, BundleTemplate, EksPlacement } from '../../evaluate/bundle.ts';

/** Where templates of other objects are found. */
export interface TemplateStores {
  readonly workflowTemplates: ReadonlyMap<string, WorkflowSpec>;
  readonly clusterWorkflowTemplates: ReadonlyMap<string, WorkflowSpec>;
  readonly configMaps: Bundle['configMaps'];
}

/** The object whose templates a name means: the run's own spec, or another object's. */
interface Owner {
  readonly prefix: string;
  readonly scope: string;
  readonly spec: WorkflowSpec;
}

type Reference = Pick<Invocation, 'template' | 'templateRef' | 'inline'>;

const IS_TAG = /\{\{/;

/** The bundle of a spec that has `workflowTemplateRef` already merged in. `scope` says where its templates stand. */
export function bundleOf(
  spec: WorkflowSpec,
  scope: string,
  stores: TemplateStores,
  eks?: EksPlacement,
): Bundle {
  const templates: Record<string, BundleTemplate> = {};
  const pending: { owner: Owner; id: string; name: string; template: Template }[] = [];
  const own: Owner = { prefix: '', scope, spec };

  const add = (owner: Owner, id: string, name: string, template: Template) => {
    if (templates[id] !== undefined) return;
    const merged = withDefaults(template, spec);
    templates[id] = { id, name, scope: owner.scope, template: merged, calls: {} };
    pending.push({ owner, id, name, template: merged });
  };
  const reach = (owner: Owner, reference: Reference, at: string): string | undefined => {
    if (reference.inline) {
      add(owner, at, '', reference.inline);
      return at;
    }
    const targets = targetsOf(owner, reference, stores);
    for (const target of targets) {
      for (const name of target.names) {
        const template = target.owner.spec.templates?.find((one) => one.name === name);
        if (template) add(target.owner, `${target.owner.prefix}${name}`, name, template);
      }
    }
    const only = targets.length === 1 && targets[0]?.names.length === 1 ? targets[0] : undefined;
    return only === undefined || isDynamic(reference) ? undefined : `${only.owner.prefix}${only.names[0]}`;
  };

  const entrypoint = reach(own, { template: spec.entrypoint ?? '' }, '') ?? '';
  const exit = spec.onExit ? { template: spec.onExit } : spec.hooks?.['exit'];
  const onExit = exit && reach(own, exit, '');
  const specCalls: Record<string, string> = {};
  for (const [name, hook] of Object.entries(spec.hooks ?? {})) {
    const id = reach(own, hook, '');
    if (id !== undefined) specCalls[name] = id;
  }
  for (let next = pending.shift(); next; next = pending.shift()) {
    const { owner, id, template } = next;
    const calls: Record<string, string> = {};
    for (const [name, call] of callsOf(template)) {
      const callee = reach(owner, call, `${id}/${name}`);
      if (callee !== undefined) calls[name] = callee;
    }
    templates[id] = { ...templates[id]!, calls };
  }
  const { templates: _own, ...rest } = spec;
  const content = {
    spec: rest,
    entrypoint,
    ...(onExit === undefined ? {} : { onExit }),
    ...(eks === undefined ? {} : { eks }),
    hooks: specCalls,
    templates,
    configMaps: stores.configMaps,
  };
  const id = createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);
  return { id, ...content };
}

function withDefaults(template: Template, spec: WorkflowSpec): Template {
  const merged = spec.templateDefaults ? applyTemplateDefaults(template, spec.templateDefaults) : template;
  if (merged.retryStrategy || !spec.retryStrategy) return merged;
  return { ...merged, retryStrategy: spec.retryStrategy };
}

interface Target {
  readonly owner: Owner;
  readonly names: readonly string[];
}

function isDynamic(reference: Reference): boolean {
  const { templateRef, template } = reference;
  return IS_TAG.test(templateRef ? `${templateRef.name} ${templateRef.template}` : (template ?? ''));
}

/** The owners and names that a reference can mean; several when a name is known only at run time. */
function targetsOf(owner: Owner, reference: Reference, stores: TemplateStores): readonly Target[] {
  const ref = reference.templateRef;
  if (!ref) {
    const name = reference.template ?? '';
    return [{ owner, names: IS_TAG.test(name) ? namesIn(owner.spec) : [name] }];
  }
  const store = ref.clusterScope ? stores.clusterWorkflowTemplates : stores.workflowTemplates;
  const objects = IS_TAG.test(ref.name ?? '') ? [...store.keys()] : [ref.name ?? ''];
  return objects.flatMap((object) => {
    const spec = store.get(object);
    if (!spec) return [];
    const target: Owner = ref.clusterScope
      ? { prefix: `cluster:${object}/`, scope: `cluster/${object}`, spec }
      : { prefix: `${object}/`, scope: `namespaced/${object}`, spec };
    return [{ owner: target, names: IS_TAG.test(ref.template ?? '') ? namesIn(spec) : [ref.template ?? ''] }];
  });
}

function namesIn(spec: WorkflowSpec): readonly string[] {
  return (spec.templates ?? []).flatMap((template) => (template.name ? [template.name] : []));
}

/** Everything that a steps or dag template can call, by `STEP` and `STEP.hooks.NAME`. */
function callsOf(template: Template): readonly (readonly [string, Reference])[] {
  if (isLeaf(template)) return [];
  return invocationsOf(template).flatMap((member) => {
    const name = member.name ?? '';
    const hooks = Object.entries(hooksOf(member)).map(
      ([hook, value]) => [`${name}.hooks.${hook}`, value as Reference] as const,
    );
    return [[name, member] as const, ...hooks];
  });
}

/** Lifecycle hooks with the old `onExit` put in its place, which wins over `hooks.exit`. */
export function hooksOf(invocation: Pick<Invocation, 'hooks' | 'onExit'>): LifecycleHooks {
  const hooks = invocation.hooks ?? {};
  return invocation.onExit ? { ...hooks, exit: { template: invocation.onExit } } : hooks;
}

export function hasHooks(invocation: Pick<Invocation, 'hooks' | 'onExit'>): boolean {
  return Object.keys(hooksOf(invocation)).length > 0;
}
