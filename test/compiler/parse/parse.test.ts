/** Typed documents: what fields become, what is said of misfits, and where everything stands. */

import { describe, expect, test } from 'vitest';
import type { Workflow } from '../../../lib/argo/workflow.ts';
import { parse } from '../../../lib/compiler/1-parse/parse.ts';

const head = 'apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata:\n  name: x\n';

function workflow(spec: string) {
  const { documents, diagnostics } = parse([{ path: 'w.yaml', text: `${head}spec:\n${spec}` }]);
  return { spec: (documents[0]!.value as Workflow).spec, document: documents[0]!, diagnostics };
}

describe('values', () => {
  test('parameter values are texts, as Argo makes them', () => {
    const values = ['1.0', '1e21', 'yes', '"a"', '[1]', '0x10', '~', ''];
    const lines = values.map((value, index) => `    - {name: p${index}, value: ${value}}\n`);
    const { spec, diagnostics } = workflow(`  arguments:\n    parameters:\n${lines.join('')}`);
    const expected = ['1', '1000000000000000000000', 'true', 'a', '', '16', undefined, undefined];
    expect(spec.arguments?.parameters?.map(({ value }) => value)).toEqual(expected);
    expect(diagnostics.map(({ code }) => code)).toEqual(['not-a-text']);
  });

  test('null fields are unset, null elements are empty', () => {
    const { spec } = workflow(
      '  suspend: null\n  templates: [null, {name: a, suspend: {}, container: null}]\n',
    );
    expect(spec).toEqual({ templates: [{}, { name: 'a', suspend: {} }] });
  });

  test('items stay as they are', () => {
    const steps =
      '  templates:\n    - name: a\n      steps:\n        - - withItems: [1, a, {b: [true]}, null]\n';
    const { spec, diagnostics } = workflow(steps);
    expect(spec.templates?.[0]?.steps?.[0]?.[0]?.withItems).toEqual([1, 'a', { b: [true] }, null]);
    expect(diagnostics).toEqual([]);
  });

  test('keys like __proto__ are ordinary in maps', () => {
    const { documents } = parse([{ path: 'c', text: 'kind: ConfigMap\ndata: {__proto__: a}\n' }]);
    const { data } = documents[0]!.value as { data: object };
    expect(Object.entries(data)).toEqual([['__proto__', 'a']]);
  });
});

describe('misfits', () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['a field that is misspelt', '  entrypont: a\n  templats: []\n', ['entrypont', 'templats']],
    ['a number for a text', '  entrypoint: 12\n', ['12']],
    ['a text for a number', "  parallelism: 'two'\n", ["'two'"]],
    ['a fraction for a whole number', '  parallelism: 1.5\n', ['1.5']],
    ['a map for a list', '  templates: {a: b}\n', ['{a: b}']],
    ['an element of a list', '  imagePullSecrets: [a]\n', ['a']],
    ['a quantity', '  podResources: {limits: {cpu: much}}\n', ['much']],
    ['a list for int-or-string', '  retryStrategy: {limit: [1]}\n', ['[1]']],
  ];

  test.each(cases)('%s', (_, spec, underlined) => {
    const { diagnostics } = workflow(spec);
    const texts = diagnostics.map(({ span }) => span!.source.text.slice(span!.start, span!.end));
    expect(texts).toEqual(underlined);
    expect(diagnostics.every(({ severity }) => severity === 'error')).toBe(true);
  });

  test('a plugin has one key', () => {
    const { diagnostics } = workflow('  templates: [{name: a, plugin: {b: {}, c: {}}}]\n');
    expect(diagnostics.map(({ code }) => code)).toEqual(['wrong-type']);
  });

  test('unknown fields deep inside a step only warn, as they do not stop Argo', () => {
    const step = '  templates:\n    - name: a\n      steps:\n        - - name: b\n';
    const own = workflow(`${step}            dependencies: [c]\n`);
    expect(own.diagnostics.map(({ code }) => code)).toEqual(['unknown-field']);
    const deep = workflow(`${step}            arguments: {parametrs: []}\n`);
    expect(deep.diagnostics.map(({ code }) => code)).toEqual(['unread-field']);
  });
});

describe('documents', () => {
  test('are counted, named and placed, in several sources', () => {
    const text = `${head}---\n# nothing\n---\nkind: ConfigMap\nmetadata: {generateName: c-}\n`;
    const { documents, diagnostics } = parse([
      { path: 'a', text },
      { path: 'b', text: JSON.stringify({ kind: 'Secret', metadata: { name: 's' } }) },
    ]);
    expect(
      documents.map(({ kind, name, source, documentIndex }) => [kind, name, source.path, documentIndex]),
    ).toEqual([
      ['Workflow', 'x', 'a', 0],
      ['ConfigMap', 'c-', 'a', 2],
      ['Secret', 's', 'b', 0],
    ]);
    expect(diagnostics).toEqual([]);
    const config = documents[1]!;
    const span = config.spans.of(config.value.metadata, 'generateName');
    expect(text.slice(span.start, span.end)).toBe('c-');
  });

  test('what is missing is shown at the name of what lacks it', () => {
    const { document, spec } = workflow('  entrypoint: a\n');
    const { text } = document.source;
    const shown = (span: { start: number; end: number }) => text.slice(span.start, span.end);
    expect(shown(document.spans.of(spec, 'templates'))).toBe('spec');
    expect(shown(document.spans.key(spec, 'entrypoint'))).toBe('entrypoint');
    expect(shown(document.spans.of(spec, 'entrypoint'))).toBe('a');
  });

  test('too much is refused before it is read', () => {
    const limits = { sourceLength: 100, documents: 3 };
    const many = parse([{ path: 'a', text: 'a\n---\n'.repeat(5) }], { limits });
    const long = parse([{ path: 'a', text: 'x'.repeat(101) }], { limits });
    expect([many, long].map(({ diagnostics }) => diagnostics[0]?.code)).toEqual(['too-large', 'too-large']);
  });
});
