/** Follows the tokens of a JSONPath through a document: `Apply` of each token of evilmonkeyinc/jsonpath. */
import { GoError } from '../../go-error.ts';
import type { GoValue } from '../../values.ts';
import { goKindOf, itemsOf } from '../format.ts';
import { compareGoStrings, goLength } from '../utf8.ts';
import { evaluateScript } from './evaluate-script.ts';
import type { PathToken, RangeBound, Script, Work } from './nodes.ts';
import { attempt, spend } from './work.ts';

type Tokens = readonly PathToken[];

/** The value at the tokens, starting from `current`. Throws GoError. */
export function followPath(tokens: Tokens, root: GoValue, current: GoValue, work: Work): GoValue {
  // A long path costs more at each step.
  spend(work, 1 + (tokens.length >> 2));
  const [token, ...next] = tokens;
  if (token === undefined) return current;
  const go = (value: GoValue): GoValue => followPath(next, root, value, work);
  switch (token.kind) {
    case 'root':
      return go(root);
    case 'current':
      return go(current);
    case 'key':
      return go(memberOf(current, token.key));
    case 'index':
      return go(itemAt(current, token.index));
    case 'length':
      return go(lengthOf(current));
    case 'wildcard':
      return listOf(survivors(childrenOf(current, token.kind), next, root, work));
    case 'recursive':
      return listOf(descend(current, next, root, work));
    case 'filter':
      return filter(token.script, current, next, root, work);
    case 'script': {
      const value = scriptValue(token.script, root, current, work);
      if (typeof value === 'string') return go(memberOf(current, value));
      const index = wholeNumber(value);
      if (index === undefined) throw new GoError('unexpected expression result. expected [int string]');
      return go(itemAt(current, index));
    }
    case 'union':
      return collect(unionOf(token.args, root, current, work), next, root, work);
    case 'range':
      return collect(rangeOf(token, root, current, work), next, root, work);
  }
}

/** Each value followed on; those that fail or lead to nil are left out. */
function survivors(values: readonly GoValue[], next: Tokens, root: GoValue, work: Work): GoValue[] {
  if (next.length === 0) return [...values];
  const found: GoValue[] = [];
  for (const value of values) {
    const result = attempt(work, () => followPath(next, root, value, work));
    if (result !== undefined && result !== null) found.push(result);
  }
  return found;
}

/** Goes on from several values: an index picks among them, anything else applies to each. */
function collect(values: readonly GoValue[], next: Tokens, root: GoValue, work: Work): GoValue {
  if (next[0]?.kind === 'index') return followPath(next, root, listOf(values), work);
  return listOf(survivors(values, next, root, work));
}

function filter(script: Script, current: GoValue, next: Tokens, root: GoValue, work: Work): GoValue {
  if (script.text === '') throw new GoError('invalid expression. is empty');
  const kept = childrenOf(current, 'filter').filter((element) => {
    spend(work);
    return isTruthy(attempt(work, () => scriptValue(script, root, element, work)) ?? null);
  });
  // The library takes the filtered collection for the document when an index follows.
  if (next[0]?.kind === 'index') return followPath(next, current, listOf(kept), work);
  return listOf(survivors(kept, next, root, work));
}

function descend(current: GoValue, next: Tokens, root: GoValue, work: Work): GoValue[] {
  spend(work);
  if (current === null) return [];
  const found: GoValue[] = [];
  const here = next.length === 0 ? current : attempt(work, () => followPath(next, root, current, work));
  if (next.length > 0 && typeof here === 'object' && here?.kind === 'list')
    append(found, itemsOf(here), work);
  else if (here !== undefined && here !== null) found.push(here);
  if (isCollection(current)) {
    for (const child of childrenOf(current, 'recursive'))
      append(found, descend(child, next, root, work), work);
  }
  return found;
}

function append(found: GoValue[], values: readonly GoValue[], work: Work): void {
  spend(work, values.length);
  for (const value of values) found.push(value);
}

function scriptValue(script: Script, root: GoValue, current: GoValue, work: Work): GoValue {
  const follow = (tokens: Tokens, document: GoValue, element: GoValue): GoValue =>
    followPath(tokens, document, element, work);
  return evaluateScript(script, { root, current, work, follow });
}

