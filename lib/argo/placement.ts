/** Where the containers of a template run, as annotations say it. */
import type { Template } from './template.ts';

/** Of a Workflow (its metadata, or `workflowMetadata`), or of a template (`annotations`, or its `metadata`). */
export const RUN_ON = 'argosy/run-on';

export const PLACEMENTS = ['fargate', 'eks'] as const;

export type Placement = (typeof PLACEMENTS)[number];

type Annotations = Readonly<Record<string, string>> | undefined;

export function placementOf(annotations: Annotations): Placement | undefined {
  const value = annotations?.[RUN_ON];
  return PLACEMENTS.find((one) => one === value);
}

export function templatePlacement(template: Template): Placement | undefined {
  return placementOf(template.annotations) ?? placementOf(template.metadata?.annotations);
}
