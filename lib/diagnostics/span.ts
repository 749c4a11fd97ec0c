/** Making spans: of ranges, of two joined, and of a tag inside a scalar. */

import type { Source, Span } from './source.ts';

export function span(source: Source, start: number, end: number): Span {
  return { source, start, end };
}

/** The smallest span that holds both; the first one when they lie in different sources. */
export function joinSpans(first: Span, second: Span): Span {
  if (first.source !== second.source) return first;
  return {
    source: first.source,
    start: Math.min(first.start, second.start),
    end: Math.max(first.end, second.end),
  };
}

/**
 * The span of the n-th (from 0) `{{…}}` of a scalar, given the scalar's own span.
 * It looks in the raw text: offsets in the decoded value are wrong for block and quoted scalars.
 */
export function tagSpan(scalar: Span, index: number): Span {
  const text = scalar.source.text;
  let at = scalar.start - 1;
  for (let count = 0; count <= index; count++) {
    at = text.indexOf('{{', count === 0 ? at + 1 : at + 2);
    if (at < 0 || at >= scalar.end) return scalar;
  }
  const close = text.indexOf('}}', at + 2);
  const end = close < 0 || close + 2 > scalar.end ? scalar.end : close + 2;
  return { source: scalar.source, start: at, end };
}

/** Where a piece of text first stands inside a span, or the span itself when it does not. */
export function findWithin(outer: Span, text: string): Span {
  const at = outer.source.text.indexOf(text, outer.start);
  if (text === '' || at < 0 || at + text.length > outer.end) return outer;
  return { source: outer.source, start: at, end: at + text.length };
}
