/** When pods are deleted: a known strategy, and a well-formed selector. */

import type { JsonObject } from '../../../argo/json.ts';
import type { WorkflowSpec } from '../../../argo/workflow.ts';
import { didYouMean } from '../../../diagnostics/did-you-mean.ts';
import { type Checker, report } from '../frame.ts';

const strategies = ['OnPodCompletion', 'OnPodSuccess', 'OnWorkflowCompletion', 'OnWorkflowSuccess'];

export function checkPodGC(checker: Checker, podGC: WorkflowSpec['podGC']): void {
  if (!podGC) return;
  const { strategy, labelSelector } = podGC;
  if (strategy && !strategies.includes(strategy)) {
    const { hint = `use one of ${strategies.join(', ')}` } = didYouMean(strategy, strategies);
    const span = checker.spans.of(podGC, 'strategy');
    report(checker, 'unknown-policy', span, `"${strategy}" is no strategy of podGC`, { hint });
  }
  const requirements = labelSelector?.matchExpressions;
  if (!Array.isArray(requirements)) return;
  for (const requirement of requirements as JsonObject[]) {
    const fault = requirementFault(requirement);
    if (fault) report(checker, 'invalid-selector', checker.spans.of(requirement, fault.key), fault.message);
  }
}

function requirementFault(
  requirement: JsonObject,
): { readonly key: string; readonly message: string } | undefined {
  const { operator, values } = requirement;
  const count = Array.isArray(values) ? values.length : 0;
  if (operator === 'In' || operator === 'NotIn') {
    return count === 0 ? { key: 'operator', message: `${operator} needs values` } : undefined;
  }
  if (operator === 'Exists' || operator === 'DoesNotExist') {
    return count > 0 ? { key: 'values', message: `${operator} has no values` } : undefined;
  }
  return { key: 'operator', message: `"${String(operator)}" is no operator of a label selector` };
}
