/** The items of a looped step or task. */
import type { Invocation } from '../argo/invocation.ts';
import type { JsonValue } from '../argo/json.ts';
import { compareGoStrings } from '../expression/go/utf8.ts';
import { exactJsonText } from '../expression/items/exact-json.ts';
import { type ItemsParse, itemNodeSuffix, itemOf, itemScope, parseItems } from '../expression/items/item.ts';
import { expandSequence } from '../expression/items/sequence.ts';

/** One iteration: the name with its suffix, and the variables that its text may read. */
export interface Iteration {
  readonly name: string;
  readonly variables: ReadonlyMap<string, string>;
  /** JSON text of the item. */
  readonly json: string;
}

export type Iterations =
  | { readonly ok: true; readonly iterations: readonly Iteration[] }
  | { readonly ok: false; readonly error: string };

type LoopFields = Pick<Invocation, 'withItems' | 'withParam' | 'withSequence'>;

/** ShouldExpand: an empty `withItems` or `withParam` is no loop at all. */
export function isLooped({ withItems, withParam, withSequence }: LoopFields): boolean {
  return (withItems?.length ?? 0) > 0 || Boolean(withParam) || Boolean(withSequence);
}

/** Argo's YAML becomes JSON through Go's maps, which sorts the keys of objects at every depth. */
function withSortedKeys(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map(withSortedKeys);
  const keys = Object.keys(value).sort(compareGoStrings);
  return Object.fromEntries(keys.map((key) => [key, withSortedKeys(value[key] ?? null)]));
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function itemsOf({ withItems, withParam, withSequence }: LoopFields): ItemsParse {
  if (withItems !== undefined && withItems.length > 0)
    return { ok: true, items: withItems.map((item) => itemOf(withSortedKeys(item))) };
  if (withParam) return parseItems(withParam);
  return withSequence ? expandSequence(withSequence) : { ok: true, items: [] };
}

/** The iterations of a member whose list has been replaced. */
export function iterationsOf(member: Invocation): Iterations {
  const parsed = itemsOf(member);
  if (!parsed.ok) return { ok: false, error: parsed.error };
  const iterations = parsed.items.map((item, index) => ({
    name: (member.name ?? '') + itemNodeSuffix(index, item),
    variables: itemScope(item),
    json: exactJsonText(item),
  }));
  return { ok: true, iterations };
}

/** The variables of an item that was handed on as JSON text. */
export function itemVariables(json: string): ReadonlyMap<string, string> {
  const parsed = parseItems(`[${json}]`);
  const item = parsed.ok ? parsed.items[0] : undefined;
  return item === undefined ? new Map() : itemScope(item);
}
