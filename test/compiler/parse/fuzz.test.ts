/** Whatever the input, there are diagnostics with places in it, and never an exception. */

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultLimits } from '../../../lib/compiler/1-parse/limits.ts';
import type { YamlNode } from '../../../lib/compiler/1-parse/node.ts';
import { readPlainYaml } from '../../../lib/compiler/1-parse/plain-yaml.ts';
import { readAnyYaml } from '../../../lib/compiler/1-parse/yaml.ts';
import { checkSupport } from '../../../lib/compiler/2-analyze/check-support.ts';
import { lint } from '../../../lib/compiler/2-analyze/lint.ts';
import { renderDiagnostics, renderLine } from '../../../lib/diagnostics/render.ts';

const folder = new URL('../../rejects/', import.meta.url);
const seeds = readdirSync(fileURLToPath(folder), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => readFileSync(new URL(`${name}/workflow.yaml`, folder), 'utf8'));

const pieces = [
  ...[
    '\n',
    '  ',
    '- ',
    ': ',
    ' #',
    '"',
    "'",
    '[',
    ']',
    '{',
    '}',
    ',',
    '|',
    '>-',
    '&a ',
    '*a',
    '!!str ',
    '\t',
    '? ',
  ],
  ...[
    '\n---\n',
    '~',
    '{{',
    '}}',
    '{{=',
    'null',
    'yes',
    '0x1f',
    '<<: *a',
    '\u0000',
    '\ud800',
    'é',
    '\r\n',
    '&a [*a]',
  ],
  ...[
    'container: {}',
    'steps: [[]]',
    'steps: []',
    'dag: {tasks: [{}]}',
    'inline: {}',
    'withItems: [1, {}, [], null]',
  ],
  ...[
    'templateRef: {}',
    'arguments: {parameters: [{}]}',
    'hooks: {a: {}}',
    'outputs: {parameters: [{}]}',
    'name: __proto__',
  ],
];

const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.integer({ min: 0, max: 12 }),
  insert: fc.oneof(fc.constantFrom(...pieces), fc.constant('')),
});

const mutated = fc
  .tuple(
    fc.constantFrom(...seeds),
    fc.array(mutation, { minLength: 1, maxLength: 4 }),
    fc.double({ min: 0.2, max: 1, noNaN: true }),
  )
  .map(([seed, mutations, kept]) => {
    let text = seed;
    for (const { at, remove, insert } of mutations) {
      const place = Math.floor(at * text.length);
      text = text.slice(0, place) + insert + text.slice(place + remove);
    }
    return kept > 0.9 ? text : text.slice(0, Math.floor(kept * text.length));
  });

const script =
  'kind: Workflow\nspec:\n  entrypoint: m\n  templates:\n    - name: m\n      script: {image: a, source: ';

function check(text: string): void {
  const { documents, diagnostics } = lint([{ path: 'w.yaml', text }]);
  const all = [...diagnostics, ...checkSupport(documents)];
  for (const diagnostic of all) {
    const { span } = diagnostic;
    if (!span) continue;
    expect(span.start).toBeGreaterThanOrEqual(0);
    expect(span.end).toBeGreaterThanOrEqual(span.start);
    expect(span.end).toBeLessThanOrEqual(text.length + 1);
    expect(renderLine(diagnostic)).not.toContain('\n');
  }
  expect(typeof renderDiagnostics(all)).toBe('string');
}

describe('no input throws', () => {
  test('mutated and truncated documents', () => {
    fc.assert(fc.property(mutated, check), { numRuns: 1500 });
  });

  test('any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), check), { numRuns: 500 });
  });

  test('any JSON as a spec', () => {
    const document = fc
      .jsonValue({ maxDepth: 5 })
      .map((spec) => JSON.stringify({ kind: 'Workflow', metadata: spec, spec }));
    fc.assert(fc.property(document, check), { numRuns: 500 });
  });

  test.each([
    ['brackets', '['.repeat(200_000)],
    ['braces after a key', `kind: Workflow\nspec: ${'{a: '.repeat(50_000)}`],
    ['dashes', '- '.repeat(100_000)],
    ['ever deeper lines', Array.from({ length: 3000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
    ['a million documents', '\n---\na'.repeat(1_000_000)],
    ['one long line', `kind: Workflow\nspec: {entrypoint: ${'a'.repeat(5_000_000)}}`],
    ['many tags', `${script}"${'{{a.b}}'.repeat(100_000)}"}`],
    ['tags in tags', `${script}"${'{{item.'.repeat(20_000)}"}`],
    ['quotes that never close', `a: "${'x\n'.repeat(100_000)}`],
  ])('%s', (_, text) => {
    check(text);
  });
});

describe('the two readers of YAML', () => {
  const shape = (node: YamlNode): unknown => {
    if (node.kind === 'scalar')
      return node.value === null ? null : [node.value, node.text, node.start, node.end];
    if (node.kind === 'list') return [node.start, node.size, node.depth, node.items.map(shape)];
    const entries = node.entries.map(({ key, keyStart, keyEnd, value }) => [
      key,
      keyStart,
      keyEnd,
      shape(value),
    ]);
    return [node.start, node.size, node.depth, entries];
  };

  const agree = (text: string): boolean => {
    const plain = readPlainYaml(text);
    if (!plain) return false;
    const { node, problems } = readAnyYaml(text, defaultLimits);
    expect(problems).toEqual([]);
    expect(shape(plain)).toEqual(shape(node!));
    return true;
  };

  test('agree on ordinary documents', () => {
    expect(seeds.filter(agree).length).toBeGreaterThan(seeds.length / 2);
  });

  test('agree on whatever the plain one accepts', () => {
    fc.assert(
      fc.property(mutated, (text) => void agree(text)),
      { numRuns: 1500 },
    );
  });
});
