/** `time.Parse` and `time.ParseInLocation` of Go. */
import { GoError } from '../../go-error.ts';
import type { GoTime } from '../../values.ts';
import { goTimeQuote } from '../quote.ts';
import { daysFromCivil, daysInMonth, isLeapYear, nanosPerSecond, secondsFromCivil } from './calendar.ts';
import { layoutChunks } from './layout.ts';
import { type ParsedFields, readElement, skipText } from './read-element.ts';
import { fixedZone, localToEpoch, zoneOffset } from './zone.ts';

/** The time of a text in a layout; a text without zone is in `zone`. Throws GoError with Go's message. */
export function parseGoTime(layout: string, text: string, zone = 'UTC'): GoTime {
  const fields: ParsedFields = {};
  const fault = (message: string): GoError => new GoError(`parsing time ${goTimeQuote(text)}${message}`);
  let rest = text;
  const chunks = layoutChunks(layout);
  for (const [index, chunk] of chunks.entries()) {
    const cannot = (value: string, what: string): GoError =>
      fault(` as ${goTimeQuote(layout)}: cannot parse ${goTimeQuote(value)} as ${goTimeQuote(what)}`);
    const skipped = skipText(rest, chunk.prefix);
    if (typeof skipped !== 'string') throw cannot(skipped.at, chunk.prefix);
    rest = skipped;
    if (chunk.element === undefined) {
      if (rest !== '') throw fault(`: extra text: ${goTimeQuote(rest)}`);
      break;
    }
    const next = chunks[index + 1];
    const step = readElement(chunk, rest, fields, next?.element === 'fraction' && next.prefix === '');
    if (step.kind === 'range') throw fault(`: ${step.what} out of range`);
    if (step.kind === 'bad') throw cannot(rest, chunk.spelling);
    rest = step.rest;
  }
  return assemble(fields, zone, fault);
}

function assemble(fields: ParsedFields, zone: string, fault: (message: string) => GoError): GoTime {
  const year = fields.year ?? 0;
  const { month, day } = monthAndDay(fields, year, fault);
  if (day < 1 || day > daysInMonth(year, month)) throw fault(': day out of range');
  const civil = {
    year,
    month,
    day,
    hour: clockHour(fields),
    minute: fields.minute ?? 0,
    second: fields.second ?? 0,
    nanos: 0,
  };
  const wall = secondsFromCivil(civil);
  const at = (seconds: number, where: string): GoTime => ({
    kind: 'time',
    nanos: BigInt(seconds) * nanosPerSecond + BigInt(fields.nanos ?? 0),
    zone: where,
  });
  if (fields.isUtc) return at(wall, 'UTC');
  if (fields.offset !== undefined) {
    const seconds = wall - fields.offset;
    const local = zoneOffset(zone, seconds);
    const isLocal = local.seconds === fields.offset && (!fields.zoneName || fields.zoneName === local.name);
    return at(seconds, isLocal ? zone : fixedZone(fields.offset, fields.zoneName));
  }
  if (fields.zoneName !== undefined) {
    const local = zoneOffset(zone, wall);
    if (local.name === fields.zoneName) return at(wall - local.seconds, zone);
    // A zone's abbreviation that the location does not know gets the offset zero; only `GMT+3` tells its own.
    const hours = fields.zoneName.startsWith('GMT') ? Number(fields.zoneName.slice(3)) : 0;
    return at(wall, fixedZone(hours * 3600, fields.zoneName));
  }
  return at(localToEpoch(zone, wall), zone);
}

function clockHour(fields: ParsedFields): number {
  const hour = fields.hour ?? 0;
  if (fields.isPm && hour < 12) return hour + 12;
  return fields.isAm && hour === 12 ? 0 : hour;
}

function monthAndDay(
  fields: ParsedFields,
  year: number,
  fault: (message: string) => GoError,
): { month: number; day: number } {
  const { yearDay } = fields;
  if (yearDay === undefined) return { month: fields.month ?? 1, day: fields.day ?? 1 };
  if (yearDay < 1 || yearDay > (isLeapYear(year) ? 366 : 365)) throw fault(': day-of-year out of range');
  const start = daysFromCivil(year, 1, 1);
  let month = 12;
  while (month > 1 && daysFromCivil(year, month, 1) - start >= yearDay) month -= 1;
  const day = yearDay - (daysFromCivil(year, month, 1) - start);
  if (fields.month !== undefined && fields.month !== month) throw fault(': day-of-year does not match month');
  if (fields.day !== undefined && fields.day !== day) throw fault(': day-of-year does not match day');
  return { month, day };
}
