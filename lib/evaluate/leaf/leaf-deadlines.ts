/** When a leaf must have ended: the run's deadline, its template's timeouts, the time for all attempts. */
import type { Container } from '../../argo/container.ts';
import type { Template } from '../../argo/template.ts';
import type { NodePhase } from '../../protocol/outcome.ts';
import { parseIntOrString, parseSecondsOrDuration } from './duration.ts';
import { failure, type Result, success } from './result.ts';

export interface Deadlines {
  /** Epoch milliseconds. */
  readonly deadline?: number;
  readonly deadlineMessage?: string;
  readonly activeDeadlineSeconds?: number;
}

/** A leaf that may not even start any more. */
export interface Overdue {
  readonly phase: NodePhase;
  readonly message: string;
  readonly notStarted?: true;
}

export interface DeadlineSite {
  readonly node: string;
  readonly now: number;
  readonly startedAt: number;
  /** The run's deadline; exit handlers have none. */
  readonly runDeadline?: number;
  readonly maxDuration?: string;
  readonly firstStartedAt?: number;
}

const podDeadlineMessage = 'Pod was active on the node longer than the specified deadline';
export const stepDeadlineMessage = 'Step exceeded its deadline';

/** `operator.go` checkTemplateTimeouts, for a node that has waited, for example for a lock. */
export function overdueBeforeStart(template: Template, site: DeadlineSite): Result<Overdue | undefined> {
  for (const limit of [template.timeout, template.pendingTimeout]) {
    if (!limit) continue;
    const length = parseSecondsOrDuration(limit);
    if (!length.ok) return failure(`invalid timeout format ${length.error}`);
    if (site.now > site.startedAt + length.value)
      return success({ phase: 'Failed', message: 'timeout', notStarted: true });
  }
  return success(undefined);
}

/**
 * `workflowpod.go` build. A pod must get more than one whole second of its template's timeout, so that one of
 * 2 s never starts; and a timeout takes the place of activeDeadlineSeconds, whichever is shorter.
 */
export function leafDeadlines(
  template: Template,
  containers: readonly Container[],
  site: DeadlineSite,
): Result<Deadlines | Overdue> {
  const active = activeSeconds(template, containers);
  if (!active.ok) return active;
  if (site.runDeadline !== undefined && site.runDeadline - site.now < 1000)
    return success({ phase: 'Failed', message: stepDeadlineMessage });
  const ends: { at: number; message: string }[] = [];
  if (site.runDeadline !== undefined && !pausesForDebugging(containers))
    ends.push({ at: site.runDeadline, message: podDeadlineMessage });
  if (template.timeout) {
    const length = parseSecondsOrDuration(template.timeout);
    if (!length.ok) return failure(`invalid timeout format ${length.error}`);
    const at = site.startedAt + length.value;
    if (Math.ceil((at - site.now) / 1000) - 1 <= 1) return failure(`${site.node} exceeded its deadline`);
    ends.push({ at, message: podDeadlineMessage });
  }
  const longest = attemptsDeadline(site);
  if (!longest.ok) return longest;
  if (longest.value !== undefined) ends.push({ at: longest.value, message: stepDeadlineMessage });
  const first = ends.reduce<(typeof ends)[number] | undefined>(
    (least, end) => (least && least.at <= end.at ? least : end),
    undefined,
  );
  const seconds = template.timeout ? undefined : active.value;
  return success({
    ...(first && { deadline: first.at, deadlineMessage: first.message }),
    ...(seconds !== undefined && { activeDeadlineSeconds: seconds }),
  });
}

function activeSeconds(template: Template, containers: readonly Container[]): Result<number | undefined> {
  if (template.activeDeadlineSeconds === undefined) return success(undefined);
  const seconds = parseIntOrString(template.activeDeadlineSeconds);
  return seconds.ok && pausesForDebugging(containers) ? success(undefined) : seconds;
}

/** A container that waits for somebody who debugs it has no deadline, as upstream. */
function pausesForDebugging(containers: readonly Container[]): boolean {
  const names = containers.flatMap((container) => container.env ?? []).map((variable) => variable.name);
  return names.includes('ARGO_DEBUG_PAUSE_BEFORE') || names.includes('ARGO_DEBUG_PAUSE_AFTER');
}

function attemptsDeadline(site: DeadlineSite): Result<number | undefined> {
  if (!site.maxDuration || site.firstStartedAt === undefined) return success(undefined);
  const length = parseSecondsOrDuration(site.maxDuration);
  return length.ok ? success(site.firstStartedAt + length.value) : length;
}