function unionOf(
  args: readonly (string | number | Script)[],
  root: GoValue,
  current: GoValue,
  work: Work,
): GoValue[] {
  const keys: string[] = [];
  const indexes: number[] = [];
  for (const arg of args) {
    const value = typeof arg === 'object' ? scriptValue(arg, root, current, work) : arg;
    if (typeof value === 'string') keys.push(value);
    else indexes.push(integerArgument('union', value));
    if (keys.length > 0 && indexes.length > 0) throw new GoError('union: invalid token argument');
  }
  if (keys.length > 0) {
    const entries = entriesOf(current, 'union');
    return keys.flatMap((key) => (entries.has(key) ? [entries.get(key) ?? null] : []));
  }
  const items = listItems(current, 'union');
  return indexes
    .map((index) => (index < 0 ? items.length + index : index))
    .flatMap((index) => (index >= 0 && index < items.length ? [items[index] ?? null] : []));
}

function rangeOf(
  range: Extract<PathToken, { kind: 'range' }>,
  root: GoValue,
  current: GoValue,
  work: Work,
): GoValue[] {
  const items = listItems(current, 'range');
  const bound = (value: RangeBound, otherwise: number): number => {
    if (value === null) return otherwise;
    const given = typeof value === 'object' ? scriptValue(value, root, current, work) : value;
    return integerArgument('range', given);
  };
  const clamp = (at: number): number => Math.max(0, Math.min(items.length, at < 0 ? items.length + at : at));
  const from = clamp(bound(range.from, 0));
  const to = range.to === null ? items.length : clamp(bound(range.to, 0));
  const step = bound(range.step, 1);
  if (step === 0) throw new GoError('range: invalid token out of range');
  const found: GoValue[] = [];
  if (step < 0) for (let at = to - 1; at >= from; at += step) found.push(items[at] ?? null);
  else for (let at = from; at < to; at += step) found.push(items[at] ?? null);
  return found;
}

function integerArgument(token: string, value: GoValue): number {
  const number = wholeNumber(value);
  if (number === undefined) throw new GoError(`${token}: invalid token argument. expected [int]`);
  return number;
}

/** The library's `isInteger`: int64, or a float64 without fraction. */
function wholeNumber(value: GoValue): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? value : undefined;
  return typeof value === 'object' && value?.kind === 'int' ? Number(value.value) : undefined;
}

function memberOf(value: GoValue, key: string): GoValue {
  const member = entriesOf(value, 'key').get(key);
  if (member === undefined) throw new GoError(`key: invalid token key '${key}' not found`);
  return member;
}

function itemAt(value: GoValue, index: number): GoValue {
  const items = listItems(value, 'index');
  const item = items[index < 0 ? items.length + index : index];
  if (item === undefined) throw new GoError('index: invalid token out of range');
  return item;
}

function lengthOf(value: GoValue): GoValue {
  const count = (size: number): GoValue => ({ kind: 'int', type: 'int64', value: BigInt(size) });
  if (typeof value === 'string') return count(goLength(value));
  if (typeof value === 'object' && value?.kind === 'list') return count(itemsOf(value).length);
  const entries = entriesOf(value, 'length');
  return entries.get('length') ?? (entries.has('length') ? null : count(entries.size));
}

function entriesOf(value: GoValue, token: string): ReadonlyMap<string, GoValue> {
  if (typeof value === 'object' && value?.kind === 'map' && value.entries) return value.entries;
  throw badTarget(token, value);
}

function listItems(value: GoValue, token: string): readonly GoValue[] {
  if (typeof value === 'object' && value?.kind === 'list') return itemsOf(value);
  throw badTarget(token, value);
}

/** Items of a list, or members of an object in the order of their names. */
function childrenOf(value: GoValue, token: string): readonly GoValue[] {
  if (typeof value === 'object' && value?.kind === 'list') return itemsOf(value);
  const entries = [...entriesOf(value, token)];
  return entries.sort(([a], [b]) => compareGoStrings(a, b)).map(([, member]) => member);
}

function isCollection(value: GoValue): boolean {
  return typeof value === 'object' && (value?.kind === 'list' || value?.kind === 'map');
}

function isTruthy(value: GoValue): boolean {
  if (typeof value === 'string') return value.replace(/^'(.*)'$|^"(.*)"$/s, '$1$2') !== '';
  if (typeof value !== 'object') return Boolean(value) || Number.isNaN(value);
  if (value?.kind === 'list') return itemsOf(value).length > 0;
  if (value?.kind === 'map') return (value.entries?.size ?? 0) > 0;
  return value?.kind === 'int' && value.value !== 0n;
}

function listOf(items: readonly GoValue[]): GoValue {
  return { kind: 'list', type: '[]interface {}', items };
}

function badTarget(token: string, value: GoValue): GoError {
  return new GoError(`${token}: invalid token target. unexpected ${goKindOf(value)}`);
}
