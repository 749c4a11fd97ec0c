/** Small bundles and outcomes for tests of the control semantics. */
import type { Template } from '../../../lib/argo/template.ts';
import type { WorkflowSpec } from '../../../lib/argo/workflow.ts';
import type { Bundle, BundleTemplate } from '../../../lib/evaluate/bundle.ts';
import type { ScopeData } from '../../../lib/evaluate/requests.ts';
import type { NodePhase, Outcome } from '../../../lib/protocol/outcome.ts';

/** Every template of the run's own spec; calls are resolved by name. */
export function bundleWith(
  templates: Readonly<Record<string, Template>>,
  spec: WorkflowSpec = {},
  extra: Partial<Bundle> = {},
): Bundle {
  const entries = Object.entries(templates).map(([name, template]): [string, BundleTemplate] => {
    const members = template.dag?.tasks ?? (template.steps ?? []).flat();
    const calls: Record<string, string> = {};
    for (const member of members) {
      const key = member.name ?? '';
      if (member.inline !== undefined) calls[key] = `${name}/${key}`;
      else if (member.template !== undefined && !member.template.includes('{{')) calls[key] = member.template;
      for (const [hook, { template: called }] of Object.entries(member.hooks ?? {})) {
        if (called !== undefined) calls[`${key}.hooks.${hook}`] = called;
      }
      if (member.onExit !== undefined) calls[`${key}.hooks.exit`] = member.onExit;
    }
    return [name, { id: name, name, scope: 'local/', template: { name, ...template }, calls }];
  });
  return {
    id: 'test',
    spec,
    entrypoint: 'main',
    hooks: {},
    templates: Object.fromEntries(entries),
    configMaps: {},
    ...extra,
  };
}

export function scopeWith(data: Partial<ScopeData> = {}): ScopeData {
  return {
    run: {
      name: 'wf',
      namespace: 'default',
      uid: 'the-uid',
      serviceAccountName: 'runner',
      mainEntrypoint: 'main',
      creationTimestamp: '2026-03-04T15:06:07Z',
      parameters: [],
      artifacts: [],
      labels: {},
      annotations: {},
    },
    inputs: {},
    outcomes: {},
    globals: {},
    ...data,
  };
}

export function outcome(node: string, phase: NodePhase, rest: Partial<Outcome> = {}): Outcome {
  return { node, phase, ...rest };
}

/** A leaf with these inputs; a value of undefined declares an input without default. */
export function leaf(
  inputs: Readonly<Record<string, string | undefined>> = {},
  rest: Template = {},
): Template {
  const parameters = Object.entries(inputs).map(([name, text]) => ({
    name,
    ...(text !== undefined && { default: text }),
  }));
  return { inputs: { parameters }, container: { image: 'alpine' }, ...rest };
}
