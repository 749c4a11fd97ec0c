/** Checks an object that can run or be run from. `Workflow` in `workflow/validate/validate.go`. */

import type { Arguments } from '../../argo/invocation.ts';
import type { ObjectMeta } from '../../argo/policy.ts';
import type { Template } from '../../argo/template.ts';
import type {
  ClusterWorkflowTemplate,
  CronWorkflow,
  Workflow,
  WorkflowSpec,
  WorkflowTemplate,
} from '../../argo/workflow.ts';
import { didYouMean } from '../../diagnostics/did-you-mean.ts';
import type { Span } from '../../diagnostics/source.ts';
import { checkCall } from './check-template.ts';
import {
  anyArguments,
  type CallGraph,
  type Checker,
  type Frame,
  type GivenArguments,
  givenArguments,
  report,
} from './frame.ts';
import { globalsOf, mergeArguments } from './globals.ts';
import { checkArguments, checkConfigMaps } from './rules/arguments.ts';
import { checkExecutorPlugins } from './rules/executor-plugins.ts';
import { checkNames, fieldNameFault } from './rules/field-names.ts';
import { checkHooks } from './rules/hooks.ts';
import { checkPodGC } from './rules/pod-gc.ts';
import { checkPodResources } from './rules/pod-resources.ts';
import { anyGlobalArtifact } from './rules/variables.ts';
import { baseOf, type TemplateBase } from './stores.ts';
import { hasOpenTag, hasPlainTag, placeholder } from './tags.ts';
import { warnExpression } from './warnings/expressions.ts';
import { warnHooks, warnTemplate } from './warnings/template-warnings.ts';

/** What is checked: a spec, and what it is a spec of. */
export interface Subject {
  readonly object: Workflow | WorkflowTemplate | ClusterWorkflowTemplate | CronWorkflow;
  readonly spec: WorkflowSpec;
  /** Labels and annotations count as variables; the rest of it does not matter here. */
  readonly metadata: ObjectMeta;
}

export interface CheckedWorkflow {
  /** The arguments of the workflow over those of the spec that it refers to. */
  readonly arguments: Arguments;
  /** The object that `workflowTemplateRef` names, where it was found. */
  readonly referenced?: TemplateBase;
  readonly calls: CallGraph;
}

export function checkWorkflow(checker: Checker, { object, spec, metadata }: Subject): CheckedWorkflow {
  const calls: CallGraph = new Map();
  const isLibrary = object.kind === 'WorkflowTemplate' || object.kind === 'ClusterWorkflowTemplate';
  // Argo checks every object as if it were a workflow of its own.
  const base: TemplateBase = { ...baseOf(object, spec), kind: 'Workflow' };
  const referenced = spec.workflowTemplateRef && findReferenced(checker, spec, base);
  if (spec.workflowTemplateRef && !referenced) return { arguments: spec.arguments ?? {}, calls };
  checkNames(checker, spec.templates, 'template', fieldNameFault);
  checkExecutorPlugins(checker, spec);
  const given = mergeArguments(spec.arguments, referenced?.spec.arguments);
  const mayLackValues = isLibrary || (checker.mode === 'lint' && object.kind === 'Workflow');
  checkArguments(checker, given, 'the workflow', { mayLackValues });
  if (checker.mode === 'run' && !isLibrary) checkConfigMaps(checker, given, base.namespace);
  const globals = globalsOf({
    metadata,
    spec,
    arguments: given,
    ...(referenced && { referenced: referenced.spec }),
  });
  const frame: Frame = {
    ...checker,
    globals,
    joined: new Map(),
    visited: new Set(),
    namespace: base.namespace,
    isLibrary,
    depth: { value: 0 },
    calls,
    values: {
      haveTags: [...globals.values()].some((value) => value.includes('{{')),
      haveOpenTags: [...globals.values()].some(hasOpenTag),
    },
    open: new Map(),
  };
  const context: Context = { frame, object, spec, base, given, ...(referenced && { referenced }) };
  checkEntrypoint(context);
  checkExitHandler(context);
  checkHooks(checker, spec.hooks);
  checkPodGC(checker, spec.podGC);
  checkPodResources(checker, spec.podResources);
  checkAllTemplates(context);
  if (checker.warns) warnAll(context);
  return { arguments: given, calls, ...(referenced && { referenced }) };
}

