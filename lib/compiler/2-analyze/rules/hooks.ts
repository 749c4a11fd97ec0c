/** A lifecycle hook needs an expression that says when it runs; only `exit` does not. `validateHooks`. */

import type { LifecycleHooks } from '../../../argo/policy.ts';
import { type Checker, report } from '../frame.ts';

export function checkHooks(checker: Checker, hooks: LifecycleHooks | undefined): void {
  for (const [name, hook] of Object.entries(hooks ?? {})) {
    if (name === 'exit' || hook.expression) continue;
    const hint = 'add an expression, such as workflow.status == "Running"';
    const message = `the hook "${name}" has no expression`;
    report(checker, 'missing-expression', checker.spans.key(hooks!, name), message, { hint });
  }
}
