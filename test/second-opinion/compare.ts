/** What two interpreters made of the same machine, side by side. */
import type { JsonValue } from '../../lib/asl/json.ts';
import { groupBy } from './group.ts';
import type { Call, MotoRun } from './moto.ts';
import type { RecordedTask, Recording } from './record.ts';

/** Names that each interpreter draws by itself. */
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** The first few differences; empty where all is equal. */
export function compareRuns(ours: Recording, theirs: MotoRun): readonly string[] {
  const { ending } = ours;
  const fields = ['status', 'error', 'cause', 'output'] as const;
  const ended = fields.flatMap((field) => differ(field, ending[field], theirs[field]));
  return [...ended, ...compareVisits(ours, theirs), ...compareTasks(ours.tasks, theirs.calls)].slice(0, 8);
}

function compareVisits(ours: Recording, theirs: MotoRun): readonly string[] {
  const left = groupBy(
    ours.visits,
    ({ place }) => place,
    ({ state }) => state,
  );
  const right = groupBy(
    theirs.visits,
    ([place]) => place,
    ([, state]) => state,
  );
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((place) =>
    // Branches of one Parallel go on side by side, so that only what each state is entered for can be told.
    differ(`states of '${place}'`, left.get(place)?.sort(), right.get(place)?.sort()),
  );
}

function compareTasks(ours: readonly RecordedTask[], theirs: readonly Call[]): readonly string[] {
  const keyOf = ({ place, state }: { readonly place: string; readonly state: string }) => `${place} ${state}`;
  const shown = ({ resource, timeout, heartbeat, ...task }: RecordedTask | Call) => ({
    resource,
    arguments: task.arguments,
    timeout,
    heartbeat,
  });
  const left = groupBy(ours, keyOf, shown);
  const right = groupBy(theirs, keyOf, shown);
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((key) =>
    differ(`task '${key}'`, left.get(key), right.get(key)),
  );
}

function differ(what: string, ours: unknown, theirs: unknown): readonly string[] {
  const left = canonical(ours);
  const right = canonical(theirs);
  if (left === right) return [];
  let at = 0;
  while (left[at] === right[at]) at += 1;
  const from = Math.max(0, at - 60);
  return [`${what}: ours …${left.slice(from, at + 160)}… theirs …${right.slice(from, at + 160)}…`];
}

/** The same text for equal values, in whatever order their members stand. */
function canonical(value: unknown): string {
  const sorted = (_: string, one: JsonValue) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one;
  return (JSON.stringify(value ?? null, sorted) ?? '').replaceAll(UUID, '<uuid>');
}
