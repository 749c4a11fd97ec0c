/** Events, transitions and bytes that a started attempt costs on AWS, over recorded runs that Succeeded. */
import type { HistoryEvent } from '../../lib/asl/history-event.ts';
import { printStateMachine } from '../../lib/asl/print.ts';
import { runAnswered } from '../conformance/answered-run.ts';
import { casesOf, prepareCase } from '../conformance/recorded-runs.ts';

export type Figure = readonly [name: string, value: number, unit: string, more: object];

interface Cost {
  readonly attempts: number;
  readonly staged: number;
  readonly events: number;
  readonly transitions: number;
  readonly bytes: number;
}

/** `path` holds a suite of recorded runs. Leaves answer what they answered there, so that runs take the same way. */
export async function eventFigures(path: string): Promise<readonly Figure[]> {
  const costs: Cost[] = [];
  const histories: HistoryEvent[] = [];
  for (const one of casesOf(path)) {
    if (one.expected.phase !== 'Succeeded') continue;
    const prepared = prepareCase(one);
    if ('refused' in prepared) continue;
    const run = await runAnswered(one, prepared);
    const events = [run.events, ...run.children.values()].flat();
    const cost = costOf(events, Buffer.byteLength(printStateMachine(prepared.compiled.machine, 0)));
    if (cost.attempts === 0) continue;
    costs.push(cost);
    histories.push(...events);
  }
  const sum = (field: keyof Cost) => costs.reduce((all, one) => all + one[field], 0);
  const median = (field: keyof Cost) => {
    const each = costs.map((one) => one[field] / one.attempts).sort((a, b) => a - b);
    return each[Math.floor(each.length / 2)] ?? 0;
  };
  const more = { workflows: costs.length, attempts: sum('attempts') };
  const each = (field: 'events' | 'transitions' | 'bytes', name: string, unit: string): Figure => [
    `${name} a started attempt`,
    sum(field) / sum('attempts'),
    unit,
    { ...more, sum: sum(field), median: median(field) },
  ];
  return [
    each('events', 'events', 'events'),
    each('transitions', 'transitions', 'transitions'),
    ['share of attempts without a stage', 1 - sum('staged') / sum('attempts'), '', more],
    each('bytes', 'definition', 'bytes'),
    ['events of states by what they are for', histories.length, 'events', eventsByRole(histories)],
  ];
}

/** An attempt is a container task, a request, a query or a wait that began: what Argo has a leaf node for. */
function costOf(events: readonly HistoryEvent[], bytes: number): Cost {
  const scheduled = events.flatMap(({ taskScheduledEventDetails: details }) => details ?? []);
  const asked = (pattern: RegExp) => scheduled.filter(({ parameters }) => pattern.test(parameters)).length;
  return {
    attempts:
      scheduled.filter(({ resourceType }) => resourceType === 'ecs').length +
      asked(/"FunctionName":"[^"]*(http|data|resource|suspend)"/),
    staged: asked(/"op":"(stage|start)"/),
    events: events.length,
    transitions: events.filter(({ type }) => type.endsWith('StateEntered')).length,
    bytes,
  };
}

/** States are named `PATH (ROLE)`; what has no role is the work itself. */
function eventsByRole(events: readonly HistoryEvent[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  const roleOf = new Map<number, string>();
  for (const event of events) {
    const name = event.stateEnteredEventDetails?.name ?? event.stateExitedEventDetails?.name;
    const role =
      name === undefined
        ? (roleOf.get(event.previousEventId) ?? event.type)
        : (/\(([a-zA-Z][^()]*)\)$/.exec(name)?.[1] ?? event.type.replace(/State(Entered|Exited)$/, ''));
    roleOf.set(event.id, event.type.endsWith('Exited') ? event.type : role);
    counts.set(role, (counts.get(role) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}
