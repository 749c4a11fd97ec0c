/** Parts of a DAG that ran as executions of their own: how their tasks ended is put away, and read at the DAG's end. */
import type { Bundle } from '../evaluate/bundle.ts';
import { outcomeOf } from '../evaluate/told-outcome.ts';
import { type BlobStore, blobJson } from '../protocol/blob-store.ts';
import type { JsonObject, JsonValue } from '../protocol/json.ts';
import type { CaughtOutcome, NodePhase, Outcome, PartOutcome } from '../protocol/outcome.ts';
import { inTurn, putAway } from './batches.ts';

type Outcomes = Readonly<Record<string, Outcome>>;

export async function closePart(
  told: Readonly<Record<string, Outcome | CaughtOutcome>>,
  blobs: BlobStore,
): Promise<JsonValue> {
  const outcomes = Object.fromEntries(Object.entries(told).map(([name, one]) => [name, outcomeOf(one)]));
  const phases = Object.values(outcomes).flatMap((one): NodePhase[] => [one.phase, ...phasesOf(one)]);
  const closed: PartOutcome = { phases: [...new Set(phases)], outcomes: await putAway(outcomes, blobs) };
  return closed as unknown as JsonValue;
}

function phasesOf({ items = [], phases }: Outcome): readonly NodePhase[] {
  return phases ?? items.map(({ phase }) => phase);
}

/** The scope of a DAG's end with the outcomes of all its parts, as if they had been sent with it. */
export async function withParts(
  scope: JsonObject,
  parts: readonly PartOutcome[],
  tasks: readonly string[],
  blobs: BlobStore,
): Promise<JsonObject> {
  const read = await inTurn(parts, async ({ outcomes }) => {
    const found = await blobJson<Outcomes>(blobs, outcomes);
    if (found === undefined) throw new Error(`a part of a DAG is gone: ${outcomes}`);
    return found;
  });
  const found: Outcomes = Object.assign({}, ...read);
  const ordered = tasks.flatMap((name) => {
    const outcome = Object.hasOwn(found, name) ? found[name] : undefined;
    return outcome === undefined ? [] : [[name, outcome] as const];
  });
  const exported = ordered.flatMap(([, { globals }]) => (globals === undefined ? [] : [globals]));
  const before = scope['globals'] ?? [];
  return {
    ...scope,
    outcomes: Object.fromEntries(ordered) as unknown as JsonValue,
    globals: [...(Array.isArray(before) ? before : [before]), ...(exported as unknown as JsonValue[])],
  };
}

/** The tasks of a dag template, in the order of the YAML. */
export function tasksOf(bundle: Bundle, template: string): readonly string[] {
  return (bundle.templates[template]?.template.dag?.tasks ?? []).map(({ name }) => name);
}
