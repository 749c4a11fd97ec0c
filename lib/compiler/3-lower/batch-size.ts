/** How many items of a loop one execution takes, so that none waits for no reason and no history outgrows its limit. */
import type { Invocation } from '../../argo/invocation.ts';
import { isLeaf } from '../../argo/template.ts';
import { QUOTAS } from '../../asl/quotas.ts';
import type { Bundle, BundleTemplate } from '../../evaluate/bundle.ts';
import { isLooped } from '../../evaluate/loop.ts';
import type { Body } from './body.ts';
import type { Value } from './value.ts';

/** Events that the items of one batch may write, of the 25,000 of a history (SFN-DG/service-quotas). */
const MOST_EVENTS = 10_000;

/** Events of a leaf with all that may stand around it. */
const LEAF_EVENTS = 20;

/** AWS runs about 40 iterations of an inline Map at once: more in one execution would wait for each other. */
export function batchSize(bundle: Bundle, callee: string | undefined): number {
  const events = eventsOf(bundle, callee ?? '', []);
  return Math.max(1, Math.min(QUOTAS.inlineMapConcurrency, Math.floor(MOST_EVENTS / events)));
}

/** A guess at the events of one call; what calls itself runs in executions of its own. */
function eventsOf(bundle: Bundle, template: string, path: readonly string[]): number {
  const entry = bundle.templates[template];
  if (entry === undefined || isLeaf(entry.template) || path.includes(template)) return LEAF_EVENTS;
  const inner = [...path, template];
  return Object.values(entry.calls).reduce((sum, one) => sum + eventsOf(bundle, one, inner), LEAF_EVENTS);
}

/** What the evaluate handler is told of loops among the members (lib/handlers/batches.ts). */
export function batchesAmong(
  body: Body,
  members: readonly Invocation[],
): { readonly [key: string]: Value | undefined } {
  const sizes = members.flatMap((one) => {
    const name = one.name ?? '';
    return isLooped(one) ? [[name, batchSize(body.lowering.bundle, body.template.calls[name])] as const] : [];
  });
  return sizes.length === 0 ? {} : { batches: Object.fromEntries(sizes) };
}

/** Whether a loop's items may be more than one execution takes. */
export function mayBeMany(bundle: Bundle, template: BundleTemplate, loop: Invocation): boolean {
  const { withItems = [], withParam, withSequence } = loop;
  if (withParam || withSequence) return true;
  return withItems.length > batchSize(bundle, template.calls[loop.name ?? '']);
}
