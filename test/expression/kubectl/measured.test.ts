/** JSONPath of kubectl and filters of jq, compared with what client-go and gojq made of the same document. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { GoError } from '../../../lib/expression/go-error.ts';
import { checkJq, jqFilter } from '../../../lib/expression/jq/jq.ts';
import { kubectlJsonPath } from '../../../lib/expression/kubectl/jsonpath.ts';

interface Case {
  readonly kind: 'jsonpath' | 'jq';
  readonly text: string;
  readonly out?: string;
  readonly error?: string;
}

const { document, cases } = JSON.parse(
  readFileSync(new URL('./measured.generated.json', import.meta.url), 'utf8'),
) as { readonly document: unknown; readonly cases: readonly Case[] };

const run = { jsonpath: kubectlJsonPath, jq: jqFilter };

test.each(cases)('$kind $text', ({ kind, text, out, error }) => {
  let found: { out?: string; error?: string };
  try {
    found = { out: run[kind](text, document) };
  } catch (thrown) {
    if (!(thrown instanceof GoError)) throw thrown;
    found = { error: thrown.message };
  }
  expect(found).toEqual(out === undefined ? { error } : { out });
});

test.each([
  ['input', 'input/0 is not allowed'],
  ['env', 'env/0 is not allowed'],
  ['$ENV', 'variable not defined: $ENV'],
  ['. as [$a] ?// $a | $a', 'the jq operator ?// is not supported'],
  ['strptime("%Y")', 'function not defined: strptime/1'],
  ['import "a" as a; .', "jq's import is not supported"],
  ['def f: g; f', 'function not defined: g/0'],
])('%s is refused before it runs', (filter, message) => {
  expect(() => checkJq(filter)).toThrow(message);
});

test('a filter that does not end is ended', () => {
  expect(() => jqFilter('last(repeat(1))', {})).toThrow('jq: the filter takes too many steps');
  expect(() => jqFilter('def f: f; f', {})).toThrow(GoError);
});
