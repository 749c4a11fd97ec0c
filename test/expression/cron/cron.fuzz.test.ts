/** No schedule makes the parser throw, and every time found lies after the one before and fits the fields. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextTimes, nextTimesOf } from '../../../lib/expression/cron/next-times.ts';
import { parseCronSchedule } from '../../../lib/expression/cron/schedule.ts';

const piece = fc.constantFrom(
  '*',
  '?',
  '/',
  '-',
  ',',
  '0',
  '1',
  '5',
  '59',
  '31',
  ' ',
  '@',
  'every',
  'mon',
  'TZ=',
  'UTC',
  'x',
);
const zone = fc.constantFrom('', 'UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Nowhere');
const start = fc.date({ min: new Date('1990-01-01'), max: new Date('2060-01-01'), noInvalidDate: true });

test('every text is a schedule or is refused at a place in it', () => {
  const text = fc.oneof(
    fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join('')),
    fc.string({ unit: 'binary', maxLength: 30 }),
  );
  fc.assert(
    fc.property(text, zone, start, (schedule, timezone, after) => {
      const parsed = parseCronSchedule(schedule, timezone);
      expect(nextTimes(schedule, timezone, after, 1).ok).toBe(parsed.ok);
      if (!parsed.ok) expect(parsed.position).toSatisfy((at: number) => at >= 0 && at <= schedule.length);
    }),
    { numRuns: 2_000 },
  );
});

test('times rise, and in UTC each fits its fields', () => {
  const field = (min: number, max: number) =>
    fc.oneof(
      fc.constant('*'),
      fc.integer({ min, max }).map(String),
      fc.integer({ min: 1, max: 9 }).map((step) => `*/${step}`),
    );
  const fields = fc.tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12));
  fc.assert(
    fc.property(fields, start, ([minute, hour, day, month], after) => {
      const parsed = parseCronSchedule(`${minute} ${hour} ${day} ${month} *`);
      if (!parsed.ok || parsed.schedule.kind !== 'line') throw new Error('refused');
      const { schedule } = parsed;
      let last = after.getTime();
      for (const time of nextTimesOf(schedule, after, 3)) {
        expect(time.getTime()).toBeGreaterThan(last);
        last = time.getTime();
        expect(schedule.minute.values.has(time.getUTCMinutes())).toBe(true);
        expect(schedule.hour.values.has(time.getUTCHours())).toBe(true);
        expect(schedule.dayOfMonth.values.has(time.getUTCDate())).toBe(true);
        expect(schedule.month.values.has(time.getUTCMonth() + 1)).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});
