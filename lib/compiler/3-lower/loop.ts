/** Whether a step or task runs once for each of a list of items. */
import type { Invocation } from '../../argo/invocation.ts';

/** A literal empty list counts as no loop. */
export function isLoop(invocation: Invocation): boolean {
  return (
    (invocation.withItems?.length ?? 0) > 0 ||
    Boolean(invocation.withParam) ||
    (invocation.withSequence !== undefined && invocation.withSequence !== null)
  );
}
