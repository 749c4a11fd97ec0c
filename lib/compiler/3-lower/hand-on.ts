/** Which templates may have Succeeded, and yet hand on other phases to a task that is omitted after them. */
import { invocationsOf } from '../../argo/invocation.ts';
import type { Bundle } from '../../evaluate/bundle.ts';
import { hasHooks } from './bundle.ts';

/** Those that forgive failures, have hooks or end with nothing, and those that call them; found once for a run. */
export function handingOn({ templates }: Bundle): (template: string) => boolean {
  const callers = new Map<string, Set<string>>();
  const found = new Set<string>();
  for (const { id, template, calls } of Object.values(templates)) {
    const members = invocationsOf(template);
    const isDeadEnd = template.steps?.at(-1)?.length === 0;
    if (isDeadEnd || members.some((one) => one.continueOn !== undefined || hasHooks(one))) found.add(id);
    for (const { name = '' } of members) {
      const called = calls[name];
      if (called === undefined) continue;
      const known = callers.get(called);
      if (known === undefined) callers.set(called, new Set([id]));
      else known.add(id);
    }
  }
  // A set is walked through together with what is added to it on the way.
  for (const id of found) for (const caller of callers.get(id) ?? []) found.add(caller);
  return (template) => found.has(template);
}
