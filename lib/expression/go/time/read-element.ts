/** Reads one element of a Go time layout from the front of a text. */
import { dayNames, monthNames } from './calendar.ts';
import type { LayoutChunk } from './layout.ts';

/** What has been read so far. */
export interface ParsedFields {
  year?: number;
  month?: number;
  day?: number;
  yearDay?: number;
  hour?: number;
  minute?: number;
  second?: number;
  nanos?: number;
  isAm?: boolean;
  isPm?: boolean;
  /** Seconds east of UTC. */
  offset?: number;
  zoneName?: string;
  isUtc?: boolean;
}

export type ReadStep =
  | { readonly kind: 'ok'; readonly rest: string }
  | { readonly kind: 'bad' }
  | { readonly kind: 'range'; readonly what: string };

const bad: ReadStep = { kind: 'bad' };

/** Reads the element into `fields`; `fractionFollows` says that the layout goes on with a fraction. */
export function readElement(
  { element, spelling }: LayoutChunk,
  text: string,
  fields: ParsedFields,
  fractionFollows: boolean,
): ReadStep {
  switch (element) {
    case '2006':
      return readPattern(/^\d{4}/, text, (digits) => (fields.year = Number(digits)));
    case '06':
      return readPattern(/^\d\d/, text, (digits) => {
        const year = Number(digits);
        fields.year = year >= 69 ? 1900 + year : 2000 + year;
      });
    case 'January':
      return readName(monthNames, text, (index) => (fields.month = index + 1));
    case 'Jan':
      return readName(monthNames.map(short), text, (index) => (fields.month = index + 1));
    case 'Monday':
      return readName(dayNames, text, () => undefined);
    case 'Mon':
      return readName(dayNames.map(short), text, () => undefined);
    case '1':
    case '01':
      return readNumber(element, text, 'month', [1, 12], (value) => (fields.month = value));
    case '2':
    case '_2':
    case '02':
      return readNumber(
        element,
        element === '_2' ? text.replace(/^ /, '') : text,
        'day',
        [0, 99],
        (value) => {
          fields.day = value;
        },
      );
    case '__2':
      return readPattern(/^ {0,2}\d{1,3}/, text, (digits) => (fields.yearDay = Number(digits)));
    case '002':
      return readPattern(/^\d{3}/, text, (digits) => (fields.yearDay = Number(digits)));
    case 'PM':
    case 'pm':
      return readPattern(element === 'PM' ? /^[AP]M/ : /^[ap]m/, text, (half) => {
        if (/^a/i.test(half)) fields.isAm = true;
        else fields.isPm = true;
      });
    case 'MST':
      return readZoneName(text, fields);
    case 'fraction':
      return readFraction(spelling, text, fields);
    default:
      return readClock(element ?? '', text, fields, fractionFollows);
  }
}

function readClock(element: string, text: string, fields: ParsedFields, fractionFollows: boolean): ReadStep {
  switch (element) {
    case '15':
      return readNumber('15', text, 'hour', [0, 23], (value) => (fields.hour = value), false);
    case '3':
    case '03':
      return readNumber(element, text, 'hour', [0, 12], (value) => (fields.hour = value));
    case '4':
    case '04':
      return readNumber(element, text, 'minute', [0, 59], (value) => (fields.minute = value));
    case '5':
    case '05': {
      const step = readNumber(element, text, 'second', [0, 59], (value) => (fields.second = value));
      if (step.kind !== 'ok' || fractionFollows || !/^[.,]\d/.test(step.rest)) return step;
      return readFraction('.9', step.rest, fields);
    }
    default:
      return readOffset(element, text, fields);
  }
}

/** Text that has to stand before an element; runs of spaces count as one. */
export function skipText(text: string, prefix: string): string | { readonly at: string } {
  let value = text;
  let rest = prefix;
  while (rest !== '') {
    if (rest.startsWith(' ')) {
      if (value !== '' && !value.startsWith(' ')) return { at: value };
      rest = rest.replace(/^ +/, '');
      value = value.replace(/^ +/, '');
    } else {
      const stop = rest.indexOf(' ') < 0 ? rest.length : rest.indexOf(' ');
      let same = 0;
      while (same < stop && value[same] === rest[same] && same < value.length) same += 1;
      value = value.slice(same);
      rest = rest.slice(same);
      if (same < stop) return { at: value };
    }
  }
  return value;
}

