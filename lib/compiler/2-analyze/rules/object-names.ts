/** How long the name of an object may be: labels of Kubernetes hold 63 characters. */

import type { ObjectMeta } from '../../../argo/policy.ts';
import { type Checker, report } from '../frame.ts';

export function checkObjectName(checker: Checker, kind: string, metadata: ObjectMeta): void {
  const { name } = metadata;
  const longest = kind === 'CronWorkflow' ? 52 : 63;
  if (!name || name.length <= longest) return;
  const message = `the name of a ${kind} may have ${longest} characters, this has ${name.length}`;
  report(checker, 'name-too-long', checker.spans.of(metadata, 'name'), message);
}
