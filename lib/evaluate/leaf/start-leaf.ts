/** What suspend, http and data templates have in common before they start: rendered text, and time left. */
import type { Template } from '../../argo/template.ts';
import type { Outcome } from '../../protocol/outcome.ts';
import type { Bundle } from '../bundle.ts';
import type { StageRequest } from '../requests.ts';
import { parseSecondsOrDuration } from './duration.ts';
import { overdueBeforeStart, stepDeadlineMessage } from './leaf-deadlines.ts';
import { endedOutcome, errorOutcome } from './leaf-outcome.ts';
import { renderTree } from './leaf-variables.ts';

export type Done = { readonly kind: 'done'; readonly outcome: Outcome };

export type Started =
  | Done
  | {
      readonly kind: 'started';
      readonly template: Template;
      /** Epoch milliseconds by which it must have ended, and how it then ends. */
      readonly deadline?: number;
    };

export function startLeaf(bundle: Bundle, request: StageRequest): Started {
  const error = (message: string): Done => ({ kind: 'done', outcome: errorOutcome(request, message) });
  const entry = bundle.templates[request.template];
  if (!entry) return error(`template ${request.template} not found`);
  const rendered = renderTree({ template: entry.template }, bundle, entry, request);
  if (!rendered.ok) return error(rendered.error);
  const { template } = rendered.value;
  const now = Date.parse(request.now);
  const startedAt = request.startedAt === undefined ? now : Date.parse(request.startedAt);
  const overdue = overdueBeforeStart(template, { node: request.node, now, startedAt });
  if (!overdue.ok) return error(overdue.error);
  if (overdue.value) return { kind: 'done', outcome: ended(request, overdue.value) };
  const ends = [request.exit ? undefined : request.run.deadline];
  if (template.timeout) {
    const length = parseSecondsOrDuration(template.timeout);
    if (length.ok) ends.push(startedAt + length.value);
  }
  const known = ends.filter((end) => end !== undefined);
  if (known.length === 0) return { kind: 'started', template };
  const deadline = Math.min(...known);
  if (deadline - now < 1000) return { kind: 'done', outcome: deadlineOutcome(request, now) };
  return { kind: 'started', template, deadline };
}

/** The end of a node without a pod when the run's time, or its own, is over. */
export function deadlineOutcome(request: StageRequest, at: number): Outcome {
  return ended(request, { phase: 'Failed', message: stepDeadlineMessage }, new Date(at).toISOString());
}

function ended(
  request: StageRequest,
  end: Pick<Outcome, 'phase' | 'notStarted'> & { readonly message: string },
  at = request.now,
): Outcome {
  return endedOutcome({ ...end, node: request.node, startedAt: request.startedAt ?? request.now, now: at });
}
