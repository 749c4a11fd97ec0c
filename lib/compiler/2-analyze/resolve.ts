/**
 * Finds the template that a step, task or entrypoint calls. `validateTemplateHolder` and `ResolveTemplate`.
 */

import type { TemplateRef } from '../../argo/policy.ts';
import type { Template } from '../../argo/template.ts';
import { typesOf } from '../../argo/template.ts';
import { didYouMean } from '../../diagnostics/did-you-mean.ts';
import type { Span } from '../../diagnostics/source.ts';
import { type Frame, report } from './frame.ts';
import type { TemplateBase } from './stores.ts';
import { hasPlaceholder, tagsOf } from './tags.ts';

/** What names a template: a step, a task, or the workflow itself for its entrypoint. */
export interface Reference {
  readonly template?: string;
  readonly templateRef?: TemplateRef;
  readonly inline?: Template;
}

/** Where to point, for each part of the reference. */
export interface ReferenceSpans {
  /** The name of the template, in `template` or in `templateRef`. */
  readonly template: Span;
  /** The `template` that stands beside a `templateRef`. */
  readonly beside?: Span;
  readonly resource: Span;
  readonly owner: Span;
  /** The words that begin a message, such as `step "say"`. */
  readonly caller: string;
}

export type Resolution =
  | { readonly kind: 'found'; readonly template: Template; readonly base: TemplateBase }
  /** The name is only known at run time. */
  | { readonly kind: 'later' }
  /** It was reported. */
  | { readonly kind: 'failed' };

const later: Resolution = { kind: 'later' };
const failed: Resolution = { kind: 'failed' };

export function resolveReference(
  frame: Frame,
  reference: Reference,
  base: TemplateBase,
  at: ReferenceSpans,
): Resolution {
  const { template: name, templateRef, inline } = reference;
  if (templateRef) {
    if (name) {
      const message = `${at.caller} has both template and templateRef`;
      report(frame, 'template-and-ref', at.beside ?? at.template, message, { hint: 'keep one of the two' });
      return failed;
    }
    return resolveRef(frame, templateRef, inline, at);
  }
  if (name) {
    const template = base.templates.get(name);
    if (!template) return reportUnknown(frame, name, base, at);
    return found(frame, inline ?? template, base, at);
  }
  if (inline) return found(frame, inline, base, at);
  const message = `${at.caller} does not say which template it runs`;
  report(frame, 'missing-template', at.owner, message, { hint: 'add template, templateRef or inline' });
  return failed;
}

/** Argo reports a template without a type before all else that may be wrong with it. */
function found(frame: Frame, template: Template, base: TemplateBase, at: ReferenceSpans): Resolution {
  if (typesOf(template).length > 0) return { kind: 'found', template, base };
  const title = template.name ? `the template "${template.name}"` : `the inline template of ${at.caller}`;
  const span = template.name ? frame.spans.of(template, 'name') : frame.spans.name(template);
  const hint = 'add one of container, script, steps, dag, suspend, http, resource, data, containerSet';
  report(frame, 'no-template-type', span, `${title} has no type`, { hint });
  return failed;
}

function reportUnknown(frame: Frame, name: string, base: TemplateBase, at: ReferenceSpans): Resolution {
  if (hasPlaceholder(name)) {
    const message = `${at.caller} calls a template whose name is only known at run time`;
    const hint = 'use templateRef, or choose between several steps with "when"';
    report(frame, 'unknown-template', at.template, message, { hint });
    return failed;
  }
  const message = `${at.caller} calls a template that does not exist`;
  const label = 'no template has this name';
  const near = didYouMean(name, base.templates.keys());
  report(frame, 'unknown-template', at.template, message, { label, ...near });
  return failed;
}

/** An inline template stands in for the one that is named, but sees what that one would (`WithTemplateHolder`). */
function resolveRef(
  frame: Frame,
  ref: TemplateRef,
  inline: Template | undefined,
  at: ReferenceSpans,
): Resolution {
  const { name = '', template: templateName = '', clusterScope } = ref;
  if (!name || !templateName) {
    const missing = name ? 'template' : 'name';
    const message = `the templateRef of ${at.caller} has no ${missing}`;
    report(frame, 'missing-name', name ? at.template : at.resource, message);
    return failed;
  }
  if (hasTag(name) || hasTag(templateName)) return later;
  const kind = clusterScope ? 'ClusterWorkflowTemplate' : 'WorkflowTemplate';
  const target = lookUp(frame, name, clusterScope === true);
  if (!target) {
    if (hasPlaceholder(name)) {
      const unknown = `${at.caller} refers to a ${kind} whose name is only known at run time`;
      report(frame, 'unknown-template-ref', at.resource, unknown);
      return failed;
    }
    const message = `${at.caller} refers to the ${kind} "${name}", which is not among the files given`;
    report(frame, 'unknown-template-ref', at.resource, message, hintFor(frame, name, clusterScope === true));
    return failed;
  }
  const template = inline ?? target.templates.get(templateName);
  if (template) return found(frame, template, target, at);
  if (hasPlaceholder(templateName)) return later;
  const message = `the ${kind} "${name}" has no template "${templateName}"`;
  report(
    frame,
    'unknown-template-ref',
    at.template,
    message,
    didYouMean(templateName, target.templates.keys()),
  );
  return failed;
}

function hasTag(text: string): boolean {
  return tagsOf(text).some(({ isExpression }) => !isExpression);
}

function lookUp(frame: Frame, name: string, isCluster: boolean): TemplateBase | undefined {
  const { stores } = frame;
  return isCluster ? stores.clusterWorkflowTemplate(name) : stores.workflowTemplate(name, frame.namespace);
}

function hintFor(frame: Frame, name: string, isCluster: boolean): { readonly hint: string } {
  const other = lookUp(frame, name, !isCluster);
  if (other) {
    return { hint: isCluster ? 'it is a WorkflowTemplate: remove clusterScope' : 'add clusterScope: true' };
  }
  const names = isCluster
    ? frame.stores.clusterWorkflowTemplates.keys()
    : [...frame.stores.workflowTemplates.values()].map((candidate) => candidate.name);
  const { hint = 'pass the file that holds it too' } = didYouMean(name, names);
  return { hint };
}
