/** The ECS tasks of a run, as the histories of its executions tell of them. */

import type { HistoryEvent } from '../asl/history-event.ts';
import { type RunTaskArguments, TASK_TOKEN_ENV } from '../protocol/run-task.ts';
import { orderedTask, type TaskOrder } from '../protocol/task-order.ts';
import type { RunHistory } from './execution-history.ts';

export interface EcsTask {
  readonly node: string;
  readonly taskArn: string;
  readonly cluster: string;
  readonly order: TaskOrder | undefined;
  /** With it whoever ends the task may answer in its stead. */
  readonly token: string;
  /** Whether its state still waits for it. */
  readonly isOpen: boolean;
}

export function ecsTasks(history: RunHistory): readonly EcsTask[] {
  return allEvents(history).flatMap((events) => tasksOf(events));
}

const STARTS = /"op"\s*:\s*"(stage|start)"/;

/** Whether a task is about to start, of which nothing is known yet: its leaf is made ready, or its call not answered. */
export function isAboutToStart(history: RunHistory): boolean {
  return allEvents(history).some((events) => {
    if (ENDED.has(events.at(-1)?.type ?? '')) return false;
    const after = new Map(events.map((event) => [event.previousEventId, event]));
    return events.some(({ id, taskScheduledEventDetails: scheduled }) => {
      if (scheduled?.resourceType !== 'ecs' && !STARTS.test(scheduled?.parameters ?? '')) return false;
      const next = after.get(id);
      return next === undefined || (next.type === 'TaskStarted' && !after.has(next.id));
    });
  });
}

/** The run's own events, and those of each child execution. */
export function allEvents(history: RunHistory): readonly (readonly HistoryEvent[])[] {
  const found: (readonly HistoryEvent[])[] = [history.events];
  const seen = new Set<string>();
  for (let at = 0; at < found.length; at += 1) {
    for (const event of found[at]!) {
      const submitted = event.taskSubmittedEventDetails;
      if (submitted?.resourceType !== 'states') continue;
      const { ExecutionArn: arn } = JSON.parse(submitted.output) as { readonly ExecutionArn?: string };
      const child = arn === undefined || seen.has(arn) ? undefined : history.childHistory(arn);
      if (arn === undefined || child === undefined) continue;
      seen.add(arn);
      found.push(child);
    }
  }
  return found;
}

export const ENDS = new Set(['TaskSucceeded', 'TaskFailed', 'TaskTimedOut', 'TaskStateAborted']);

function tasksOf(events: readonly HistoryEvent[]): readonly EcsTask[] {
  const byId = new Map(events.map((event) => [event.id, event]));
  const isEnded = ENDED.has(events.at(-1)?.type ?? '');
  const ended = new Set(events.filter(({ type }) => ENDS.has(type)).map((event) => event.previousEventId));
  return events.flatMap((event) => {
    const submitted = event.taskSubmittedEventDetails;
    if (submitted?.resourceType !== 'ecs') return [];
    const scheduled = scheduledBefore(event, byId);
    const output = JSON.parse(submitted.output || '{}') as {
      readonly Tasks?: readonly { readonly TaskArn: string }[];
    };
    const taskArn = output.Tasks?.[0]?.TaskArn;
    if (scheduled === undefined || taskArn === undefined) return [];
    const given = JSON.parse(scheduled.parameters) as RunTaskArguments;
    const variables = given.Overrides.ContainerOverrides.flatMap((one) => one.Environment);
    const { node, order } = orderedTask(given);
    return [
      {
        node,
        taskArn,
        cluster: given.Cluster,
        order,
        token: variables.find((one) => one.Name === TASK_TOKEN_ENV)?.Value ?? '',
        isOpen: !isEnded && !ended.has(event.id),
      },
    ];
  });
}

export const ENDED = new Set([
  'ExecutionSucceeded',
  'ExecutionFailed',
  'ExecutionAborted',
  'ExecutionTimedOut',
]);

export function scheduledBefore(event: HistoryEvent, byId: ReadonlyMap<number, HistoryEvent>) {
  let at: HistoryEvent | undefined = event;
  while (at !== undefined && at.taskScheduledEventDetails === undefined) at = byId.get(at.previousEventId);
  return at?.taskScheduledEventDetails;
}
