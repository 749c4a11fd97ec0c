/** The objects that others refer to by name: WorkflowTemplates, ClusterWorkflowTemplates and ConfigMaps. */

import type { Template } from '../../argo/template.ts';
import type {
  ClusterWorkflowTemplate,
  ConfigMap,
  CronWorkflow,
  Workflow,
  WorkflowSpec,
  WorkflowTemplate,
} from '../../argo/workflow.ts';
import type { Collector } from '../../diagnostics/collector.ts';
import type { ParsedDocument } from '../1-parse/parse.ts';

/** Where the name of a template is looked up: the object that holds the call. */
export interface TemplateBase {
  readonly kind: 'Workflow' | 'WorkflowTemplate' | 'ClusterWorkflowTemplate';
  readonly name: string;
  readonly namespace: string;
  readonly spec: WorkflowSpec;
  readonly templates: ReadonlyMap<string, Template>;
}

export interface TemplateStores {
  workflowTemplate(name: string, namespace: string): TemplateBase | undefined;
  clusterWorkflowTemplate(name: string): TemplateBase | undefined;
  readonly workflowTemplates: ReadonlyMap<string, TemplateBase>;
  readonly clusterWorkflowTemplates: ReadonlyMap<string, TemplateBase>;
  readonly configMaps: ReadonlyMap<string, ConfigMap>;
}

/** Objects without a namespace stand in `default`, where Argo puts them when nothing else is said. */
export function namespaceOf(namespace: string | undefined): string {
  return namespace || 'default';
}

export function baseOf(
  object: Workflow | WorkflowTemplate | ClusterWorkflowTemplate | CronWorkflow,
  spec: WorkflowSpec,
): TemplateBase {
  const templates = new Map<string, Template>();
  for (const template of spec.templates ?? []) {
    if (template.name && !templates.has(template.name)) templates.set(template.name, template);
  }
  const kind = object.kind === 'CronWorkflow' ? 'Workflow' : object.kind;
  const { name = '', namespace } = object.metadata;
  return { kind, name, namespace: namespaceOf(namespace), spec, templates };
}

/** Two templates of one name would make every reference to them ambiguous, as for `argo lint --offline`. */
export function collectStores(documents: readonly ParsedDocument[], collector: Collector): TemplateStores {
  const workflowTemplates = new Map<string, TemplateBase>();
  const clusterWorkflowTemplates = new Map<string, TemplateBase>();
  const configMaps = new Map<string, ConfigMap>();
  const firsts = new Map<string, ParsedDocument>();
  for (const document of documents) {
    const { value, spans } = document;
    const { name = '', namespace } = value.metadata;
    const key = `${namespaceOf(namespace)}/${name}`;
    if (value.kind === 'ConfigMap') configMaps.set(key, value);
    if (value.kind !== 'WorkflowTemplate' && value.kind !== 'ClusterWorkflowTemplate') continue;
    const isCluster = value.kind === 'ClusterWorkflowTemplate';
    const identity = isCluster ? `${value.kind} ${name}` : `${value.kind} ${key}`;
    const first = firsts.get(identity);
    if (first) {
      const related = [{ span: first.spans.of(first.value.metadata, 'name'), message: 'the first one' }];
      const message = `a second ${value.kind} is named "${name}"`;
      collector.report('duplicate-object', spans.of(value.metadata, 'name'), message, { related });
      continue;
    }
    firsts.set(identity, document);
    if (isCluster) clusterWorkflowTemplates.set(name, baseOf(value, value.spec));
    else workflowTemplates.set(key, baseOf(value, value.spec));
  }
  return {
    workflowTemplates,
    clusterWorkflowTemplates,
    configMaps,
    workflowTemplate: (name, namespace) => workflowTemplates.get(`${namespaceOf(namespace)}/${name}`),
    clusterWorkflowTemplate: (name) => clusterWorkflowTemplates.get(name),
  };
}
