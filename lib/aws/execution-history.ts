/** Reads histories of executions with those of their children, within the API's rate. */
import type { HistoryEvent } from '../asl/history-event.ts';
import type { States } from './clients.ts';

/**
 * GetExecutionHistory refills 20 calls a second for the whole account (SFN-DG/service-quotas); this leaves
 * most to others.
 */
const PAUSE_MS = 100;
/** Of events over all executions of a run, as a bound. */
const MOST_EVENTS = 2_000_000;

export interface RunHistory {
  readonly events: readonly HistoryEvent[];
  readonly childHistory: (executionArn: string) => readonly HistoryEvent[] | undefined;
}

export interface HistoryReading {
  readonly states: Pick<States, 'history'>;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** `then`: the execution that ran the exit handler afterwards; its events follow, renumbered. */
export async function readHistory(
  reading: HistoryReading,
  executionArn: string,
  then?: string,
): Promise<RunHistory> {
  const histories = new Map<string, readonly HistoryEvent[]>();
  const pending = [executionArn, ...(then === undefined ? [] : [then])];
  let count = 0;
  for (let arn = pending.shift(); arn !== undefined; arn = pending.shift()) {
    if (histories.has(arn) || count > MOST_EVENTS) continue;
    const events = await readEvents(reading, arn);
    count += events.length;
    histories.set(arn, events);
    pending.push(...childrenOf(events));
  }
  const own = histories.get(executionArn) ?? [];
  const after = then === undefined ? [] : (histories.get(then) ?? []);
  return {
    events: [...own, ...renumbered(after, own.at(-1)?.id ?? 0)],
    childHistory: (arn) => histories.get(arn),
  };
}

async function readEvents({ states, sleep }: HistoryReading, arn: string): Promise<readonly HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  let token: string | undefined;
  do {
    const page = await states.history(arn, token);
    events.push(...page.events);
    token = page.nextToken;
    if (token !== undefined) await sleep(PAUSE_MS);
  } while (token !== undefined);
  return events;
}

/** Executions that Task states of this one started. */
function childrenOf(events: readonly HistoryEvent[]): readonly string[] {
  return events.flatMap(({ taskSubmittedEventDetails: submitted }) => {
    if (submitted?.resourceType !== 'states' || !submitted.resource.startsWith('startExecution')) return [];
    const arn = /"ExecutionArn"\s*:\s*"([^"]+)"/.exec(submitted.output ?? '')?.[1];
    return arn === undefined ? [] : [arn];
  });
}

/**
 * Events refer to earlier ones by number, so those of a second execution must not repeat those of the
 * first.
 */
function renumbered(events: readonly HistoryEvent[], after: number): readonly HistoryEvent[] {
  return events.map((event) => ({
    ...event,
    id: event.id + after,
    previousEventId: event.previousEventId === 0 ? 0 : event.previousEventId + after,
  }));
}
