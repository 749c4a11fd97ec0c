/** Lists: adding, cutting, searching. Each function has a twin with `must`, which returns its error. */
import { goKindOf, itemsOf } from '../go/format.ts';
import { GoError } from '../go-error.ts';
import type { GoFunction, GoList, GoValue } from '../values.ts';
import { toInt64 } from './cast.ts';
import { deepEqual, isEmpty } from './deep-equal.ts';
import { alias, define, defineVariadic, mustTwin } from './define.ts';
import { listOf } from './results.ts';

const anyList = '[]interface {}';

const pushed = define('append', ['any', 'any'], anyList, (list, value) =>
  listOf([...items(list, 'Cannot push on type'), value]),
);
const list = defineVariadic('list', [], 'any', anyList, (values) => listOf(values));

export const listFunctions: readonly GoFunction[] = [
  list,
  alias('tuple', list),
  ...withMust(pushed),
  ...withMust(alias('push', pushed)),
  ...withMust(
    define('prepend', ['any', 'any'], anyList, (values, value) =>
      listOf([value, ...items(values, 'Cannot prepend on type')]),
    ),
  ),
  ...withMust(
    define(
      'first',
      ['any'],
      'interface {}',
      (values) => items(values, 'Cannot find first on type')[0] ?? null,
    ),
  ),
  ...withMust(
    define(
      'last',
      ['any'],
      'interface {}',
      (values) => items(values, 'Cannot find last on type').at(-1) ?? null,
    ),
  ),
  ...withMust(
    define('rest', ['any'], anyList, (values) => cutEnds(items(values, 'Cannot find rest on type'), 1, 0)),
  ),
  ...withMust(
    define('initial', ['any'], anyList, (values) =>
      cutEnds(items(values, 'Cannot find initial on type'), 0, 1),
    ),
  ),
  ...withMust(
    define('reverse', ['any'], anyList, (values) =>
      listOf([...items(values, 'Cannot find reverse on type')].reverse()),
    ),
  ),
  ...withMust(
    define('compact', ['any'], anyList, (values) =>
      listOf(items(values, 'Cannot compact on type').filter((item) => !isEmpty(item))),
    ),
  ),
  ...withMust(
    define('uniq', ['any'], anyList, (values) => listOf(distinct(items(values, 'Cannot find uniq on type')))),
  ),
  ...withMust(
    defineVariadic('without', ['any'], 'any', anyList, (omitted, values) =>
      listOf(items(values, 'Cannot find without on type').filter((item) => !includes(omitted, item))),
    ),
  ),
  ...withMust(
    define('has', ['any', 'any'], 'bool', (needle, values) =>
      values === null ? false : includes(items(values, 'Cannot find has on type'), needle),
    ),
  ),
  ...withMust(
    defineVariadic('slice', ['any'], 'any', 'interface {}', (bounds, values) => slice(values, bounds)),
  ),
  defineVariadic('concat', [], 'any', 'interface {}', (lists) =>
    listOf(lists.length === 0 ? null : joined(lists.map((values) => items(values, 'Cannot concat type')))),
  ),
  ...withMust(define('chunk', ['int', 'any'], '[][]interface {}', chunk)),
];

function withMust(original: GoFunction): GoFunction[] {
  return [original, mustTwin(original)];
}

function items(value: GoValue, message: string): readonly GoValue[] {
  if (value === null) throw new GoError('runtime error: invalid memory address or nil pointer dereference');
  if (typeof value === 'object' && value.kind === 'list') return itemsOf(value);
  throw new GoError(`${message} ${goKindOf(value)}`);
}

function cutEnds(values: readonly GoValue[], first: number, last: number): GoList {
  return listOf(values.length === 0 ? null : values.slice(first, values.length - last));
}

/** Appending nothing to a nil slice leaves it nil. */
function joined(lists: readonly (readonly GoValue[])[]): GoValue[] | null {
  const all = lists.flat();
  return all.length === 0 ? null : all;
}

function includes(values: readonly GoValue[], needle: GoValue): boolean {
  return values.some((value) => deepEqual(needle, value));
}

/** Scalars of the common types are told apart by a key, so that long lists stay fast. */
function distinct(values: readonly GoValue[]): GoValue[] {
  const seen = new Set<GoValue>();
  const structured: GoValue[] = [];
  return values.filter((value) => {
    const isSimple = typeof value !== 'object' || value === null;
    const isKnown = isSimple ? !Number.isNaN(value) && seen.has(value) : includes(structured, value);
    if (!isKnown && isSimple) seen.add(value);
    else if (!isKnown) structured.push(value);
    return !isKnown;
  });
}

function slice(value: GoValue, bounds: readonly GoValue[]): GoValue {
  const values = items(value, 'list should be type of slice or array but');
  if (values.length === 0) return null;
  const from = bounds[0] === undefined ? 0n : toInt64(bounds[0]);
  const to = bounds[1] === undefined ? BigInt(values.length) : toInt64(bounds[1]);
  if (from < 0n || from > to || to > BigInt(values.length)) {
    throw new GoError('reflect.Value.Slice: slice index out of bounds');
  }
  const cut = values.slice(Number(from), Number(to));
  return typeof value === 'object' && value?.kind === 'list' ? { ...value, items: cut } : listOf(cut);
}

function chunk(size: bigint, value: GoValue): GoList {
  const values = items(value, 'Cannot chunk type');
  const width = Number(size);
  const count = Math.floor((values.length - 1) / width) + 1;
  if (!Number.isFinite(count) || count < 0) throw new GoError('runtime error: makeslice: len out of range');
  const chunks: GoValue[] = [];
  for (let at = 0; at < count; at += 1) {
    const length = at === count - 1 ? values.length % width || width : width;
    const end = at * width + length;
    if (length < 0 || end > values.length) throw new GoError('reflect: slice index out of range');
    chunks.push(listOf(values.slice(at * width, end)));
  }
  return { kind: 'list', type: '[][]interface {}', items: chunks };
}
