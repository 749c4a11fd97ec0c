/** A container and a script need an image, of their own or from templateDefaults. `validateLeaf`. */

import { type Called, report } from '../frame.ts';

/**
 * Argo's validator looks at the defaults of Workflows and WorkflowTemplates, but not of
 * ClusterWorkflowTemplates.
 */
export function checkImage({ frame, template, base, view, title }: Called): void {
  for (const type of ['container', 'script'] as const) {
    const body = template[type];
    if (!body || view(body.image ?? '') !== '') continue;
    const defaults = base.kind === 'ClusterWorkflowTemplate' ? undefined : base.spec.templateDefaults;
    if (defaults?.[type]?.image) continue;
    const span = body.image === undefined ? frame.spans.name(body) : frame.spans.of(body, 'image');
    report(frame, 'missing-image', span, `the ${type} of ${title} has no image`);
  }
}
