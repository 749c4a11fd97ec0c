/** Schedules of CronWorkflows, as robfig/cron v3.0.1's ParseStandard takes them (parser.go). */

import { parseGoDuration } from '../go/time/duration.ts';
import { isKnownZone } from '../go/time/zone.ts';
import { GoError } from '../go-error.ts';
import {
  CronError,
  type CronField,
  daysOfMonth,
  daysOfWeek,
  everyValue,
  firstValue,
  hours,
  minutes,
  months,
  parseCronField,
} from './fields.ts';

export interface CronLine {
  readonly kind: 'line';
  readonly minute: CronField;
  readonly hour: CronField;
  readonly dayOfMonth: CronField;
  readonly month: CronField;
  readonly dayOfWeek: CronField;
  /** IANA name; `UTC` where neither the schedule nor the workflow names one. */
  readonly zone: string;
}

/** `@every`: a whole number of seconds after the time before. */
export interface CronDelay {
  readonly kind: 'delay';
  readonly seconds: number;
}

export type CronSchedule = CronLine | CronDelay;

export type CronParse =
  | { readonly ok: true; readonly schedule: CronSchedule }
  | { readonly ok: false; readonly error: string; readonly position: number };

const longest = 10_000;
const space = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

interface Piece {
  readonly text: string;
  readonly position: number;
}

function splitAtSpaces(text: string, offset: number): Piece[] {
  const pieces: Piece[] = [];
  let start = -1;
  for (let at = 0; at <= text.length; at++) {
    const isGap = at === text.length || space.test(text[at] ?? '');
    if (!isGap && start < 0) start = at;
    if (isGap && start >= 0) {
      pieces.push({ text: text.slice(start, at), position: offset + start });
      start = -1;
    }
  }
  return pieces;
}

function trimmed(piece: Piece): Piece {
  let start = 0;
  let end = piece.text.length;
  while (start < end && space.test(piece.text[start] ?? '')) start++;
  while (end > start && space.test(piece.text[end - 1] ?? '')) end--;
  return { text: piece.text.slice(start, end), position: piece.position + start };
}

/** Takes `TZ=` or `CRON_TZ=` off the front; only one is understood. */
function takeZone(spec: string): { zone: string; rest: Piece } {
  if (!/^(?:CRON_)?TZ=/.test(spec)) return { zone: 'UTC', rest: { text: spec, position: 0 } };
  const blank = spec.indexOf(' ');
  const equals = spec.indexOf('=');
  if (blank < 0) throw new CronError('a time zone must be followed by a space and a schedule', spec.length);
  const zone = spec.slice(equals + 1, blank);
  if (!isKnownZone(zone)) {
    throw new CronError(`provided bad location ${zone}: unknown time zone ${zone}`, equals + 1);
  }
  return { zone, rest: trimmed({ text: spec.slice(blank), position: blank }) };
}

function line(parts: Partial<Omit<CronLine, 'kind'>>, zone: string): CronLine {
  return {
    kind: 'line',
    minute: firstValue(minutes),
    hour: firstValue(hours),
    dayOfMonth: everyValue(daysOfMonth),
    month: everyValue(months),
    dayOfWeek: everyValue(daysOfWeek),
    zone,
    ...parts,
  };
}

function parseEvery(descriptor: Piece): CronDelay {
  const text = descriptor.text.slice('@every '.length);
  try {
    // Fractions of a second are cut off, and nothing comes sooner than after a second.
    const nanos = parseGoDuration(text);
    return { kind: 'delay', seconds: nanos < 1_000_000_000n ? 1 : Number(nanos / 1_000_000_000n) };
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    const message = `failed to parse duration ${descriptor.text}: ${error.message}`;
    throw new CronError(message, descriptor.position + '@every '.length);
  }
}

function parseDescriptor(descriptor: Piece, zone: string): CronSchedule {
  switch (descriptor.text) {
    case '@yearly':
    case '@annually':
      return line({ dayOfMonth: firstValue(daysOfMonth), month: firstValue(months) }, zone);
    case '@monthly':
      return line({ dayOfMonth: firstValue(daysOfMonth) }, zone);
    case '@weekly':
      return line({ dayOfWeek: firstValue(daysOfWeek) }, zone);
    case '@daily':
    case '@midnight':
      return line({}, zone);
    case '@hourly':
      return line({ hour: everyValue(hours) }, zone);
    default:
      if (descriptor.text.startsWith('@every ')) return parseEvery(descriptor);
      throw new CronError(`unrecognized descriptor: ${descriptor.text}`, descriptor.position);
  }
}

function parseSpec(spec: string): CronSchedule {
  if (spec === '') throw new CronError('empty spec string', 0);
  if (spec.length > longest) throw new CronError('the schedule is too long', longest);
  const { zone, rest } = takeZone(spec);
  if (rest.text.startsWith('@')) return parseDescriptor(rest, zone);
  const pieces = splitAtSpaces(rest.text, rest.position);
  const [minute, hour, dayOfMonth, month, dayOfWeek] = pieces;
  if (!minute || !hour || !dayOfMonth || !month || !dayOfWeek || pieces.length > 5) {
    const found = pieces.map(({ text }) => text).join(' ');
    throw new CronError(`expected exactly 5 fields, found ${pieces.length}: [${found}]`, rest.position);
  }
  const fields = {
    minute: parseCronField(minute.text, minutes, minute.position),
    hour: parseCronField(hour.text, hours, hour.position),
    dayOfMonth: parseCronField(dayOfMonth.text, daysOfMonth, dayOfMonth.position),
    month: parseCronField(month.text, months, month.position),
    dayOfWeek: parseCronField(dayOfWeek.text, daysOfWeek, dayOfWeek.position),
  };
  return { kind: 'line', ...fields, zone };
}

/**
 * A schedule with the `timezone` of the CronWorkflow's spec, empty for none. Argo writes the zone before
 * the schedule,
 * so a schedule with a zone of its own is refused where there is a `timezone`. Positions are those in
 * `schedule`.
 */
export function parseCronSchedule(schedule: string, timezone = ''): CronParse {
  const prefix = timezone === '' ? '' : `CRON_TZ=${timezone} `;
  try {
    return { ok: true, schedule: parseSpec(prefix + schedule) };
  } catch (error) {
    if (!(error instanceof CronError)) throw error;
    return { ok: false, error: error.message, position: Math.max(0, error.position - prefix.length) };
  }
}
