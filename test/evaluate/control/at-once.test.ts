import { describe, expect, it } from 'vitest';
import type { Template } from '../../../lib/argo/template.ts';
import { endsAtOnce } from '../../../lib/evaluate/at-once.ts';
import { bundleWith, leaf, scopeWith } from './fixtures.ts';

const skipped = { name: 'a', template: 'work', when: 'false' };
const erring = { name: 'b', template: 'work', withParam: 'no list' };
const broken: Template = { ...leaf(), podSpecPatch: '{"a' };

function isOver(main: Template, others: Readonly<Record<string, Template>> = {}): boolean {
  const bundle = bundleWith({ main, work: leaf(), broken, ...others }, { entrypoint: 'main' });
  return endsAtOnce({ ...bundle, entrypoint: 'main' }, scopeWith(), JSON.parse);
}

describe('a run', () => {
  it.each<readonly [string, Template, boolean]>([
    ['starts a leaf', leaf(), false],
    ['cannot make its leaf', broken, true],
    ['skips its only step', { steps: [[skipped]] }, true],
    [
      'starts something in its second group',
      { steps: [[skipped], [{ name: 'b', template: 'work' }]] },
      false,
    ],
    ['errs in its second group', { steps: [[skipped], [erring]] }, true],
    [
      'starts something beside a member that errs',
      { steps: [[{ name: 'a', template: 'work' }, erring]] },
      true,
    ],
    [
      'starts a task beside one that errs',
      { dag: { tasks: [{ name: 'a', template: 'work' }, erring] } },
      false,
    ],
    [
      'omits a task',
      { dag: { tasks: [skipped, { name: 'c', depends: 'a.Failed', template: 'work' }] } },
      true,
    ],
    ['tries again later', { ...broken, retryStrategy: { limit: 1, backoff: { duration: '1' } } }, false],
    ['tries again at once', { ...broken, retryStrategy: { limit: 1, retryPolicy: 'Always' } }, true],
    [
      'runs an exit handler',
      { steps: [[{ ...erring, name: 'x', withParam: '', onExit: 'work', template: 'erring' }]] },
      false,
    ],
  ])('that %s', (_what, main, expected) => {
    expect(isOver(main, { erring: { steps: [[erring]] } })).toBe(expected);
  });

  it('that begins more than a trial is worth counts as one that starts something', () => {
    const items = Array.from({ length: 600 }, (_, index) => index);
    const main: Template = { steps: [[{ name: 'many', template: 'skips', withItems: items }]] };
    expect(isOver(main, { skips: { steps: [[skipped]] } })).toBe(false);
  });
});
