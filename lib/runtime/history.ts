/** Writes the history of one execution. */

import type { HistoryEvent, HistoryEventDetails, HistoryEventType } from '../asl/history-event.ts';
import { QUOTAS } from '../asl/quotas.ts';
import { Cancelled } from './state-failure.ts';

/** The last event of one branch; the next one points back at it. */
export interface Trail {
  last: number;
}

export interface History {
  readonly events: readonly HistoryEvent[];
  /** Adds an event behind another one, and answers its id. */
  add(type: HistoryEventType, previous: number, details?: HistoryEventDetails): number;
  /** Adds an event to the end of a branch. */
  follow(trail: Trail, type: HistoryEventType, details?: HistoryEventDetails): number;
  readonly isFull: boolean;
}

export interface HistorySettings {
  readonly now: () => number;
  readonly onEvent: ((event: HistoryEvent) => void) | undefined;
  /** Called once, when only the event that ends the execution still has room. */
  readonly onFull: () => void;
}

const LAST_EVENTS: ReadonlySet<HistoryEventType> = new Set<HistoryEventType>([
  'ExecutionSucceeded',
  'ExecutionFailed',
  'ExecutionAborted',
  'ExecutionTimedOut',
]);

export function createHistory(settings: HistorySettings): History {
  const events: HistoryEvent[] = [];
  let full = false;
  let timestamp = new Date(0);

  const add = (type: HistoryEventType, previousEventId: number, details?: HistoryEventDetails): number => {
    if (!LAST_EVENTS.has(type)) {
      if (full) return events.length;
      if (events.length + 1 >= QUOTAS.historyEvents) {
        full = true;
        settings.onFull();
        throw new Cancelled();
      }
    }
    const now = settings.now();
    if (timestamp.getTime() !== now) timestamp = new Date(now);
    const id = events.length + 1;
    const event: HistoryEvent = { timestamp, type, id, previousEventId, ...details };
    events.push(event);
    settings.onEvent?.(event);
    return id;
  };
  return {
    events,
    add,
    follow: (trail, type, details) => {
      trail.last = add(type, trail.last, details);
      return trail.last;
    },
    get isFull() {
      return full;
    },
  };
}
