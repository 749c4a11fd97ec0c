/** The Jobs on EKS that a run's executions wait for, as their histories tell of them. */
import type { HistoryEvent } from '../asl/history-event.ts';
import { NODE_ANNOTATION, TOKEN_ANNOTATION } from '../protocol/run-job.ts';
import { allEvents, ENDED, ENDS, scheduledBefore } from './ecs-tasks.ts';
import type { RunHistory } from './execution-history.ts';

export interface OpenJob {
  readonly node: string;
  /** With it whoever ends the leaf may answer in the Job's stead. */
  readonly token: string;
}

/** Of the arguments of `eks:runJob`. */
interface RunJobArguments {
  readonly Job: {
    readonly spec: {
      readonly template: { readonly metadata: { readonly annotations: Readonly<Record<string, string>> } };
    };
  };
}

export function openJobs(history: RunHistory): readonly OpenJob[] {
  return allEvents(history).flatMap((events) => jobsOf(events));
}

function jobsOf(events: readonly HistoryEvent[]): readonly OpenJob[] {
  if (ENDED.has(events.at(-1)?.type ?? '')) return [];
  const byId = new Map(events.map((event) => [event.id, event]));
  const ends = events.filter(({ type }) => ENDS.has(type));
  const over = new Set(ends.map((event) => scheduledBefore(event, byId)?.parameters));
  return events.flatMap(({ taskScheduledEventDetails: scheduled }) => {
    if (scheduled?.resourceType !== 'eks' || scheduled.resource !== 'runJob.sync') return [];
    // The token in them makes parameters those of one attempt.
    if (over.has(scheduled.parameters)) return [];
    const given = JSON.parse(scheduled.parameters) as RunJobArguments;
    const told = given.Job.spec.template.metadata.annotations;
    return [{ node: told[NODE_ANNOTATION] ?? '', token: told[TOKEN_ANNOTATION] ?? '' }];
  });
}
