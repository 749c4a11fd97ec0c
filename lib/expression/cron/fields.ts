/** One field of a cron line, as robfig/cron v3.0.1 reads it (parser.go, getField). */
import { parseGoInt } from '../go/parse-number.ts';

export interface CronField {
  readonly values: ReadonlySet<number>;
  /** Written as `*` or `?` without a step: decides how day of month and day of week combine. */
  readonly isStar: boolean;
}

export interface CronBounds {
  readonly min: number;
  readonly max: number;
  /** Names in order, the first standing for `min`. */
  readonly names: readonly string[];
}

export const minutes: CronBounds = { min: 0, max: 59, names: [] };
export const hours: CronBounds = { min: 0, max: 23, names: [] };
export const daysOfMonth: CronBounds = { min: 1, max: 31, names: [] };
export const months: CronBounds = {
  min: 1,
  max: 12,
  names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
};
/** Sunday is 0 only: 7 is refused. */
export const daysOfWeek: CronBounds = {
  min: 0,
  max: 6,
  names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
};

/** Thrown by the parser, caught at its API. `position` is a UTF-16 offset in the schedule. */
export class CronError extends Error {
  readonly position: number;
  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}

function parseCount(text: string, position: number): bigint {
  const value = parseGoInt(text);
  if (value === undefined) {
    const reason = /^[+-]?\d+$/.test(text) ? 'value out of range' : 'invalid syntax';
    throw new CronError(
      `failed to parse int from ${text}: strconv.Atoi: parsing "${text}": ${reason}`,
      position,
    );
  }
  if (value < 0n) throw new CronError(`negative number (${value}) not allowed: ${text}`, position);
  return value;
}

function parseName(text: string, bounds: CronBounds, position: number): bigint {
  const index = bounds.names.indexOf(text.toLowerCase());
  return index >= 0 ? BigInt(index + bounds.min) : parseCount(text, position);
}

interface Range {
  readonly start: bigint;
  readonly end: bigint;
  readonly isStar: boolean;
  readonly isSingle: boolean;
}

function parseEnds(text: string, bounds: CronBounds, whole: string, position: number): Range {
  const ends = text.split('-');
  const [low = '', high = ''] = ends;
  const isSingle = ends.length === 1;
  if (low === '*' || low === '?') {
    return { start: BigInt(bounds.min), end: BigInt(bounds.max), isStar: true, isSingle };
  }
  const start = parseName(low, bounds, position);
  if (ends.length > 2) throw new CronError(`too many hyphens: ${whole}`, position);
  const end = isSingle ? start : parseName(high, bounds, position + low.length + 1);
  return { start, end, isStar: false, isSingle };
}

function checkRange(
  start: bigint,
  end: bigint,
  step: bigint,
  bounds: CronBounds,
  whole: string,
  at: number,
): void {
  const fault = (message: string): CronError => new CronError(`${message}: ${whole}`, at);
  if (start < bounds.min) throw fault(`beginning of range (${start}) below minimum (${bounds.min})`);
  if (end > bounds.max) throw fault(`end of range (${end}) above maximum (${bounds.max})`);
  if (start > end) throw fault(`beginning of range (${start}) beyond end of range (${end})`);
  if (step === 0n) throw fault('step of range should be a positive number');
}

function parseRange(text: string, bounds: CronBounds, position: number): CronField {
  const parts = text.split('/');
  const [ends = '', stepText = ''] = parts;
  const range = parseEnds(ends, bounds, text, position);
  if (parts.length > 2) throw new CronError(`too many slashes: ${text}`, position);
  const hasStep = parts.length === 2;
  const step = hasStep ? parseCount(stepText, position + ends.length + 1) : 1n;
  // `N/step` runs from N to the end of the field's range.
  const end = hasStep && range.isSingle ? BigInt(bounds.max) : range.end;
  checkRange(range.start, end, step, bounds, text, position);
  const values = new Set<number>();
  for (let value = range.start; value <= end; value += step) values.add(Number(value));
  return { values, isStar: range.isStar && step === 1n };
}

/** The values of a field: ranges between commas, of which empty ones are passed over. */
export function parseCronField(text: string, bounds: CronBounds, position: number): CronField {
  const values = new Set<number>();
  let isStar = false;
  let at = position;
  for (const part of text.split(',')) {
    if (part !== '') {
      const range = parseRange(part, bounds, at);
      for (const value of range.values) values.add(value);
      isStar ||= range.isStar;
    }
    at += part.length + 1;
  }
  return { values, isStar };
}

/** Every value of a field. */
export function everyValue(bounds: CronBounds): CronField {
  return parseCronField('*', bounds, 0);
}

/** The first value of a field alone. */
export function firstValue(bounds: CronBounds): CronField {
  return { values: new Set([bounds.min]), isStar: false };
}
