/** Spans of tags inside scalars, as they stand in the source and not as they are decoded. */

import { expect, test } from 'vitest';
import { parse } from '../../lib/compiler/1-parse/parse.ts';
import { positionAt } from '../../lib/diagnostics/source.ts';
import { findWithin, joinSpans, tagSpan } from '../../lib/diagnostics/span.ts';

const scalars: readonly (readonly [style: string, lines: string])[] = [
  ['plain', '{} x {{a}} and {{ b.c }}'],
  ['single', "'it''s {{a}} and {{ b.c }}'"],
  ['double', '"tab\\t \\u00e9 {{a}} and {{ b.c }}"'],
  ['literal', '|\n      first line\n      é {{a}} and {{ b.c }}'],
  ['folded', '>-\n      first\n      line\n\n      {{a}} and {{ b.c }}'],
];

test.each(scalars)('the second tag of a %s scalar', (_, scalar) => {
  const text = `kind: ConfigMap\ndata:\n    x: ${scalar === scalars[0]![1] ? scalar.slice(3) : scalar}\n`;
  const source = { path: 'x.yaml', text };
  const { documents } = parse([source]);
  const { data } = documents[0]!.value as { data: Record<string, string> };
  const scalarSpan = documents[0]!.spans.of(data, 'x');
  const found = tagSpan(scalarSpan, 1);
  expect(text.slice(found.start, found.end)).toBe('{{ b.c }}');
  expect(positionAt(source, found.start).column).toBeGreaterThan(1);
  expect(tagSpan(scalarSpan, 2)).toEqual(scalarSpan);
});

test('joining and searching', () => {
  const source = { path: 'x', text: 'one two three' };
  const one = { source, start: 0, end: 3 };
  const three = { source, start: 8, end: 13 };
  expect(joinSpans(three, one)).toEqual({ source, start: 0, end: 13 });
  expect(findWithin(joinSpans(one, three), 'two')).toEqual({ source, start: 4, end: 7 });
  expect(findWithin(one, 'two')).toEqual(one);
});
