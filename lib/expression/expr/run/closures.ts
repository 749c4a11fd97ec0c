/** The built-in functions that run a predicate over a list. */

import { goTypeOf } from '../../go/format.ts';
import { goBytes } from '../../go/utf8.ts';
import { GoError } from '../../go-error.ts';
import type { GoMap, GoValue } from '../../values.ts';
import type { BuiltinNode, Node } from '../ast.ts';
import { ANY_LIST } from '../go-types.ts';
import { listOfAny, putEntry } from './builtins-list.ts';
import { textOfKey } from './fetch.ts';
import { asBool, elementOfLoop, grow, type Loop, type Machine } from './machine.ts';
import { calculate, isList, isMap } from './operators.ts';
import { sortValues } from './sort.ts';

/** One call under way: the loop and how to evaluate in it. */
interface Run {
  readonly machine: Machine;
  readonly node: BuiltinNode;
  readonly loop: Loop;
  /** The predicate's value for the current element; the element itself where there is no predicate. */
  readonly yielded: () => GoValue;
  readonly holds: () => boolean;
}

type Handler = (run: Run) => GoValue;

/** The value of the call; undefined where the function takes no predicate. */
export function evaluateLoop(machine: Machine, node: BuiltinNode): GoValue | undefined {
  const handler = handlers.get(node.name);
  const [list, predicate] = node.args;
  if (!handler || !list) return undefined;
  const collection = machine.evaluate(machine, list);
  machine.at = node.at;
  const loop: Loop = {
    items: elementsOf(collection),
    opaque: isMap(collection),
    index: 0,
    accumulator: null,
  };
  const yielded = (): GoValue => {
    const value = predicate ? machine.evaluate(machine, predicate) : elementOfLoop(loop);
    machine.at = node.at;
    return value;
  };
  machine.loops.push(loop);
  const value = handler({ machine, node, loop, yielded, holds: () => asBool(yielded(), goTypeOf) });
  machine.loops.pop();
  return value;
}

/**
 * Where nothing is known of the value beforehand, the bytes of a string pass as a list, and a map by its
 * length.
 */
function elementsOf(collection: GoValue): readonly GoValue[] {
  if (isList(collection)) return collection.items ?? [];
  if (typeof collection === 'string') {
    return Array.from(goBytes(collection), (byte) => ({ kind: 'int', type: 'uint8', value: BigInt(byte) }));
  }
  if (isMap(collection)) return [...(collection.entries?.values() ?? [])];
  throw new GoError(`reflect: cannot iterate over ${goTypeOf(collection)}`);
}

/** Runs for each element until the body says true; answers whether it did. */
function untilTrue({ loop }: Run, body: () => boolean): boolean {
  for (; loop.index < loop.items.length; loop.index += 1) if (body()) return true;
  return false;
}

function untilTrueBackwards({ loop }: Run, body: () => boolean): boolean {
  for (loop.index = loop.items.length - 1; loop.index >= 0; loop.index -= 1) if (body()) return true;
  return false;
}

function each(run: Run, body: () => void): void {
  untilTrue(run, () => {
    body();
    return false;
  });
}

/** The element, or what `filter` and `find` were told to yield for it. */
function selected({ machine, node, loop }: Run): GoValue {
  return node.map ? machine.evaluate(machine, node.map) : elementOfLoop(loop);
}

function filter(run: Run): GoValue {
  const kept: GoValue[] = [];
  each(run, () => {
    if (run.holds()) kept.push(selected(run));
  });
  grow(run.machine, kept.length);
  return listOfAny(kept);
}

function map(run: Run): GoValue {
  const values: GoValue[] = [];
  each(run, () => values.push(run.yielded()));
  grow(run.machine, values.length);
  return listOfAny(values);
}

function count(run: Run, stopAt?: bigint): bigint {
  let found = 0n;
  untilTrue(run, () => {
    if (run.holds()) found += 1n;
    return stopAt !== undefined && found >= stopAt;
  });
  return found;
}

function sum(run: Run): GoValue {
  let total: GoValue = 0n;
  each(run, () => {
    total = calculate('+', run.yielded(), total);
  });
  return total;
}

function find(search: typeof untilTrue): Handler {
  return (run) => {
    if (search(run, run.holds)) return selected(run);
    if (run.node.throws) throw new GoError('reflect: slice index out of range');
    return null;
  };
}

function findIndex(search: typeof untilTrue): Handler {
  return (run) => (search(run, run.holds) ? BigInt(run.loop.index) : null);
}

function groupBy(run: Run): GoValue {
  const entries = new Map<string, GoValue>();
  const keys = new Map<string, GoValue>();
  const groups: GoMap = { kind: 'map', type: `map[interface {}]${ANY_LIST}`, entries, keys };
  const lists = new Map<string, GoValue[]>();
  each(run, () => {
    const key = run.yielded();
    const group = lists.get(textOfKey(groups, key));
    if (group) {
      group.push(elementOfLoop(run.loop));
      return;
    }
    const list = [elementOfLoop(run.loop)];
    lists.set(textOfKey(groups, key), list);
    putEntry(groups, entries, keys, key, listOfAny(list));
  });
  return groups;
}

function orderOf(run: Run, order: Node | undefined): boolean {
  const value = order ? run.machine.evaluate(run.machine, order) : 'asc';
  run.machine.at = run.node.at;
  if (typeof value !== 'string') throw new GoError('sortBy order argument must be a string');
  if (value !== 'asc' && value !== 'desc') throw new GoError('unknown order, use asc or desc');
  return value === 'desc';
}

function sortBy(run: Run): GoValue {
  const descending = orderOf(run, run.node.args[2]);
  const keys: GoValue[] = [];
  const items: GoValue[] = [];
  each(run, () => {
    keys.push(run.yielded());
    items.push(elementOfLoop(run.loop));
  });
  grow(run.machine, keys.length);
  return listOfAny(sortValues(items, keys, descending));
}

function reduce(run: Run): GoValue {
  const { loop, machine, node } = run;
  const start = node.args[2];
  if (start) {
    loop.accumulator = machine.evaluate(machine, start);
  } else {
    if (loop.items.length === 0) throw new GoError('reduce of empty array with no initial value');
    loop.accumulator = elementOfLoop(loop);
    loop.index = 1;
  }
  each(run, () => {
    loop.accumulator = run.yielded();
  });
  return loop.accumulator;
}

const handlers: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['all', (run) => !untilTrue(run, () => !run.holds())],
  ['none', (run) => !untilTrue(run, run.holds)],
  ['any', (run) => untilTrue(run, run.holds)],
  ['one', (run) => count(run) === 1n],
  ['filter', filter],
  ['map', map],
  ['count', (run) => count(run, run.node.threshold)],
  ['sum', sum],
  ['find', find(untilTrue)],
  ['findLast', find(untilTrueBackwards)],
  ['findIndex', findIndex(untilTrue)],
  ['findLastIndex', findIndex(untilTrueBackwards)],
  ['groupBy', groupBy],
  ['sortBy', sortBy],
  ['reduce', reduce],
]);
