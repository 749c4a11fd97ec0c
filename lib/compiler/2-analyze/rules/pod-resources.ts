/** Resources of a whole pod: cpu, memory and huge pages, without claims. `validatePodResources`. */

import type { ResourceRequirements } from '../../../argo/container.ts';
import { type Checker, report } from '../frame.ts';

export function checkPodResources(checker: Checker, resources: ResourceRequirements | undefined): void {
  if (!resources) return;
  if (resources.claims?.length) {
    const message = 'podResources cannot have claims';
    report(checker, 'invalid-pod-resources', checker.spans.key(resources, 'claims'), message);
  }
  for (const side of [resources.limits, resources.requests]) {
    for (const name of Object.keys(side ?? {})) {
      if (name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')) continue;
      const message = `"${name}" is no resource of a whole pod: cpu, memory and hugepages-* are`;
      report(checker, 'invalid-pod-resources', checker.spans.key(side!, name), message);
    }
  }
}