interface Context {
  readonly frame: Frame;
  readonly object: Subject['object'];
  readonly spec: WorkflowSpec;
  readonly base: TemplateBase;
  readonly given: Arguments;
  readonly referenced?: TemplateBase;
}

function findReferenced(checker: Checker, spec: WorkflowSpec, base: TemplateBase): TemplateBase | undefined {
  const ref = spec.workflowTemplateRef!;
  const { spans, stores } = checker;
  if (spec.templates?.length) {
    const message = 'templates cannot stand beside workflowTemplateRef';
    report(checker, 'templates-beside-ref', spans.key(spec, 'templates'), message);
    return undefined;
  }
  const name = ref.name ?? '';
  const found = ref.clusterScope
    ? stores.clusterWorkflowTemplate(name)
    : stores.workflowTemplate(name, base.namespace);
  if (found) return found;
  const kind = ref.clusterScope ? 'ClusterWorkflowTemplate' : 'WorkflowTemplate';
  const known = ref.clusterScope ? stores.clusterWorkflowTemplates : stores.workflowTemplates;
  const { hint = 'pass the file that holds it too' } = didYouMean(
    name,
    [...known.values()].map((each) => each.name),
  );
  const message = `the ${kind} "${name}" is not among the files given`;
  report(checker, 'unknown-template-ref', spans.of(ref, 'name'), message, { hint });
  return undefined;
}

/** Calls a template of the workflow or of the spec that it refers to, as the workflow itself does. */
function callTemplate(context: Context, name: string, at: Span, caller: string, given: GivenArguments): void {
  const { frame, base, referenced } = context;
  const spans = { template: at, resource: at, owner: at, caller };
  checkCall(frame, { template: name }, referenced ?? base, given, spans);
}

function checkEntrypoint(context: Context): void {
  const { frame, object, spec, referenced, given } = context;
  const { spans } = frame;
  const entrypoint = spec.entrypoint || referenced?.spec.entrypoint;
  if (!entrypoint) {
    if (frame.isLibrary) return;
    const names = [...(referenced ?? context.base).templates.keys()];
    const hint = names.length > 0 ? `add entrypoint: ${names[0]}` : 'add an entrypoint and templates';
    const owner = 'spec' in object && spans.has(spec) ? spans.name(spec) : spans.name(object);
    report(frame, 'missing-entrypoint', owner, 'the workflow has no entrypoint', { hint });
    return;
  }
  const at = spec.entrypoint
    ? spans.of(spec, 'entrypoint')
    : spec.workflowTemplateRef
      ? spans.of(spec.workflowTemplateRef, 'name')
      : spans.name(spec);
  const own = givenArguments(given, at, (text) => text);
  callTemplate(context, entrypoint, at, 'the entrypoint', frame.isLibrary ? anyArguments : own);
}

function checkExitHandler(context: Context): void {
  const { frame, spec, referenced } = context;
  const name = spec.onExit || referenced?.spec.onExit;
  if (!name) return;
  frame.globals.set('workflow.failures', placeholder);
  const templates = [...(spec.templates ?? []), ...(referenced?.spec.templates ?? [])];
  if (templates.some(hasVariableGlobalArtifact)) frame.globals.set(anyGlobalArtifact, placeholder);
  const at = spec.onExit ? frame.spans.of(spec, 'onExit') : frame.spans.of(spec.workflowTemplateRef!, 'name');
  const given = givenArguments(spec.arguments, at, (text) => text);
  callTemplate(context, name, at, 'onExit', given);
}

function hasVariableGlobalArtifact({ outputs }: Template): boolean {
  return outputs?.artifacts?.some(({ globalName }) => globalName && hasPlainTag(globalName)) ?? false;
}

/** Every template must be sound, also those that nothing calls. */
function checkAllTemplates(context: Context): void {
  const { frame, base, referenced } = context;
  const owner = referenced ?? base;
  for (const template of owner.spec.templates ?? []) {
    if (!template.name) continue;
    const at = frame.spans.of(template, 'name');
    callTemplate(context, template.name, at, 'the workflow', anyArguments);
  }
}

function warnAll({ frame, spec, base, referenced }: Context): void {
  for (const template of spec.templates ?? []) warnTemplate(frame, template, base);
  warnHooks(frame, spec.hooks, referenced ?? base);
  const labels = spec.workflowMetadata?.labelsFrom ?? {};
  for (const label of Object.values(labels)) {
    warnExpression(frame, label.expression, () => frame.spans.of(label, 'expression'));
  }
}
