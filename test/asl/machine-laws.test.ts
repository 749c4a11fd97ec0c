/** The laws that test/cases.test.ts and the conformance suites ask of machines and runs: they see what breaks them. */
import { expect, it } from 'vitest';
import type { HistoryEvent } from '../../lib/asl/history-event.ts';
import type { StateMachine } from '../../lib/asl/state-machine.ts';
import { brokenLaws, brokenRunLaws } from '../support/machine-laws.ts';

const machine = (name: string, more: object = {}) =>
  ({
    QueryLanguage: 'JSONata',
    StartAt: name,
    States: {
      [name]: { Type: 'Pass', Output: { text: '', lines: 'a\nb', nothing: null }, End: true, ...more },
    },
  }) as unknown as StateMachine;

it('finds nothing in what AWS takes', () => {
  expect(brokenLaws(machine('a'))).toEqual([]);
  expect(brokenRunLaws([])).toEqual([]);
});

it('finds names, definitions, fields and transitions that AWS refuses', () => {
  expect(brokenLaws(machine('a'.repeat(81))).join()).toContain('is too long');
  expect(brokenLaws(machine('a', { Comment: 'x'.repeat(1_048_576) })).join()).toContain('characters');
  // More than once, since the validator is kept.
  for (const next of ['b', 'c']) {
    const { End: _end, ...going } = machine('a').States['a'] as unknown as { readonly End: boolean };
    const States = { a: { ...going, Next: next } };
    const broken = brokenLaws({ ...machine('a'), States } as unknown as StateMachine);
    expect(broken.filter((one) => one.includes('MISSING_TRANSITION_TARGET'))).toHaveLength(2);
  }
});

it('finds histories and overrides that are too large', () => {
  const overrides = { ContainerOverrides: [{ Name: 'wait', Command: ['x'.repeat(8_192)] }] };
  const scheduled = {
    type: 'TaskScheduled',
    taskScheduledEventDetails: {
      resourceType: 'ecs',
      resource: 'runTask.sync',
      parameters: JSON.stringify({ Overrides: overrides }),
    },
  } as unknown as HistoryEvent;
  expect(brokenRunLaws([scheduled]).join()).toContain('overrides');
  expect(
    brokenRunLaws(new Array<HistoryEvent>(25_001).fill({ type: 'x' } as unknown as HistoryEvent)),
  ).toEqual(['the history has 25001 events']);
});
