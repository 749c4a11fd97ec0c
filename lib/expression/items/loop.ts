/** Expands the loops of steps and tasks: their items, and what each item makes of the step (expandStep, processItem). */
import type { Sequence } from '../../argo/parameter.ts';
import { parseGoInt } from '../go/parse-number.ts';
import type { GoValue } from '../values.ts';
import { evaluateWhen } from '../when/when.ts';
import type { ExactJson } from './exact-json.ts';
import { type ItemsParse, itemNodeSuffix, itemScope, parseItems } from './item.ts';
import { expandSequence } from './sequence.ts';

/** The loop of a step or task; the first of the three that is set counts. */
export interface Loop {
  readonly withItems?: readonly ExactJson[] | undefined;
  readonly withParam?: string | undefined;
  readonly withSequence?: Sequence | undefined;
}

/** Variables by their flat names; null is an absent optional, the output of a node that did not run. */
export type LoopScope = ReadonlyMap<string, GoValue>;

/** Replaces the tags in JSON text, as util/template of Argo does it. */
export type Substitute = (
  json: string,
  scope: LoopScope,
  allowUnresolved: boolean,
) => { readonly ok: true; readonly text: string } | { readonly ok: false; readonly error: string };

export interface ItemSource {
  /** The step or task as JSON text, with its tags. Steps leave their `with…` fields out; tasks keep them. */
  readonly json: string;
  readonly name: string;
  /** The `when` as it stands before the item is known. */
  readonly when: string;
  readonly scope: LoopScope;
  readonly substitute: Substitute;
}

export type ProcessedItem =
  | { readonly ok: true; readonly name: string; readonly json: string }
  | { readonly ok: false; readonly error: string };

function isNever(when: string): boolean {
  const result = evaluateWhen(when);
  return result.ok && !result.value;
}

function itemsOfLoop(loop: Loop): ItemsParse | undefined {
  if (loop.withItems && loop.withItems.length > 0) return { ok: true, items: loop.withItems };
  if (loop.withParam) return parseItems(loop.withParam);
  if (loop.withSequence) return expandSequence(loop.withSequence);
  return undefined;
}

/**
 * The items of a loop; undefined where the step is none. Bad items are no error where `when` is false without knowing any:
 * then there are none.
 */
export function expandLoop(loop: Loop, when: string): ItemsParse | undefined {
  const items = itemsOfLoop(loop);
  if (items && !items.ok && isNever(when)) return { ok: true, items: [] };
  return items;
}

/** Argo reads the index back from the name, and panics where a name holds a bracket or colon of its own. */
function indexInName(name: string): bigint | undefined {
  const open = name.indexOf('(');
  const colon = name.indexOf(':');
  return open < 0 || colon <= open ? undefined : parseGoInt(name.slice(open + 1, colon));
}

/** Without absent optionals: where a step will never run, their tags are left as they are instead of failing. */
function withoutAbsent(scope: LoopScope): LoopScope {
  return new Map([...scope].filter(([, value]) => value !== null));
}

/** The node name of an item and the step with the item's values put in. */
export function processItem(source: ItemSource, index: number, item: ExactJson): ProcessedItem {
  const name = source.name + itemNodeSuffix(index, item);
  if (indexInName(name) !== BigInt(index)) {
    return { ok: false, error: `the name '${source.name}' of a loop may hold neither brackets nor colons` };
  }
  const scope = new Map([...source.scope, ...itemScope(item)]);
  const never = isNever(source.when);
  const replaced = source.substitute(source.json, never ? withoutAbsent(scope) : scope, never);
  return replaced.ok ? { ok: true, name, json: replaced.text } : replaced;
}
