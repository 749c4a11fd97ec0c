/** The three forms of a diagnostic, the order they come in, and suggestions. */

import { describe, expect, test } from 'vitest';
import { createCollector } from '../../lib/diagnostics/collector.ts';
import { nearestName } from '../../lib/diagnostics/did-you-mean.ts';
import { diagnosticToJson, type Paint, renderDiagnostic, renderLine } from '../../lib/diagnostics/render.ts';

const text = 'a: 1\r\nb:\ttwo\nlast: é😀x';
const source = { path: 'w.yaml', text };
const at = (word: string) => ({ source, start: text.indexOf(word), end: text.indexOf(word) + word.length });

describe('rendering', () => {
  test('draws the line, the caret, related places, notes and the hint', () => {
    const collector = createCollector();
    const related = [{ span: at('1'), message: 'first' }];
    collector.report('wrong-type', at('two'), 'bad', { label: 'here', related, notes: ['Why.'], hint: 'do' });
    expect(renderDiagnostic(collector.sorted()[0]!)).toBe(
      [
        'error[wrong-type]: bad',
        ' ┌─ w.yaml:2:4',
        ' │',
        '2│ b: two',
        ' │    ^^^ here',
        '',
        ' ┌─ w.yaml:1:4',
        ' │',
        '1│ a: 1',
        ' │    - first',
        '  Why.',
        '  hint: do',
      ].join('\n'),
    );
  });

  test('paints through the function given', () => {
    const paint: Paint = {
      severity: (part, severity) => `<${severity}>${part}</>`,
      frame: (part) => part,
      label: (part) => part,
    };
    const collector = createCollector();
    collector.report('unused-parameter', at('1'), 'm');
    const drawn = renderDiagnostic(collector.sorted()[0]!, paint);
    expect(drawn).toContain('<warning>warning[unused-parameter]</>: m');
    expect(drawn).toContain('<warning>^</>');
  });

  test('a span over several lines is underlined to the end of its first line', () => {
    const collector = createCollector();
    collector.report('wrong-type', { source, start: text.indexOf('two'), end: text.length }, 'm');
    expect(renderDiagnostic(collector.sorted()[0]!)).toContain('^^^');
  });

  test('one line, and JSON', () => {
    const collector = createCollector();
    collector.report('wrong-type', at('x'), 'two\nlines');
    collector.report('too-large', undefined, 'nowhere');
    const [nowhere, placed] = collector.sorted();
    expect(renderLine(nowhere!)).toBe('error[too-large]: nowhere');
    expect(renderLine(placed!)).toBe('w.yaml:3:10: error[wrong-type]: two lines');
    expect(JSON.parse(JSON.stringify(diagnosticToJson(placed!)))).toEqual({
      code: 'wrong-type',
      severity: 'error',
      message: 'two\nlines',
      range: { path: 'w.yaml', line: 3, column: 10, endLine: 3, endColumn: 11 },
    });
  });
});

test('diagnostics come once each, in the order of their places', () => {
  const collector = createCollector();
  const other = { path: 'z.yaml', text };
  collector.report('wrong-type', at('two'), 'b');
  collector.report('wrong-type', { source: other, start: 0, end: 1 }, 'c');
  collector.report('wrong-type', at('1'), 'a');
  collector.report('wrong-type', at('two'), 'b');
  expect(collector.sorted().map(({ message }) => message)).toEqual(['a', 'b', 'c']);
});

test.each([
  ['print-mesage', ['print-message', 'other'], 'print-message'],
  ['Entrypoint', ['entrypoint'], 'entrypoint'],
  ['tempalte', ['template'], 'template'],
  ['b', ['a'], undefined],
  ['completely', ['different'], undefined],
] as const)('nearest to %s', (name, candidates, expected) => {
  expect(nearestName(name, candidates)).toBe(expected);
});
