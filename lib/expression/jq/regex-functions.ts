/** jq's functions on regular expressions, with Go's syntax (RE2), as gojq has them. */
import { compileRegexp, findAllSpans } from '../go/regexp.ts';
import type { Filter } from './ast.ts';
import { type Context, run, type Tracked, values } from './run.ts';
import { described, fault, type Json, type JsonMap, jsonOf } from './value.ts';

type Stream = Generator<Tracked, void, undefined>;

const FUNCTIONS = new Set(['match/2', 'test/2', 'capture/2', 'scan/2', 'split/2', 'sub/3']);

export function isRegexFunction(key: string): boolean {
  return FUNCTIONS.has(key);
}

interface Match {
  readonly start: number;
  readonly end: number;
  readonly groups: readonly {
    readonly name: string | null;
    readonly text: string | null;
    readonly start: number;
  }[];
}

export function* regexFunction(
  name: string,
  args: readonly Filter[],
  input: Tracked,
  context: Context,
): Stream {
  const made = (value: Json): Tracked => ({ value, path: input.path === undefined ? undefined : null });
  const [first, second] = name === 'sub' ? [args[0]!, args[2]!] : [args[0]!, args[1]!];
  for (const flags of values(second, input, context))
    for (const pattern of values(first, input, context)) {
      const text = input.value;
      const matches = matchesOf(
        text,
        pattern,
        name === 'scan' || name === 'split' ? `${flags ?? ''}g` : flags,
      );
      if (name === 'test') yield made(matches.length > 0);
      else if (name === 'match') for (const one of matches) yield made(describedMatch(String(text), one));
      else if (name === 'capture') for (const one of matches) yield made(captures(one));
      else if (name === 'scan')
        for (const one of matches)
          yield made(
            one.groups.length === 0
              ? String(text).slice(one.start, one.end)
              : one.groups.map((group) => group.text),
          );
      else if (name === 'split') yield made(parts(String(text), matches));
      else yield* substituted(String(text), matches, args[1]!, input, context);
    }
}

function matchesOf(text: Json, pattern: Json, flags: Json): readonly Match[] {
  if (
    typeof text !== 'string' ||
    typeof pattern !== 'string' ||
    (flags !== null && typeof flags !== 'string')
  ) {
    const shown = flags === null ? jsonOf(pattern) : `${jsonOf(pattern)}; ${jsonOf(flags)}`;
    throw fault(`match(${shown}) cannot be applied to: ${described(text)}`);
  }
  const given = flags ?? '';
  const odd = /[^gimnpslx]/.exec(given)?.[0];
  if (odd !== undefined) throw fault(`unsupported regular expression flag: ${JSON.stringify(given)}`);
  const inner = `${given.includes('i') ? 'i' : ''}${/[sp]/.test(given) ? 's' : ''}`;
  const source = given.includes('x') ? pattern.replace(/\s+|#.*$/gm, '') : pattern;
  const regexp = compileRegexp(`${inner === '' ? '' : `(?${inner})`}${source}`);
  const names = new Map(Object.entries(regexp.engine.namedGroups()).map(([key, index]) => [index, key]));
  const spans = findAllSpans(regexp, text, given.includes('g') ? -1 : 1);
  return spans.map((span) => {
    const groups = Array.from({ length: span.length / 2 - 1 }, (_none, at) => {
      const start = span[2 * at + 2] ?? -1;
      const matched = start < 0 ? null : text.slice(start, span[2 * at + 3]);
      return { name: names.get(at + 1) ?? null, text: matched, start };
    });
    return { start: span[0]!, end: span[1]!, groups };
  });
}

/** Offsets and lengths are in characters. */
function describedMatch(text: string, { start, end, groups }: Match): JsonMap {
  const count = (part: string) => [...part].length;
  const matched = text.slice(start, end);
  return {
    offset: count(text.slice(0, start)),
    length: count(matched),
    string: matched,
    captures: groups.map((group) => ({
      offset: group.text === null ? -1 : count(text.slice(0, group.start)),
      length: group.text === null ? 0 : count(group.text),
      string: group.text,
      name: group.name,
    })),
  };
}

function captures({ groups }: Match): JsonMap {
  return Object.fromEntries(groups.flatMap(({ name, text }) => (name === null ? [] : [[name, text]])));
}

function parts(text: string, matches: readonly Match[]): readonly string[] {
  const starts = [0, ...matches.map(({ end }) => end)];
  const ends = [...matches.map(({ start }) => start), text.length];
  return starts.map((start, index) => text.slice(start, ends[index]));
}

/** Each replacement may have several results, which give a text each. */
function* substituted(
  text: string,
  matches: readonly Match[],
  replacement: Filter,
  input: Tracked,
  context: Context,
): Stream {
  function* from(index: number, at: number, before: string): Stream {
    const one = matches[index];
    if (one === undefined) {
      yield { value: before + text.slice(at), path: input.path === undefined ? undefined : null };
      return;
    }
    const lead = before + text.slice(at, one.start);
    for (const { value } of run(replacement, { value: captures(one), path: undefined }, context)) {
      if (typeof value !== 'string') throw fault(`cannot add: ${described(lead)} and ${described(value)}`);
      yield* from(index + 1, one.end, lead + value);
    }
  }
  yield* from(0, 0, '');
}
