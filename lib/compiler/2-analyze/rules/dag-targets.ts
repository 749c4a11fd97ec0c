/** `dag.target` names tasks, separated by one space each. `validateDAGTargets`. */

import type { DagTask } from '../../../argo/invocation.ts';
import { didYouMean } from '../../../diagnostics/did-you-mean.ts';
import { findWithin } from '../../../diagnostics/span.ts';
import { type Called, report } from '../frame.ts';
import { hasPlaceholder, hasPlainTag } from '../tags.ts';

export function checkTargets({ frame, template, view }: Called, tasks: readonly DagTask[]): void {
  const { dag } = template;
  if (!dag?.target) return;
  const names = new Set(tasks.map(({ name }) => name));
  const span = frame.spans.of(dag, 'target');
  const text = view(dag.target);
  for (const target of text.split(' ')) {
    if (hasPlainTag(target) || names.has(target)) continue;
    // Argo looks for a task that is named like its own stand-in for a value, and does not find it.
    const message =
      target === ''
        ? 'dag.target has a space too many'
        : hasPlaceholder(target)
          ? 'dag.target is only known at run time, and no task can be named so'
          : `dag.target names "${target}", which is no task of this dag`;
    report(frame, 'unknown-target', findWithin(span, target), message, didYouMean(target, names));
  }
}
