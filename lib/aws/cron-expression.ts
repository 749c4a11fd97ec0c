/**
 * Cron schedules as EventBridge Scheduler writes them: six fields, days of the week from 1, one of the day
 * fields `?`.
 */
import type { CronField } from '../expression/cron/fields.ts';
import { type CronLine, parseCronSchedule } from '../expression/cron/schedule.ts';

export interface SchedulerExpression {
  readonly expression: string;
  readonly timezone: string;
}

export type CronTranslation =
  | { readonly ok: true; readonly expressions: readonly SchedulerExpression[] }
  | { readonly ok: false; readonly error: string };

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html */
export function schedulerExpressions(schedule: string, timezone: string): CronTranslation {
  const parsed = parseCronSchedule(schedule, timezone);
  if (!parsed.ok) return parsed;
  if (parsed.schedule.kind === 'line') return { ok: true, expressions: lineExpressions(parsed.schedule) };
  const { seconds } = parsed.schedule;
  if (seconds % 60 !== 0)
    return { ok: false, error: `@every ${seconds}s: EventBridge Scheduler counts whole minutes` };
  const minutes = seconds / 60;
  const expression = `rate(${minutes} ${minutes === 1 ? 'minute' : 'minutes'})`;
  return { ok: true, expressions: [{ expression, timezone: 'UTC' }] };
}

/**
 * Where both day fields say something, either of them is enough for cron: two schedules, whose firings may
 * coincide.
 */
function lineExpressions(line: CronLine): readonly SchedulerExpression[] {
  const { dayOfMonth, dayOfWeek, zone: timezone } = line;
  const monthDays = dayOfMonth.isStar || isFull(dayOfMonth, 31) ? '*' : listOf(dayOfMonth);
  const weekDays = dayOfWeek.isStar || isFull(dayOfWeek, 7) ? '*' : listOf(dayOfWeek, 1);
  const text = (monthDay: string, weekDay: string) => {
    const time = `${fieldText(line.minute, 60)} ${fieldText(line.hour, 24)}`;
    return { expression: `cron(${time} ${monthDay} ${fieldText(line.month, 12)} ${weekDay} *)`, timezone };
  };
  if (weekDays === '*' && (monthDays === '*' || dayOfWeek.isStar)) return [text(monthDays, '?')];
  if (monthDays === '*' && dayOfMonth.isStar) return [text('?', weekDays)];
  if (weekDays === '*' || monthDays === '*') return [text('*', '?')];
  return [text(monthDays, '?'), text('?', weekDays)];
}

function isFull({ values }: CronField, size: number): boolean {
  return values.size === size;
}

function fieldText(field: CronField, size: number): string {
  return isFull(field, size) ? '*' : listOf(field);
}

/** Values in order, runs of them as ranges: an expression has 256 characters at most. */
function listOf({ values }: CronField, shift = 0): string {
  const sorted = [...values].sort((a, b) => a - b);
  const ranges: [number, number][] = [];
  for (const value of sorted) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === value - 1) last[1] = value;
    else ranges.push([value, value]);
  }
  return ranges
    .map(([from, to]) => (from === to ? `${from + shift}` : `${from + shift}-${to + shift}`))
    .join(',');
}
