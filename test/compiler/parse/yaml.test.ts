/** YAML as Argo's reader has it; the expectations were taken from sigs.k8s.io/yaml v1.6.0. */

import { describe, expect, test } from 'vitest';
import { defaultLimits } from '../../../lib/compiler/1-parse/limits.ts';
import type { YamlNode } from '../../../lib/compiler/1-parse/node.ts';
import { formatNumber, resolvePlain } from '../../../lib/compiler/1-parse/scalar.ts';
import { readYaml } from '../../../lib/compiler/1-parse/yaml.ts';

function plain(node: YamlNode): unknown {
  if (node.kind === 'map')
    return Object.fromEntries(node.entries.map(({ key, value }) => [key, plain(value)]));
  return node.kind === 'list' ? node.items.map(plain) : node.value;
}

function read(text: string): unknown {
  const { node, problems } = readYaml(text, defaultLimits);
  return problems.length > 0 ? problems.map(({ code }) => code) : plain(node!);
}

describe('plain scalars', () => {
  test.each([
    ['1.0', 1],
    ['0o14', 12],
    ['0755', 493],
    ['08', 8],
    ['1_000', 1000],
    ['12:30', '12:30'],
    ['2001-01-01', '2001-01-01'],
    ['.5', 0.5],
    ['1e3', 1000],
    ['+1', 1],
    ['0x1F', 31],
    ['-0b11', -3],
    ['0x1.8p1', '0x1.8p1'],
    ['.', '.'],
    ['-', '-'],
    ['y', true],
    ['off', false],
    ['yES', 'yES'],
    ['~', null],
    ['', null],
    ['123456789012345678901234567890', 1.2345678901234568e29],
  ] as const)('%s', (text, value) => {
    expect(resolvePlain(text)).toBe(value);
  });

  test.each([
    [1, '1'],
    [1.5, '1.5'],
    [1e21, '1000000000000000000000'],
    [1.25e-7, '0.000000125'],
    [-1e-7, '-0.0000001'],
  ] as const)('the text of %d', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});

describe('documents', () => {
  test.each([
    ['anchors', 'a: &x {b: 1}\nc: *x\n', { a: { b: 1 }, c: { b: 1 } }],
    ['a merge', 'a: &x {b: 1}\nc:\n  <<: *x\n  d: 2\n', { a: { b: 1 }, c: { b: 1, d: 2 } }],
    ['a merge that is overridden', 'a: &x {b: 1}\nc:\n  <<: *x\n  b: 2\n', ['duplicate-key']],
    ['a key twice', '"a": 1\na: 2\n', ['duplicate-key']],
    ['an anchor that contains itself', 'a: &x [*x]\n', ['unknown-anchor']],
    [
      'tags',
      'a: !!str 12\nb: !!binary aGVsbG8=\nc: !foo 12\nd: !!int "12"\n',
      { a: '12', b: 'hello', c: '12', d: 12 },
    ],
    ['keys that are no texts', 'y: 1\n2: 3\n', { true: 1, '2': 3 }],
    ['an empty key', '~: 1\n', ['invalid-key']],
    ['a tag without quotes', 'a: {{x}}\n', ['invalid-key']],
    ['a block text without a line end', 'a: |\n  x', { a: 'x' }],
    ['JSON', '{"a": [1, "b", null, true]}', { a: [1, 'b', null, true] }],
    ['__proto__', 'a: 1\n__proto__: {b: 1}\n', JSON.parse('{"a":1,"__proto__":{"b":1}}')],
    ['a second line of a quoted text at too little indent', 'x:\n    a: "b\nc"\n', { x: { a: 'b c' } }],
    [
      'a list that closes at too little indent',
      'x:\n  - a: ["b\n  ", c,\n  d\n  ]\n    e: f\n',
      { x: [{ a: ['b ', 'c', 'd'], e: 'f' }] },
    ],
    ['a tab', 'a:\n\tb: 1\n', ['yaml-syntax']],
    ['an unclosed quote', 'a: "x\n', ['yaml-syntax']],
  ] as const)('%s', (_, text, value) => {
    expect(read(text)).toEqual(value);
  });

  test('positions lead back through a repair', () => {
    const text = 'x:\n    a: "b\nc"\n    d: e\n';
    const { node } = readYaml(text, defaultLimits);
    const inner = node?.kind === 'map' && node.entries[0]!.value;
    const entry = inner && inner.kind === 'map' ? inner.entries[1]! : undefined;
    expect(text.slice(entry!.keyStart, entry!.value.end)).toBe('d: e');
  });
});

describe('limits', () => {
  const limits = { ...defaultLimits, depth: 20, nodes: 1000 };
  const codes = (text: string) => readYaml(text, limits).problems.map(({ code }) => code);

  test('depth', () => {
    expect(codes('['.repeat(30) + ']'.repeat(30))).toEqual(['too-large']);
    expect(codes('['.repeat(100_000))).toHaveLength(1);
    expect(codes('- '.repeat(20_000) + 'a')).toEqual(['too-large']);
  });

  test('nodes are counted through aliases', () => {
    const lines = ['a: &a0 [x, x, x, x]'];
    for (let level = 1; level < 9; level++) {
      lines.push(
        `b${level}: &a${level} [${Array(9)
          .fill(`*a${level - 1}`)
          .join(', ')}]`,
      );
    }
    expect(codes(lines.join('\n'))).toEqual(['too-large']);
  });
});
