/** `Time.Format` and `Time.String` of Go. */
import type { GoTime } from '../../values.ts';
import {
  type CivilTime,
  civilFromSeconds,
  dayNames,
  monthNames,
  nanosPerSecond,
  weekday,
  yearDay,
} from './calendar.ts';
import { type LayoutChunk, layoutChunks } from './layout.ts';
import { type ZoneOffset, zoneOffset } from './zone.ts';

/** Seconds since the epoch, rounded down. */
export function epochSeconds(time: GoTime): number {
  const whole = time.nanos / nanosPerSecond;
  return Number(time.nanos % nanosPerSecond < 0n ? whole - 1n : whole);
}

/** The part of the instant below a second, 0 to 999,999,999. */
export function subsecondNanos(time: GoTime): number {
  return Number(((time.nanos % nanosPerSecond) + nanosPerSecond) % nanosPerSecond);
}

/** The wall clock in the time's zone, with what holds in the zone. */
export function civilTime(time: GoTime): { civil: CivilTime; offset: ZoneOffset } {
  const seconds = epochSeconds(time);
  const offset = zoneOffset(time.zone, seconds);
  return { civil: civilFromSeconds(seconds + offset.seconds, subsecondNanos(time)), offset };
}

/** `t.Format(layout)`. */
export function formatGoTime(time: GoTime, layout: string): string {
  const { civil, offset } = civilTime(time);
  return layoutChunks(layout)
    .map((chunk) => chunk.prefix + elementText(chunk, civil, offset))
    .join('');
}

/** `t.String()`, which `%v` prints. */
export function goTimeText(time: GoTime): string {
  return formatGoTime(time, '2006-01-02 15:04:05.999999999 -0700 MST');
}

function elementText({ element, spelling }: LayoutChunk, civil: CivilTime, offset: ZoneOffset): string {
  if (element === undefined) return '';
  switch (element) {
    case 'fraction':
      return fractionText(spelling, civil.nanos);
    case 'MST':
      return offset.name === '' ? zoneText('-0700', offset.seconds) : offset.name;
    case '15':
      return pad(civil.hour, 2);
    case '3':
      return String(civil.hour % 12 || 12);
    case '03':
      return pad(civil.hour % 12 || 12, 2);
    case '4':
      return String(civil.minute);
    case '04':
      return pad(civil.minute, 2);
    case '5':
      return String(civil.second);
    case '05':
      return pad(civil.second, 2);
    case 'PM':
      return civil.hour >= 12 ? 'PM' : 'AM';
    case 'pm':
      return civil.hour >= 12 ? 'pm' : 'am';
    default:
      return dateText(element, civil) ?? zoneText(element, offset.seconds);
  }
}

function dateText(element: string, civil: CivilTime): string | undefined {
  switch (element) {
    case '2006':
      return civil.year < 0 ? `-${pad(-civil.year, 4)}` : pad(civil.year, 4);
    case '06':
      return pad(Math.abs(civil.year) % 100, 2);
    case 'January':
      return monthNames[civil.month - 1] ?? '';
    case 'Jan':
      return (monthNames[civil.month - 1] ?? '').slice(0, 3);
    case '1':
      return String(civil.month);
    case '01':
      return pad(civil.month, 2);
    case 'Monday':
      return dayNames[weekday(civil)] ?? '';
    case 'Mon':
      return (dayNames[weekday(civil)] ?? '').slice(0, 3);
    case '2':
      return String(civil.day);
    case '_2':
      return String(civil.day).padStart(2);
    case '02':
      return pad(civil.day, 2);
    case '__2':
      return String(yearDay(civil)).padStart(3);
    case '002':
      return pad(yearDay(civil), 3);
    default:
      return undefined;
  }
}

function zoneText(element: string, seconds: number): string {
  if (element.startsWith('Z') && seconds === 0) return 'Z';
  const minutes = Math.trunc(seconds / 60);
  const size = Math.abs(minutes);
  const colon = element.includes(':') ? ':' : '';
  const digits = element.replaceAll(':', '').length - 1;
  const parts = [pad(Math.floor(size / 60), 2)];
  if (digits > 2) parts.push(pad(size % 60, 2));
  if (digits > 4) parts.push(pad(Math.abs(seconds) % 60, 2));
  return (minutes < 0 ? '-' : '+') + parts.join(colon);
}

function fractionText(spelling: string, nanos: number): string {
  const digits = String(nanos)
    .padStart(9, '0')
    .padEnd(spelling.length - 1, '0')
    .slice(0, spelling.length - 1);
  if (spelling[1] === '0') return (spelling[0] ?? '.') + digits;
  const kept = String(nanos)
    .padStart(9, '0')
    .slice(0, spelling.length - 1)
    .replace(/0+$/, '');
  return kept === '' ? '' : (spelling[0] ?? '.') + kept;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