function readPattern(pattern: RegExp, text: string, store: (match: string) => unknown): ReadStep {
  const match = pattern.exec(text)?.[0];
  if (match === undefined) return bad;
  store(match);
  return { kind: 'ok', rest: text.slice(match.length) };
}

function readName(names: readonly string[], text: string, store: (index: number) => unknown): ReadStep {
  const index = names.findIndex((name) => text.slice(0, name.length).toLowerCase() === name.toLowerCase());
  if (index < 0) return bad;
  store(index);
  return { kind: 'ok', rest: text.slice(names[index]?.length ?? 0) };
}

function readNumber(
  element: string,
  text: string,
  what: string,
  [least, most]: readonly [number, number],
  store: (value: number) => unknown,
  isFixed = element.startsWith('0'),
): ReadStep {
  const digits = (isFixed ? /^\d\d/ : /^\d\d?/).exec(text)?.[0];
  if (digits === undefined) return bad;
  const value = Number(digits);
  if (value < least || value > most) return { kind: 'range', what };
  store(value);
  return { kind: 'ok', rest: text.slice(digits.length) };
}

function readFraction(spelling: string, text: string, fields: ParsedFields): ReadStep {
  const exact = spelling[1] === '0';
  const digits = (exact ? new RegExp(`^[.,](\\d{${spelling.length - 1}})`) : /^[.,](\d+)/).exec(text)?.[1];
  if (digits === undefined) return exact ? bad : { kind: 'ok', rest: text };
  fields.nanos = Number(digits.slice(0, 9).padEnd(9, '0'));
  return { kind: 'ok', rest: text.slice(digits.length + 1) };
}

function readOffset(element: string, text: string, fields: ParsedFields): ReadStep {
  if (element.startsWith('Z') && text.startsWith('Z')) {
    fields.isUtc = true;
    return { kind: 'ok', rest: text.slice(1) };
  }
  const colon = element.includes(':') ? ':' : '';
  const pairs = (element.replaceAll(':', '').length - 1) / 2;
  const pattern = `^([+-])(\\d\\d)${`${colon}(\\d\\d)`.repeat(pairs - 1)}`;
  const match = new RegExp(pattern).exec(text);
  if (!match) return bad;
  const [hours, minutes, seconds] = [Number(match[2]), Number(match[3] ?? 0), Number(match[4] ?? 0)];
  if (hours > 24) return { kind: 'range', what: 'time zone offset hour' };
  if (minutes > 60) return { kind: 'range', what: 'time zone offset minute' };
  if (seconds > 60) return { kind: 'range', what: 'time zone offset second' };
  const size = (hours * 60 + minutes) * 60 + seconds;
  fields.offset = match[1] === '-' ? -size : size;
  return { kind: 'ok', rest: text.slice(match[0].length) };
}

/** What looks like an abbreviation of a time zone: `parseTimeZone` in Go's time/format.go. */
function readZoneName(text: string, fields: ParsedFields): ReadStep {
  if (text.startsWith('UTC')) {
    fields.isUtc = true;
    return { kind: 'ok', rest: text.slice(3) };
  }
  const name = zoneNameAt(text);
  if (name === undefined) return bad;
  fields.zoneName = name;
  return { kind: 'ok', rest: text.slice(name.length) };
}

function zoneNameAt(text: string): string | undefined {
  const special = /^(?:ChST|MeST)/.exec(text)?.[0];
  if (special !== undefined) return special;
  const signed = /^(?:GMT)?[+-]\d+/.exec(text)?.[0];
  if (signed !== undefined && Number(signed.replace(/^(GMT)?[+-]/, '')) <= 23 && text.length >= 3)
    return signed;
  if (text.startsWith('GMT')) return 'GMT';
  const letters = /^[A-Z]{3,6}/.exec(text)?.[0] ?? '';
  if (letters.length === 3) return letters;
  if (letters.length === 4) return letters.endsWith('T') || letters === 'WITA' ? letters : undefined;
  return letters.length === 5 && letters.endsWith('T') ? letters : undefined;
}

function short(name: string): string {
  return name.slice(0, 3);
}
