/** The deadlines of a leaf that has a pod, from its rendered template and its run. */
import type { Template } from '../../argo/template.ts';
import type { BundleTemplate } from '../bundle.ts';
import type { StageRequest } from '../requests.ts';
import { type Deadlines, leafDeadlines, type Overdue, overdueBeforeStart } from './leaf-deadlines.ts';
import { type Result, success } from './result.ts';

/** `entry` is the template as it was written, whose retryStrategy says how long all attempts may take. */
export function podDeadlines(
  template: Template,
  request: StageRequest,
  entry: BundleTemplate,
): Result<Deadlines | Overdue> {
  const now = Date.parse(request.now);
  const maxDuration = entry.template.retryStrategy?.backoff?.maxDuration;
  const retried = request.retries !== undefined && request.retries > 0;
  const { deadline } = request.run;
  const site = {
    node: request.node,
    now,
    startedAt: request.startedAt === undefined ? now : Date.parse(request.startedAt),
    ...(deadline !== undefined && !request.exit && { runDeadline: deadline }),
    ...(maxDuration && retried && { maxDuration }),
    ...(request.firstStartedAt && { firstStartedAt: Date.parse(request.firstStartedAt) }),
  };
  const overdue = overdueBeforeStart(template, site);
  if (!overdue.ok) return overdue;
  if (overdue.value) return success(overdue.value);
  const containers = template.containerSet?.containers ?? [template.container ?? template.script ?? {}];
  return leafDeadlines(template, containers, site);
}
