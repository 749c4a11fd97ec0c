/** Schedules of CronWorkflows: parsing, the next times, changes of the clock, conditions. */
import { describe, expect, test } from 'vitest';
import {
  type CronWorkflowView,
  evaluateCronWorkflowWhen,
  evaluateStopStrategy,
} from '../../../lib/expression/cron/conditions.ts';
import { nextTimes } from '../../../lib/expression/cron/next-times.ts';
import { parseCronSchedule } from '../../../lib/expression/cron/schedule.ts';

function times(schedule: string, zone: string, after: string, count = 2): string {
  const got = nextTimes(schedule, zone, new Date(after), count);
  return got.ok ? got.times.map((time) => time.toISOString().slice(0, 16)).join(' ') : got.error;
}

describe('next times', () => {
  test.each([
    ['15 * * * *', '', '2031-01-01T00:15:00Z', '2031-01-01T01:15 2031-01-01T02:15'],
    ['50/4 * * * *', '', '2031-01-01T00:00:00Z', '2031-01-01T00:50 2031-01-01T00:54'],
    ['0 9 * * mon-tue', '', '2031-01-01T00:00:00Z', '2031-01-06T09:00 2031-01-07T09:00'],
    ['0 0 13 * 5', '', '2031-01-01T00:00:00Z', '2031-01-03T00:00 2031-01-10T00:00'],
    ['0 0 13 * */1', '', '2031-01-01T00:00:00Z', '2031-01-13T00:00 2031-02-13T00:00'],
    ['0 0 31 2 *', '', '2031-01-01T00:00:00Z', ''],
    [', * * * *', '', '2031-01-01T00:00:00Z', ''],
    ['@every 90m', '', '2031-01-01T00:00:00.9Z', '2031-01-01T01:30 2031-01-01T03:00'],
    ['@weekly', '', '2031-01-01T00:00:00Z', '2031-01-05T00:00 2031-01-12T00:00'],
    ['TZ=Asia/Tokyo 0 9 * * *', '', '2031-01-01T00:00:00Z', '2031-01-02T00:00 2031-01-03T00:00'],
  ])('%s %s', (schedule, zone, after, expected) => expect(times(schedule, zone, after)).toBe(expected));
});

describe('changes of the clock', () => {
  test.each([
    // 02:30 does not exist on the day on which summer begins: the run is dropped.
    ['30 2 * * *', 'Europe/Paris', '2025-03-29T12:00:00Z', '2025-03-31T00:30 2025-04-01T00:30'],
    // It exists twice on the day on which summer ends: two runs.
    ['30 2 * * *', 'Europe/Paris', '2025-10-25T12:00:00Z', '2025-10-26T00:30 2025-10-26T01:30'],
    // Midnight does not exist in Santiago on the day on which summer begins.
    ['0 0 * * *', 'America/Santiago', '2024-09-07T12:00:00Z', '2024-09-09T03:00 2024-09-10T03:00'],
  ])('%s in %s', (schedule, zone, after, expected) => expect(times(schedule, zone, after)).toBe(expected));

  test('a day that a zone has skipped does not hold the search for ever', () => {
    expect(nextTimes('0 8 30 12 *', 'Pacific/Apia', new Date('2011-12-01T00:00:00Z'), 1).ok).toBe(true);
  });
});

describe('refused schedules', () => {
  test.each([
    ['', '', 'empty spec string', 0],
    ['* * * *', '', 'expected exactly 5 fields, found 4: [* * * *]', 0],
    ['0 25 * * *', '', 'end of range (25) above maximum (23): 25', 2],
    ['0 0 * * 7', '', 'end of range (7) above maximum (6): 7', 8],
    ['0 0 1-2-3 * *', '', 'too many hyphens: 1-2-3', 4],
    ['0 0 */0 * *', '', 'step of range should be a positive number: */0', 4],
    ['0 1,x * * *', '', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax', 4],
    ['@never', '', 'unrecognized descriptor: @never', 0],
    ['@every soon', '', 'failed to parse duration @every soon: time: invalid duration "soon"', 7],
    ['0 0 * * *', 'Mars/Olympus', 'provided bad location Mars/Olympus: unknown time zone Mars/Olympus', 0],
    ['TZ=UTC', '', 'a time zone must be followed by a space and a schedule', 6],
    ['TZ=UTC 0 0 * * *', 'UTC', 'expected exactly 5 fields, found 6: [TZ=UTC 0 0 * * *]', 0],
  ])('%j %s', (schedule, zone, error, position) => {
    expect(parseCronSchedule(schedule, zone)).toEqual({ ok: false, error, position });
  });
});

describe('conditions', () => {
  const cron: CronWorkflowView = {
    name: 'nightly',
    namespace: 'ops',
    labels: { team: 'core' },
    annotations: { team: 'other' },
    failed: 3,
    succeeded: 1,
  };

  test.each<[string, boolean | string]>([
    ['', true],
    ["'{{cronworkflow.name}}' == 'nightly'", true],
    ['{{=cronworkflow.failed > 2}}', true],
    ['{{=cronworkflow.lastScheduledTime == nil}}', true],
    ['{{cronworkflow.name}} == nightly', "No parameter 'nightly' found."],
    ['{{cronworkflow.failed}} > 2', 'to string'],
    ['{{=cronworkflow.name == "nightly"}}', 'JSON'],
    ['{{nope}}', 'failed to resolve'],
  ])('when %s', (when, expected) => {
    const got = evaluateCronWorkflowWhen(when, cron);
    if (typeof expected === 'boolean') expect(got).toEqual({ ok: true, value: expected });
    else expect(got.ok ? '' : got.error).toContain(expected);
  });

  test.each<[string, boolean | string]>([
    ['cronworkflow.failed >= 3', true],
    ['cronworkflow.annotations.team == "core"', true],
    ['cronworkflow.succeeded', 'to bool'],
    ['asInt("1") == 1', 'unknown name asInt'],
  ])('stop when %s', (expression, expected) => {
    const got = evaluateStopStrategy(expression, cron);
    if (typeof expected === 'boolean') expect(got).toEqual({ ok: true, value: expected });
    else expect(got.ok ? '' : got.error).toContain(expected);
  });
});
