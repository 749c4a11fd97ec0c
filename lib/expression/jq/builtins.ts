/** jq's own functions: those on values, those that need more of their arguments, and those written in jq. */
import { GoError } from '../go-error.ts';
import type { Definition, Filter } from './ast.ts';
import { parseDefinitions } from './parse.ts';
import { deletePaths, getPath, setPath } from './paths.ts';
import { isRegexFunction, regexFunction } from './regex-functions.ts';
import { applied, type Context, pathsOf, run, type Scope, type Tracked, values } from './run.ts';
import { compare, described, fault, isList, JqError, type Json } from './value.ts';
import { valueFunctions } from './value-functions.ts';

type Stream = Generator<Tracked, void, undefined>;

/** Written in jq itself, as most of them are defined. */
const WRITTEN = `
def map(f): [.[] | f];
def select(f): if f then . else empty end;
def recurse: ..;
def recurse(f): def r: ., (f | r); r;
def recurse(f; c): def r: ., (f | select(c) | r); r;
def values: select(. != null);
def nulls: select(. == null);
def booleans: select(type == "boolean");
def numbers: select(type == "number");
def strings: select(type == "string");
def arrays: select(type == "array");
def objects: select(type == "object");
def iterables: select(type == "array" or type == "object");
def scalars: select(type != "array" and type != "object");
def map_values(f): .[] |= f;
def from_entries: reduce .[] as $x ({}; . + {($x | if .key == null then .k // .name // .Name // .K // .Key
  else .key end | if type == "string" then . else tojson end):
  ($x | if has("value") then .value elif has("v") then .v else .Value end)});
def with_entries(f): to_entries | map(f) | from_entries;
def del(f): delpaths([path(f)]);
def pick(f): . as $v | reduce path(f) as $p (null; setpath($p; $v | getpath($p)));
def paths: path(..) | select(. != []);
def paths(f): path(.. | select(f)) | select(. != []);
def any: any(.[]; .);
def any(f): any(.[]; f);
def any(g; f): isempty(first(g | f | select(.))) | not;
def all: all(.[]; .);
def all(f): all(.[]; f);
def all(g; f): isempty(first(g | f | select(. | not)));
def isempty(g): label $go | (g | false, break $go), true;
def first: .[0];
def first(f): label $go | f | ., break $go;
def last: .[-1];
def last(f): reduce f as $x (null; $x);
def nth($n): .[$n];
def nth($n; f): if $n < 0 then error("nth doesn't support negative index") else last(limit($n + 1; f)) end;
def until(c; u): def r: if c then . else (u | r) end; r;
def while(c; u): def r: if c then ., (u | r) else empty end; r;
def repeat(f): def r: f | (., r); r;
def range($n): range(0; $n; 1);
def range($from; $to): range($from; $to; 1);
def add(f): reduce f as $x (null; . + $x);
def in(xs): . as $x | xs | has($x);
def inside(xs): . as $x | xs | contains($x);
def combinations: if length == 0 then [] else .[0][] as $x | (.[1:] | combinations) as $w | [$x] + $w end;
def walk(f): def w: if type == "object" then map_values(w) elif type == "array" then map(w) else . end | f; w;
def sort_by(f): _sort_by(map([f]));
def group_by(f): _group_by(map([f]));
def unique_by(f): _unique_by(map([f]));
def min_by(f): _min_by(map([f]));
def max_by(f): _max_by(map([f]));
def finites: select(isinfinite or isnan | not);
def normals: select(isnormal);
def IN(s): any(s == .; .);
def IN(src; s): any(src == s; .);
def tostream: path(def r: (.[]?|r), .; r) as $p | getpath($p) | reduce path(.[]?) as $q ([$p, .]; [$p + $q]);
def capture(re): capture(re; null);
def scan(re): scan(re; null);
def match(re): match(re; null);
def test(re): test(re; null);
def sub(re; s): sub(re; s; "");
def gsub(re; s): sub(re; s; "g");
def gsub(re; s; f): sub(re; s; f + "g");
def splits(re): split(re; null) | .[];
def splits(re; f): split(re; f) | .[];
`;

type Key = `${string}/${number}`;

let written: ReadonlyMap<Key, Definition> | undefined;

function writtenFunctions(): ReadonlyMap<Key, Definition> {
  written ??= new Map(
    parseDefinitions(WRITTEN).map((one) => [`${one.name}/${one.parameters.length}`, one] as const),
  );
  return written;
}

