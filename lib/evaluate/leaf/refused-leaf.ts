/** Template types that need a cluster: refused with what to do instead. */
import type { TemplateType } from '../../argo/template.ts';

const remedies: Readonly<Partial<Record<TemplateType, string>>> = {
  resource:
    'a resource template acts on the API of a Kubernetes cluster, which this runtime has none of: call the ' +
    'service from a container or script template (kubectl, aws), or call a Workflow as a template',
  plugin:
    'a plugin template runs in a plugin of the workflow controller, which this runtime has none of: use a ' +
    'container, script or http template',
};

/** Undefined for a type that runs. */
export function refusalOf(type: TemplateType | undefined): string | undefined {
  return type === undefined ? undefined : remedies[type];
}
