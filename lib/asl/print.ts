/**
 * Prints a machine the same way every time: fields in the specification's order, states in the order of
 * execution.
 */

import type { JsonValue } from './json.ts';
import type { State, StateMachine, StatesBlock } from './state-machine.ts';
import { branchesOf, successorsOf } from './successors.ts';

const ORDER: readonly string[] = [
  ...['Comment', 'QueryLanguage', 'Version', 'Type', 'ProcessorConfig', 'Mode', 'ExecutionType', 'StartAt'],
  ...['Condition', 'Choices', 'Default', 'Seconds', 'Timestamp', 'Error', 'Cause', 'Resource', 'Label'],
  ...['Items', 'ItemReader', 'ReaderConfig', 'ItemSelector', 'ItemBatcher', 'MaxConcurrency'],
  ...['ToleratedFailurePercentage', 'ToleratedFailureCount', 'ErrorEquals', 'IntervalSeconds', 'MaxAttempts'],
  ...['BackoffRate', 'MaxDelaySeconds', 'JitterStrategy', 'Arguments', 'WriterConfig', 'TimeoutSeconds'],
  ...['HeartbeatSeconds', 'Credentials', 'Branches', 'ItemProcessor', 'ResultWriter'],
  ...['Output', 'Assign', 'Retry', 'Catch', 'Next', 'End', 'States'],
];

const RANK: ReadonlyMap<string, number> = new Map(ORDER.map((name, i) => [name, i]));

/** Fields whose values are the author's own and keep their order. */
const VERBATIM: ReadonlySet<string> = new Set([
  'Arguments',
  'Output',
  'Assign',
  'Items',
  'ItemSelector',
  'BatchInput',
]);

export function printStateMachine(machine: StateMachine, indent = 2): string {
  return `${JSON.stringify(arrangeBlock(machine), undefined, indent)}\n`;
}

function arrangeBlock(block: StatesBlock): JsonValue {
  const states = inExecutionOrder(block).map(([name, state]) => [name, arrangeFields(state)] as const);
  return sorted({ ...fieldsOf(block), States: Object.fromEntries(states) });
}

type Bag = Readonly<Record<string, JsonValue>>;

const fieldsOf = (value: object): Bag => value as Bag;

function arrangeFields(state: State): JsonValue {
  const fields: Record<string, JsonValue> = { ...fieldsOf(state) };
  if (state.Type === 'Parallel') fields['Branches'] = state.Branches.map(arrangeBlock);
  if (state.Type === 'Map') fields['ItemProcessor'] = arrangeBlock(state.ItemProcessor);
  return sorted(fields);
}

function sorted(fields: Bag): JsonValue {
  const rank = (name: string) => RANK.get(name) ?? ORDER.length;
  const names = Object.keys(fields).sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return Object.fromEntries(names.map((name) => [name, arrangeValue(name, fields[name] ?? null)]));
}

function arrangeValue(name: string, value: JsonValue): JsonValue {
  if (VERBATIM.has(name) || name === 'States' || name === 'Branches' || name === 'ItemProcessor')
    return value;
  if (Array.isArray(value)) return value.map((item) => arrangeValue('', item));
  return typeof value === 'object' && value !== null ? sorted(value as Bag) : value;
}

/** Depth first from the start; states that cannot be reached come last, as they stand. */
export function inExecutionOrder(block: StatesBlock): readonly (readonly [string, State])[] {
  const ordered = new Map<string, State>();
  const pending = [block.StartAt];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const state = Object.hasOwn(block.States, name) ? block.States[name] : undefined;
    if (state === undefined || ordered.has(name)) continue;
    ordered.set(name, state);
    pending.push(...successorsOf(state).toReversed());
  }
  for (const [name, state] of Object.entries(block.States)) if (!ordered.has(name)) ordered.set(name, state);
  return [...ordered];
}

/** Every state of the machine with its name, inner blocks after the state that holds them. */
export function* allStates(block: StatesBlock): Generator<readonly [name: string, state: State]> {
  for (const [name, state] of inExecutionOrder(block)) {
    yield [name, state];
    for (const inner of branchesOf(state)) yield* allStates(inner);
  }
}
