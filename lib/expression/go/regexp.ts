/** Go's regexp package (RE2) on Go strings; the only importer of re2js. */
import { RE2JS } from 're2js';
import { GoError } from '../go-error.ts';
import { validText } from './utf8.ts';

/** A compiled expression. */
export interface GoRegexp {
  readonly source: string;
  readonly engine: RE2JS;
}

/** Start and end of the match and of each group, as in Go's `FindStringSubmatchIndex`; -1 for no match. */
type Span = readonly number[];

/*
 * RE2 takes time in proportion to program size times text, so bounding the product bounds every search.
 * Repetition makes programs far larger than their source; Go refuses the same sources as too large.
 */
const longestSource = 10_000;
const largestProgram = 100_000;
const mostWork = 300_000_000;
const mostMatches = 1_000_000;

/** `regexp.Compile`. Throws GoError with Go's message. */
export function compileRegexp(source: string): GoRegexp {
  if (source.length > longestSource) throw new GoError('error parsing regexp: expression too large');
  try {
    const engine = RE2JS.compile(validText(source));
    if (engine.programSize() > largestProgram)
      throw new GoError('error parsing regexp: expression too large');
    return { source, engine };
  } catch (error) {
    if (error instanceof GoError) throw error;
    throw new GoError(error instanceof Error ? error.message : 'error parsing regexp');
  }
}

/** `MatchString`. */
export function regexpMatches(regexp: GoRegexp, text: string): boolean {
  return matchFrom(regexp, text)(0) !== undefined;
}

/** `FindString`: empty if there is no match. */
export function findFirst(regexp: GoRegexp, text: string): string {
  const span = matchFrom(regexp, text)(0);
  return span ? text.slice(span[0], span[1]) : '';
}

/** `FindAllString`: null, as Go's nil slice, if nothing matches. A negative `most` is all. */
export function findAll(regexp: GoRegexp, text: string, most: number): string[] | null {
  const spans = allSpans(regexp, text, most);
  return spans.length === 0 ? null : spans.map(([start, end]) => text.slice(start, end));
}

/** `FindAllStringSubmatch`: the text of each match and of its groups, empty for a group with no part in it. */
export function findAllGroups(regexp: GoRegexp, text: string, most = -1): string[][] {
  return allSpans(regexp, text, most).map((span) => {
    const groups: string[] = [];
    for (let at = 0; at < span.length; at += 2)
      groups.push((span[at] ?? -1) < 0 ? '' : text.slice(span[at], span[at + 1]));
    return groups;
  });
}

/** `FindAllStringSubmatchIndex`: start and end of each match, then of each group. */
export function findAllSpans(regexp: GoRegexp, text: string, most: number): readonly Span[] {
  return allSpans(regexp, text, most);
}

/** `Split`: null for `most` = 0, everything for a negative one. */
export function splitText(regexp: GoRegexp, text: string, most: number): string[] | null {
  if (most === 0) return null;
  if (regexp.source !== '' && text === '') return [''];
  const parts: string[] = [];
  let begin = 0;
  let end = 0;
  for (const [from = 0, to = 0] of allSpans(regexp, text, most)) {
    if (most > 0 && parts.length === most - 1) break;
    end = from;
    if (to !== 0) parts.push(text.slice(begin, end));
    begin = to;
  }
  if (end !== text.length) parts.push(text.slice(begin));
  return parts;
}

/** `ReplaceAllString`: `$1`, `${name}` and `$$` in the replacement are expanded. */
export function replaceAll(regexp: GoRegexp, text: string, template: string): string {
  const names = regexp.engine.namedGroups();
  return replaceSpans(regexp, text, (span) => expand(template, text, span, names));
}

/** `ReplaceAllLiteralString`. */
export function replaceAllLiteral(regexp: GoRegexp, text: string, replacement: string): string {
  return replaceSpans(regexp, text, () => replacement);
}

/** `regexp.QuoteMeta`. */
export function quoteMeta(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}

function matchFrom(regexp: GoRegexp, text: string): (from: number) => Span | undefined {
  if (regexp.engine.programSize() * text.length > mostWork) {
    throw new GoError('regexp: expression and text are too large');
  }
  const matcher = regexp.engine.matcher(text);
  const groups = matcher.groupCount();
  return (from) => {
    if (from > text.length || !matcher.find(from)) return undefined;
    const span: number[] = [];
    for (let group = 0; group <= groups; group += 1) span.push(matcher.start(group), matcher.end(group));
    return span;
  };
}

/** Every match, leaving out an empty one right after another match: `allMatches` in Go's regexp. */
function allSpans(regexp: GoRegexp, text: string, most: number): Span[] {
  const next = matchFrom(regexp, text);
  const spans: Span[] = [];
  let previousEnd = -1;
  for (let at = 0; at <= text.length && (most < 0 || spans.length < most); ) {
    const span = next(at);
    if (!span) break;
    const [start = 0, end = 0] = span;
    const isRepeated = end === at && start === previousEnd;
    at = end === at ? at + widthAt(text, at) : end;
    previousEnd = end;
    if (!isRepeated) spans.push(span);
    if (spans.length > mostMatches) throw new GoError('regexp: too many matches');
  }
  return spans;
}

function replaceSpans(regexp: GoRegexp, text: string, replacement: (span: Span) => string): string {
  const next = matchFrom(regexp, text);
  const parts: string[] = [];
  let size = 0;
  let lastEnd = 0;
  for (let at = 0; at <= text.length; ) {
    const span = next(at);
    if (!span) break;
    const [start = 0, end = 0] = span;
    parts.push(text.slice(lastEnd, start));
    if (end > lastEnd || start === 0) parts.push(replacement(span));
    size += parts.at(-1)?.length ?? 0;
    if (size > 100_000_000) throw new GoError('regexp: the result is too large');
    lastEnd = end;
    at = Math.max(end, at + widthAt(text, at));
  }
  return parts.join('') + text.slice(lastEnd);
}

/** Code units of the character at a place, one at the end of the text. */
function widthAt(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

const reference = /\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))?/gu;

function expand(template: string, text: string, span: Span, names: Readonly<Record<string, number>>): string {
  return template.replace(reference, (whole: string, braced?: string, bare?: string) => {
    if (whole === '$$') return '$';
    const name = braced ?? bare;
    if (name === undefined) return whole;
    const group = /^(?:0|[1-9][0-9]{0,8})$/.test(name)
      ? Number(name)
      : Object.hasOwn(names, name)
        ? names[name]
        : undefined;
    const start = group === undefined ? -1 : (span[2 * group] ?? -1);
    return start < 0 ? '' : text.slice(start, span[2 * (group ?? 0) + 1]);
  });
}