/** Those that look at their arguments as filters, not as values. */
const special: Readonly<Record<Key, (args: readonly Filter[], input: Tracked, context: Context) => Stream>> =
  {
    'empty/0': () => nothing(),
    'error/0': (_args, input) => {
      throw new JqError(input.value);
    },
    'error/1': ([message], input, context) => {
      for (const value of values(message!, input, context)) throw new JqError(value);
      return nothing();
    },
    *'not/0'(_args, input) {
      yield made(input.value === null || input.value === false, input);
    },
    *'path/1'([filter], input, context) {
      for (const path of pathsOf(filter!, input.value, context)) yield made(path, input);
    },
    *'getpath/1'([filter], input, context) {
      for (const path of values(filter!, input, context)) {
        if (!isList(path))
          throw fault(`getpath(${JSON.stringify(path)}) cannot be applied to: ${described(input.value)}`);
        const value = getPath(input.value, path);
        yield { value, path: input.path && [...input.path, ...path] };
      }
    },
    *'setpath/2'([at, to], input, context) {
      for (const value of values(to!, input, context))
        for (const path of values(at!, input, context))
          yield made(
            setPath(input.value, path as readonly Json[], () => value),
            input,
          );
    },
    *'delpaths/1'([filter], input, context) {
      for (const paths of values(filter!, input, context))
        yield made(deletePaths(input.value, paths as readonly Json[]), input);
    },
    *'range/3'([from, to, by], input, context) {
      for (const step of numbers(by!, input, context))
        for (const end of numbers(to!, input, context))
          for (const start of numbers(from!, input, context))
            for (let at = start; step > 0 ? at < end : step < 0 && at > end; at += step) {
              context.budget.steps -= 1;
              yield made(at, input);
            }
    },
    *'limit/2'([count, filter], input, context) {
      for (const most of numbers(count!, input, context)) {
        if (most < 0) throw new JqError("limit doesn't support negative count");
        let left = most;
        if (left <= 0) continue;
        for (const one of run(filter!, input, context)) {
          yield one;
          left -= 1;
          if (left <= 0) break;
        }
      }
    },
    *'skip/2'([count, filter], input, context) {
      for (const least of numbers(count!, input, context)) {
        if (least < 0) throw new JqError("skip doesn't support negative count");
        let left = least;
        for (const one of run(filter!, input, context)) {
          left -= 1;
          if (left < 0) yield one;
        }
      }
    },
  };

function nothing(): Stream {
  return [][Symbol.iterator]() as unknown as Stream;
}

function* numbers(filter: Filter, input: Tracked, context: Context): Generator<number> {
  for (const value of values(filter, input, context)) {
    if (typeof value !== 'number') throw fault(`expected a number but got: ${described(value)}`);
    yield value;
  }
}

function made(value: Json, input: Tracked): Tracked {
  return { value, path: input.path === undefined ? undefined : null };
}

/** Sorting by keys that were worked out for each item. */
const keyed: Readonly<Record<string, (pairs: readonly Pair[]) => Json>> = {
  _sort_by: (pairs) => sorted(pairs).map(({ item }) => item),
  _group_by: (pairs) => groups(pairs).map((group) => group.map(({ item }) => item)),
  _unique_by: (pairs) => groups(pairs).map(([first]) => first!.item),
  _min_by: (pairs) => sorted(pairs)[0]?.item ?? null,
  _max_by: (pairs) =>
    pairs.reduce<Pair | undefined>(
      (most, one) => (most && compare(one.key, most.key) < 0 ? most : one),
      undefined,
    )?.item ?? null,
};

interface Pair {
  readonly item: Json;
  readonly key: Json;
}

function sorted(pairs: readonly Pair[]): readonly Pair[] {
  return [...pairs].sort((a, b) => compare(a.key, b.key));
}

function groups(pairs: readonly Pair[]): readonly (readonly Pair[])[] {
  const found: Pair[][] = [];
  for (const pair of sorted(pairs)) {
    const last = found.at(-1);
    if (last !== undefined && compare(last[0]!.key, pair.key) === 0) last.push(pair);
    else found.push([pair]);
  }
  return found;
}

/** What would tell of the surroundings, or needs more than one document. */
const REFUSED: ReadonlySet<string> = new Set([
  'env',
  'input',
  'inputs',
  'debug',
  'stderr',
  'halt',
  'halt_error',
]);

/** Whether there is such a function, for checks before a filter runs. */
export function hasBuiltin(name: string, arity: number): boolean {
  const key: Key = `${name}/${arity}`;
  return (
    Object.hasOwn(special, key) ||
    Object.hasOwn(valueFunctions, key) ||
    writtenFunctions().has(key) ||
    isRegexFunction(key)
  );
}

export function unknownFunction(name: string, arity: number): GoError {
  if (REFUSED.has(name)) return new GoError(`${name}/${arity} is not allowed`);
  return new GoError(`function not defined: ${name}/${arity}`);
}

export function* callBuiltin(
  name: string,
  args: readonly Filter[],
  input: Tracked,
  context: Context,
): Stream {
  const key: Key = `${name}/${args.length}`;
  const own = Object.hasOwn(special, key) ? special[key] : undefined;
  if (own !== undefined) {
    yield* own(args, input, context);
    return;
  }
  const definition = writtenFunctions().get(key);
  if (definition !== undefined) {
    const next: Scope = { kind: 'function', definition, next: undefined };
    yield* applied({ definition, next }, args, input, context);
    return;
  }
  if (isRegexFunction(key)) {
    yield* regexFunction(name, args, input, context);
    return;
  }
  const sorting = Object.hasOwn(keyed, name) ? keyed[name] : undefined;
  if (sorting !== undefined) {
    yield made(sortedBy(name, sorting, input, values(args[0]!, input, context)), input);
    return;
  }
  const plain = Object.hasOwn(valueFunctions, key) ? valueFunctions[key] : undefined;
  if (plain === undefined) throw unknownFunction(name, args.length);
  for (const given of product(args, input, context)) yield made(plain(input.value, ...given), input);
}

function sortedBy(
  name: string,
  sorting: (pairs: readonly Pair[]) => Json,
  { value }: Tracked,
  keys: Iterable<Json>,
): Json {
  if (!isList(value)) throw fault(`${name.slice(1)} cannot be applied to: ${described(value)}`);
  const [all] = [...keys];
  return sorting(value.map((item, index) => ({ item, key: (all as readonly Json[])[index]! })));
}

/** Each value of each argument with each of the others. */
function* product(args: readonly Filter[], input: Tracked, context: Context): Generator<readonly Json[]> {
  const last = args.at(-1);
  if (last === undefined) yield [];
  else
    for (const value of values(last, input, context))
      for (const before of product(args.slice(0, -1), input, context)) yield [...before, value];
}
