/**
 * When a schedule fires next: the search of robfig/cron v3.0.1, with its ways at changes of the clock
 * (spec.go).
 */
import { type CivilTime, weekday } from '../go/time/calendar.ts';
import { type CronLine, type CronSchedule, parseCronSchedule } from './schedule.ts';
import { openZoneClock, type ZoneClock } from './zone-clock.ts';

export type CronTimes =
  | { readonly ok: true; readonly times: readonly Date[] }
  | { readonly ok: false; readonly error: string; readonly position: number };

const hour = 3_600;
const maxTimes = 10_000;
/** `Date` ends here. */
const farthest = 8.64e12;

/** Either day field decides alone where neither is a star; else both must hold. */
function dayMatches(schedule: CronLine, civil: CivilTime): boolean {
  const { dayOfMonth, dayOfWeek } = schedule;
  const isDayOfMonth = dayOfMonth.values.has(civil.day);
  const isDayOfWeek = dayOfWeek.values.has(weekday(civil));
  if (dayOfMonth.isStar || dayOfWeek.isStar) return isDayOfMonth && isDayOfWeek;
  return isDayOfMonth || isDayOfWeek;
}

/** Back to midnight, or on to the next one, where a day has begun at another hour. */
function alignToMidnight(at: number, clock: ZoneClock): number {
  const { hour: shown } = clock.civilAt(at);
  if (shown === 0) return at;
  return shown > 12 ? at + (24 - shown) * hour : at - shown * hour;
}

/**
 * Far more than five years of days need. Upstream, a midnight that a zone has skipped can hold the search
 * for ever.
 */
const maxTries = 20_000;

interface Search {
  at: number;
  tries: number;
  /** Whether smaller fields have been set to their beginning. */
  isReset: boolean;
}

/** Each step returns false where a larger field has turned over, so that the search begins anew. */
type Step = (search: Search, schedule: CronLine, clock: ZoneClock) => boolean;

const toMonth: Step = (search, schedule, clock) => {
  while (search.tries-- > 0) {
    const civil = clock.civilAt(search.at);
    if (schedule.month.values.has(civil.month)) return true;
    const { year, month } = civil;
    search.at = search.isReset
      ? clock.instantOf(year, month + 1, civil.day, civil.hour, civil.minute, civil.second)
      : clock.instantOf(...monthAfter(clock.civilAt(clock.instantOf(year, month, 1))));
    search.isReset = true;
    if (clock.civilAt(search.at).month === 1) return false;
  }
  return false;
};

type Fields = [year: number, month: number, day: number, hour: number, minute: number, second: number];

function monthAfter(civil: CivilTime): Fields {
  return [civil.year, civil.month + 1, civil.day, civil.hour, civil.minute, civil.second];
}

function dayAfter(civil: CivilTime): Fields {
  return [civil.year, civil.month, civil.day + 1, civil.hour, civil.minute, civil.second];
}

const toDay: Step = (search, schedule, clock) => {
  while (search.tries-- > 0) {
    const civil = clock.civilAt(search.at);
    if (dayMatches(schedule, civil)) return true;
    if (!search.isReset) search.at = clock.instantOf(civil.year, civil.month, civil.day);
    search.isReset = true;
    search.at = alignToMidnight(clock.instantOf(...dayAfter(clock.civilAt(search.at))), clock);
    if (clock.civilAt(search.at).day === 1) return false;
  }
  return false;
};

const toHour: Step = (search, schedule, clock) => {
  while (search.tries-- > 0) {
    const civil = clock.civilAt(search.at);
    if (schedule.hour.values.has(civil.hour)) return true;
    if (!search.isReset) search.at = clock.instantOf(civil.year, civil.month, civil.day, civil.hour);
    search.isReset = true;
    search.at += hour;
    if (clock.civilAt(search.at).hour === 0) return false;
  }
  return false;
};

const toMinute: Step = (search, schedule, clock) => {
  while (search.tries-- > 0) {
    if (schedule.minute.values.has(clock.civilAt(search.at).minute)) return true;
    if (!search.isReset) search.at = Math.floor(search.at / 60) * 60;
    search.isReset = true;
    search.at += 60;
    if (clock.civilAt(search.at).minute === 0) return false;
  }
  return false;
};

const toSecond: Step = (search, _, clock) => {
  while (clock.civilAt(search.at).second !== 0 && search.tries-- > 0) {
    search.isReset = true;
    search.at += 1;
    if (clock.civilAt(search.at).second === 0) return false;
  }
  return true;
};

const steps: readonly Step[] = [toMonth, toDay, toHour, toMinute, toSecond];

/**
 * The first firing after an instant, in seconds since the epoch; undefined where there is none for five
 * years.
 */
function nextOfLine(schedule: CronLine, clock: ZoneClock, after: number): number | undefined {
  // A field such as `,` holds nothing.
  if (schedule.minute.values.size === 0 || schedule.hour.values.size === 0) return undefined;
  if (schedule.month.values.size === 0) return undefined;
  const search: Search = { at: Math.floor(after) + 1, tries: maxTries, isReset: false };
  const lastYear = clock.civilAt(search.at).year + 5;
  while (search.tries > 0 && search.at < farthest && clock.civilAt(search.at).year <= lastYear) {
    if (steps.every((step) => step(search, schedule, clock))) return search.at;
  }
  return undefined;
}

/**
 * The next firings of a parsed schedule after an instant; fewer than `count` where the search finds no more.
 */
export function nextTimesOf(schedule: CronSchedule, after: Date, count: number): readonly Date[] {
  const times: Date[] = [];
  let at = after.getTime() / 1000;
  if (!Number.isFinite(at)) return times;
  const clock = openZoneClock(schedule.kind === 'line' ? schedule.zone : 'UTC');
  while (times.length < Math.min(count, maxTimes)) {
    const next =
      schedule.kind === 'delay' ? Math.floor(at) + schedule.seconds : nextOfLine(schedule, clock, at);
    if (next === undefined || next > farthest) break;
    at = next;
    times.push(new Date(next * 1000));
  }
  return times;
}

/** The next firings of a CronWorkflow's schedule in its `timezone` (empty: UTC). */
export function nextTimes(schedule: string, timezone: string, after: Date, count: number): CronTimes {
  const parsed = parseCronSchedule(schedule, timezone);
  if (!parsed.ok) return parsed;
  return { ok: true, times: nextTimesOf(parsed.schedule, after, count) };
}
