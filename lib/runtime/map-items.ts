/** The items of a Map, and the numbers that bound its work. */

import type { JsonObject, JsonValue } from '../asl/json.ts';
import type { PreparedMap } from './prepared.ts';
import { evaluateTemplate, evaluateTyped, type Template, wrongType } from './template.ts';
import { scopeOf, type Visit } from './visit.ts';

/** Without `Items`, the state's input must be the array. */
export async function itemsOf(visit: Visit<PreparedMap>): Promise<readonly JsonValue[]> {
  const { items } = visit.state;
  const template: Template = items ?? { kind: 'constant', value: visit.input, location: 'Items' };
  return evaluateTyped('array', template, scopeOf(visit), visit);
}

/** A number of at least zero, such as `MaxConcurrency`. */
export async function countField(
  visit: Visit<PreparedMap>,
  template: Template | undefined,
): Promise<number | undefined> {
  if (template === undefined) return undefined;
  const value = await evaluateTyped('number', template, scopeOf(visit), visit);
  if (value < 0) throw wrongType(template, visit, 'non-negative number', value);
  return value;
}

/** The items of a Distributed Map without a reader: those of an array, or the entries of an object. */
export async function distributedItemsOf(visit: Visit<PreparedMap>): Promise<readonly JsonObject[]> {
  const { items } = visit.state;
  const value = items === undefined ? visit.input : await evaluateTemplate(items, scopeOf(visit), visit);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value).map(([Key, Value], Index) => ({
      Index,
      Key,
      Value: { Key, Value },
      Source: 'STATE_DATA',
    }));
  }
  const list = Array.isArray(value) ? value : await itemsOf(visit);
  return list.map((Value: JsonValue, Index) => ({ Index, Value, Source: 'STATE_DATA' }));
}
