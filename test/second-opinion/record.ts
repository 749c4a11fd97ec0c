/** A run on our own interpreter, written down so that another one can repeat it: machines, tasks, what became of them. */
import type { HistoryEvent } from '../../lib/asl/history-event.ts';
import type { JsonObject, JsonValue } from '../../lib/asl/json.ts';
import type { State, StateMachine, StatesBlock } from '../../lib/asl/state-machine.ts';

export type TaskOutcome =
  | { readonly kind: 'succeeded'; readonly output: JsonValue }
  | { readonly kind: 'failed' | 'timedOut'; readonly error: string; readonly cause?: string }
  /** The task was given up before it ended. */
  | { readonly kind: 'none' };

export interface RecordedTask {
  /** The iterations around the state, such as `loop[2]/inner[0]`. */
  readonly place: string;
  readonly state: string;
  /** As the state names it. */
  readonly resource: string;
  readonly arguments: JsonValue;
  readonly timeout?: number;
  readonly heartbeat?: number;
  readonly outcome: TaskOutcome;
}

export interface Visit {
  readonly place: string;
  readonly state: string;
  /** ISO 8601. */
  readonly time: string;
}

export interface Ending {
  readonly status: string;
  readonly output?: JsonValue;
  readonly error?: string;
  readonly cause?: string;
}

/** One execution. */
export interface Recording {
  readonly arn: string;
  readonly input: JsonValue;
  readonly startTime: string;
  readonly tasks: readonly RecordedTask[];
  readonly visits: readonly Visit[];
  readonly ending: Ending;
}

export function recordingOf(arn: string, machine: StateMachine, events: readonly HistoryEvent[]): Recording {
  const places = placesOf(machine, events);
  const [first] = events;
  return {
    arn,
    input: JSON.parse(first?.executionStartedEventDetails?.input ?? '{}') as JsonValue,
    startTime: (first?.timestamp ?? new Date(0)).toISOString(),
    tasks: tasksOf(events, places),
    visits: events.flatMap(({ id, timestamp, stateEnteredEventDetails: entered }) =>
      entered === undefined
        ? []
        : [{ place: places.get(id) ?? '', state: entered.name, time: timestamp.toISOString() }],
    ),
    ending: endingOf(events.at(-1)),
  };
}

function endingOf(last: HistoryEvent | undefined): Ending {
  if (last?.type === 'ExecutionSucceeded')
    return {
      status: 'SUCCEEDED',
      output: JSON.parse(last.executionSucceededEventDetails?.output ?? 'null') as JsonValue,
    };
  if (last?.type === 'ExecutionFailed') return { status: 'FAILED', ...last.executionFailedEventDetails };
  return { status: last?.type ?? 'NOTHING' };
}

/** The iterations around each event: those of the event before, as far as the state that it names lies within them. */
function placesOf(machine: StateMachine, events: readonly HistoryEvent[]): ReadonlyMap<number, string> {
  const depths = new Map(depthsOf(machine, 0));
  const stacks = new Map<number, readonly string[]>([[0, []]]);
  for (const event of events) {
    const before = stacks.get(event.previousEventId) ?? [];
    const started = event.mapIterationStartedEventDetails;
    const name = started?.name ?? nameIn(event);
    const depth = name === undefined ? before.length : (depths.get(name) ?? 0);
    const around = before.slice(0, depth);
    stacks.set(event.id, started === undefined ? around : [...around, `${started.name}[${started.index}]`]);
  }
  return new Map([...stacks].map(([id, stack]) => [id, stack.join('/')]));
}

function nameIn(event: HistoryEvent): string | undefined {
  return (
    event.stateEnteredEventDetails?.name ??
    event.stateExitedEventDetails?.name ??
    event.evaluationFailedEventDetails?.state
  );
}

function* depthsOf(block: StatesBlock, depth: number): Generator<readonly [string, number]> {
  for (const [name, state] of Object.entries(block.States) as [string, State][]) {
    yield [name, depth];
    if (state.Type === 'Map') yield* depthsOf(state.ItemProcessor, depth + 1);
    if (state.Type === 'Parallel') for (const branch of state.Branches) yield* depthsOf(branch, depth);
  }
}

function tasksOf(
  events: readonly HistoryEvent[],
  places: ReadonlyMap<number, string>,
): readonly RecordedTask[] {
  const next = new Map<number, HistoryEvent>();
  for (const event of events) next.set(event.previousEventId, event);
  const byId = new Map(events.map((event) => [event.id, event]));
  return events.flatMap((event) => {
    const scheduled = event.taskScheduledEventDetails;
    if (scheduled === undefined) return [];
    const { resourceType, resource, parameters, timeoutInSeconds, heartbeatInSeconds } = scheduled;
    return [
      {
        place: places.get(event.id) ?? '',
        state: stateBefore(event, byId),
        resource: `arn:aws:states:::${resourceType}:${resource}`,
        arguments: JSON.parse(parameters) as JsonObject,
        ...(timeoutInSeconds === undefined ? {} : { timeout: timeoutInSeconds }),
        ...(heartbeatInSeconds === undefined ? {} : { heartbeat: heartbeatInSeconds }),
        outcome: outcomeAfter(event, next),
      },
    ];
  });
}

function stateBefore(event: HistoryEvent, byId: ReadonlyMap<number, HistoryEvent>): string {
  for (let at: HistoryEvent | undefined = event; at !== undefined; at = byId.get(at.previousEventId)) {
    if (at.stateEnteredEventDetails !== undefined) return at.stateEnteredEventDetails.name;
  }
  return '';
}

/** The events of a task follow each other: nothing else stands in its branch before it ends. */
function outcomeAfter(event: HistoryEvent, next: ReadonlyMap<number, HistoryEvent>): TaskOutcome {
  for (let at = next.get(event.id); at !== undefined; at = next.get(at.id)) {
    if (at.taskSucceededEventDetails)
      return { kind: 'succeeded', output: JSON.parse(at.taskSucceededEventDetails.output) as JsonValue };
    if (at.taskFailedEventDetails) return { kind: 'failed', ...errorIn(at.taskFailedEventDetails) };
    if (at.taskTimedOutEventDetails) return { kind: 'timedOut', ...errorIn(at.taskTimedOutEventDetails) };
    if (!/^Task(Started|Submitted)$/.test(at.type)) break;
  }
  return { kind: 'none' };
}

function errorIn({ error, cause }: { readonly error?: string; readonly cause?: string }) {
  return { error: error ?? '', ...(cause === undefined ? {} : { cause }) };
}
