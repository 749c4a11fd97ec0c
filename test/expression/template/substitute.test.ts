/**
 * Tags: how they are found and replaced, in JSON text as Argo does it and in trees without scanning
 * values.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Scope } from '../../../lib/expression/scope.ts';
import { identifiersOf } from '../../../lib/expression/template/identifiers.ts';
import {
  type Draft,
  dataText,
  plainJson,
  plainText,
  soleTag,
} from '../../../lib/expression/template/pieces.ts';
import { replaceJsonText } from '../../../lib/expression/template/replace.ts';
import type { Strictness } from '../../../lib/expression/template/strictness.ts';
import { substituteText, substituteTree } from '../../../lib/expression/template/substitute.ts';
import { findTags, unclosedTag } from '../../../lib/expression/template/tags.ts';

const scope: Scope = new Map([
  ['inputs.parameters.who', 'Ann "A" {{inputs.parameters.n}}\n'],
  ['inputs.parameters.n', '3'],
  ['item', 'n'],
  ['steps.off.outputs.parameters.p', null],
]);

function field(text: string, strictness: Strictness = 'none'): string {
  const result = substituteText(text, scope, strictness);
  return result.ok ? plainText(result.value) : `${result.missing ? 'wait' : 'fault'}: ${result.error}`;
}

test.each([
  ['n={{inputs.parameters.n}}', 'n=3'],
  ['{{ inputs.parameters.n }}', '3'],
  ['{{=inputs.parameters.n}}', '3'],
  ['{{=asInt(inputs.parameters.n) * 2}}', '6'],
  ['{{=[1, "a<b"]}}', '[1,"a\\u003cb"]'],
  ['{{=len("a\\nb")}}', '3'],
  ['{{unknown}}', '{{unknown}}'],
  ['{{=unknown + 1}}', '{{=unknown + 1}}'],
  ['{{=retries}}', '{{=retries}}'],
  ['{{inputs.parameters.{{item}}}}', '{{inputs.parameters.n}}'],
  ['{{steps.off.outputs.parameters.p}}', expect.stringMatching(/^fault: unable to substitute/)],
  ['{{=steps.off.outputs.parameters.p ?? "none"}}', 'none'],
  ['{{open', '{{open'],
  ['{{=open', expect.stringMatching(/^fault: failed to unmarshall JSON expression/)],
])('%s becomes %s', (text, expected) => {
  expect(field(text)).toEqual(expected);
});

test.each([
  ['{{steps.a.outputs.result}}', /^wait: failed to resolve/],
  ['{{=steps.a.outputs.result}}', /^wait: failed to evaluate expression: steps/],
  ['{{steps.a.outputs.artifacts.x}}', /^\{\{steps/],
  ['{{stepsX.a}}', /^\{\{stepsX/],
  ['{{=1 / }}', /^fault: failed to evaluate/],
])('with strict prefixes %s gives %s', (text, expected) => {
  expect(field(text, { prefixes: ['steps', 'tasks'] })).toMatch(expected);
});

describe('values', () => {
  test('are not scanned in a later pass of a tree, and are in JSON text', () => {
    const tree: Draft = { args: ['{{inputs.parameters.who}}', 1, null] };
    const once = substituteTree(tree, scope, 'none');
    const twice = once.ok ? substituteTree(once.value, scope, 'all') : once;
    expect(twice.ok && plainJson(twice.value)).toEqual({
      args: ['Ann "A" {{inputs.parameters.n}}\n', 1, null],
    });
    const text = replaceJsonText('"{{inputs.parameters.who}}"', scope, 'all');
    const again = text.ok ? replaceJsonText(text.text, scope, 'all') : text;
    expect(again.ok && JSON.parse(again.text)).toBe('Ann "A" 3\n');
  });

  test('complete the name of an outer tag that was written', () => {
    const once = substituteText('{{inputs.parameters.{{item}}}}!', scope, 'none');
    const twice = once.ok ? substituteText(once.value, scope, 'all') : once;
    expect(twice.ok && plainText(twice.value)).toBe('3!');
  });

  test('make no tag together with what stands beside them', () => {
    const braces: Scope = new Map([
      ['open', '{'],
      ['x', 'secret'],
    ]);
    const once = substituteText('{{open}}{x}}', braces, 'none');
    const twice = once.ok ? substituteText(once.value, braces, 'none') : once;
    expect(twice.ok && plainText(twice.value)).toBe('{{x}}');
  });

  test('make no keys', () => {
    const result = substituteTree(
      { 'k-{{inputs.parameters.n}}': { a: '{{inputs.parameters.who}}' } },
      scope,
      'all',
    );
    expect(result.ok && plainJson(result.value)).toEqual({
      'k-3': { a: 'Ann "A" {{inputs.parameters.n}}\n' },
    });
    expect(substituteTree({ '{{inputs.parameters.who}}': 1 }, scope, 'all')).toMatchObject({ ok: false });
  });

  test('given as data stay as they are', () => {
    const result = substituteText(dataText('{{item}}'), scope, 'all');
    expect(result.ok && plainText(result.value)).toBe('{{item}}');
    expect(soleTag(dataText('{{item}}'))).toBeUndefined();
    expect(soleTag('{{ item }}')).toBe('item');
  });

  test('that JSON text cannot hold in Go spelling are refused by simple tags alone', () => {
    const bell: Scope = new Map([['v', 'a\u0007']]);
    expect(substituteText('{{v}}', bell, 'all')).toMatchObject({ ok: false });
    const result = substituteText('{{=v}}', bell, 'all');
    expect(result.ok && plainText(result.value)).toBe('a\u0007');
  });
});

test('a tree and its JSON text give the same where values hold no tags', () => {
  const plain: Scope = new Map([
    ['a', 'A "quoted" \\ back\nslash <&>'],
    ['b.c', '2'],
  ]);
  const part = fc.constantFrom(
    '{{a}}',
    '{{b.c}}',
    '{{=b.c + a}}',
    '{{=[b.c]}}',
    '{{no}}',
    '{{=no}}',
    ' x ',
    '"',
    '\\',
    'é<',
    '{',
    '\n',
  );
  const text = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, fc.constantFrom<Strictness>('none', 'all', { prefixes: ['b'] }), (each, strictness) => {
      const inTree = substituteText(each, plain, strictness);
      // Two maps end behind the text, and so does a tag in it that has no end of its own.
      const inText = replaceJsonText(JSON.stringify({ in: { at: each } }), plain, strictness);
      expect(inTree.ok).toBe(inText.ok);
      if (inTree.ok && inText.ok) expect(plainText(inTree.value)).toBe(JSON.parse(inText.text).in.at);
    }),
    { numRuns: 2_000 },
  );
});

test('no text makes a substitution throw', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^(\{\{|\}\}|=|a|\.|"| ){0,20}$/));
  fc.assert(
    fc.property(text, (each) => {
      expect(typeof substituteText(each, scope, 'none').ok).toBe('boolean');
      expect(typeof replaceJsonText(JSON.stringify(each), scope, 'all').ok).toBe('boolean');
    }),
    { numRuns: 2_000 },
  );
});

test('tags are found with their kind and place', () => {
  expect(findTags('a{{b}}{{=c.d}}{{ =e}}{{{f}}}{{g')).toEqual([
    { start: 1, end: 6, kind: 'simple', body: 'b' },
    { start: 6, end: 14, kind: 'expression', body: 'c.d' },
    { start: 14, end: 21, kind: 'simple', body: ' =e' },
    { start: 21, end: 27, kind: 'simple', body: '{f' },
  ]);
  expect(unclosedTag('{{a}} {{b')).toBe(6);
  expect(unclosedTag('{{a}} }} {')).toBeUndefined();
});

test('identifiers are names and paths, those guarded left out', () => {
  expect(identifiersOf('a.b["c"] + len(d) + sprig.upper(e)')).toEqual([
    'a',
    'a.b',
    'a.b.c',
    'd',
    'sprig',
    'sprig.upper',
    'e',
  ]);
  expect(identifiersOf('a.b ?? c')).toEqual(['a', 'c']);
  expect(identifiersOf('a.b?.c')).toEqual(['a']);
  expect(identifiersOf('1 +')).toBeUndefined();
});
