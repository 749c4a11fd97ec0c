/** expr-lang's functions for times and durations. */

import { parseGoDuration } from '../../go/time/duration.ts';
import { parseGoTime } from '../../go/time/parse-time.ts';
import { loadZone } from '../../go/time/zone.ts';
import { GoError } from '../../go-error.ts';
import type { GoTime, GoValue } from '../../values.ts';
import { locationOf, zoneOf } from '../methods.ts';
import type { Builtin } from './builtins.ts';
import { textAt } from './builtins-string.ts';

/** The layouts that `date` tries: dates, times, RFC 3339, 822, 850 and 1123. */
const LAYOUTS = [
  '2006-01-02',
  '15:04:05',
  '2006-01-02 15:04:05',
  '2006-01-02T15:04:05Z07:00',
  '02 Jan 06 15:04 MST',
  'Monday, 02-Jan-06 15:04:05 MST',
  'Mon, 02 Jan 2006 15:04:05 MST',
];

function date(args: readonly GoValue[]): GoValue {
  const zone = zoneOf(args[0]);
  const rest = zone === undefined ? args : args.slice(1);
  const text = textAt(rest, 0);
  if (rest.length === 2) return parseGoTime(textAt(rest, 1), text, zone);
  if (rest.length === 3) return parseGoTime(textAt(rest, 1), text, loadZone(textAt(rest, 2)));
  for (const layout of LAYOUTS) {
    const time = tryParse(layout, text, zone);
    if (time) return time;
  }
  throw new GoError(`invalid date ${text}`);
}

function tryParse(layout: string, text: string, zone: string | undefined): GoTime | undefined {
  try {
    return parseGoTime(layout, text, zone);
  } catch (error) {
    if (error instanceof GoError) return undefined;
    throw error;
  }
}

function now(args: readonly GoValue[]): GoValue {
  return { kind: 'time', nanos: BigInt(Date.now()) * 1_000_000n, zone: zoneOf(args[0]) ?? 'UTC' };
}

export const timeFunctions: readonly (readonly [string, Builtin])[] = [
  ['now', now],
  ['duration', (args) => ({ kind: 'duration', nanos: parseGoDuration(textAt(args, 0)) })],
  ['date', date],
  ['timezone', (args) => locationOf(loadZone(textAt(args, 0)))],
];
