/** The methods of times, durations, months, weekdays and locations, which expressions may call. */

import {
  type CivilTime,
  dayNames,
  daysFromCivil,
  monthNames,
  weekday,
  yearDay,
} from '../go/time/calendar.ts';
import { goDurationText } from '../go/time/duration.ts';
import { civilTime, epochSeconds, formatGoTime, goTimeText } from '../go/time/format-time.ts';
import { localToEpoch } from '../go/time/zone.ts';
import { GoError } from '../go-error.ts';
import type { GoDuration, GoFunction, GoInt, GoMap, GoTime, GoValue } from '../values.ts';

interface Method<T> {
  readonly type: string;
  readonly run: (receiver: T, args: readonly GoValue[]) => GoValue;
}

const NANOS = 1_000_000_000n;
/** Truncation counts from Go's zero time, 1 January of year 1. */
const ZERO_TIME = -62_135_596_800n * NANOS;

function int64(value: bigint): GoInt {
  return { kind: 'int', type: 'int64', value };
}

function duration(nanos: bigint): GoDuration {
  return { kind: 'duration', nanos: BigInt.asIntN(64, nanos) };
}

function tagged(value: GoValue | undefined, kind: 'time' | 'duration'): bigint {
  if (typeof value === 'object' && value !== null && value.kind === kind && 'nanos' in value)
    return value.nanos;
  throw new GoError(`reflect: Call using a value that is no time.${kind === 'time' ? 'Time' : 'Duration'}`);
}

function integer(value: GoValue | undefined): number {
  if (typeof value === 'bigint') return Number(value);
  throw new GoError('reflect: Call using a value that is no int');
}

/** A `*time.Location`: a struct that knows its name. */
export function locationOf(zone: string): GoMap {
  const name: GoFunction = { kind: 'func', name: 'String', signature: 'func() string', call: () => zone };
  return { kind: 'map', type: '*time.Location', entries: new Map([['String', name]]) };
}

/** The zone of a `*time.Location`. */
export function zoneOf(value: GoValue | undefined): string | undefined {
  if (typeof value !== 'object' || value?.kind !== 'map' || value.type !== '*time.Location') return undefined;
  const name = value.entries?.get('String');
  const zone = typeof name === 'object' && name?.kind === 'func' ? name.call([]) : undefined;
  return typeof zone === 'string' ? zone : undefined;
}

const at = (time: GoTime, nanos: bigint): GoTime => ({ ...time, nanos });
const civil = (time: GoTime): CivilTime => civilTime(time).civil;
const modulo = (value: bigint, by: bigint): bigint => ((value % by) + by) % by;

function floorTime(time: GoTime, by: bigint): GoTime {
  return by <= 0n ? time : at(time, time.nanos - modulo(time.nanos - ZERO_TIME, by));
}

function roundTime(time: GoTime, by: bigint): GoTime {
  if (by <= 0n) return time;
  const rest = modulo(time.nanos - ZERO_TIME, by);
  return at(time, rest * 2n < by ? time.nanos - rest : time.nanos + by - rest);
}

function addDate(time: GoTime, years: number, months: number, days: number): GoTime {
  const from = civil(time);
  const date = daysFromCivil(from.year + years, from.month + months, from.day + days);
  const wall = date * 86_400 + from.hour * 3_600 + from.minute * 60 + from.second;
  if (!Number.isSafeInteger(wall)) throw new GoError('time out of range');
  return at(time, BigInt(localToEpoch(time.zone, wall)) * NANOS + BigInt(from.nanos));
}

function isoYear(time: GoTime): number {
  const day = (weekday(civil(time)) + 6) % 7;
  return civil(at(time, time.nanos + BigInt(3 - day) * 86_400n * NANOS)).year;
}

const timeMethods: ReadonlyMap<string, Method<GoTime>> = new Map<string, Method<GoTime>>([
  ['Add', { type: 'func(time.Duration) time.Time', run: (t, [d]) => at(t, t.nanos + tagged(d, 'duration')) }],
  [
    'AddDate',
    {
      type: 'func(int, int, int) time.Time',
      run: (t, [years, months, days]) => addDate(t, integer(years), integer(months), integer(days)),
    },
  ],
  ['After', { type: 'func(time.Time) bool', run: (t, [u]) => t.nanos > tagged(u, 'time') }],
  ['Before', { type: 'func(time.Time) bool', run: (t, [u]) => t.nanos < tagged(u, 'time') }],
  ['Equal', { type: 'func(time.Time) bool', run: (t, [u]) => t.nanos === tagged(u, 'time') }],
  [
    'Compare',
    {
      type: 'func(time.Time) int',
      run: (t, [u]) => (t.nanos < tagged(u, 'time') ? -1n : t.nanos > tagged(u, 'time') ? 1n : 0n),
    },
  ],
  ['Day', { type: 'func() int', run: (t) => BigInt(civil(t).day) }],
  ['Hour', { type: 'func() int', run: (t) => BigInt(civil(t).hour) }],
  ['Minute', { type: 'func() int', run: (t) => BigInt(civil(t).minute) }],
  ['Second', { type: 'func() int', run: (t) => BigInt(civil(t).second) }],
  ['Nanosecond', { type: 'func() int', run: (t) => BigInt(civil(t).nanos) }],
  ['Year', { type: 'func() int', run: (t) => BigInt(civil(t).year) }],
  ['YearDay', { type: 'func() int', run: (t) => BigInt(yearDay(civil(t))) }],
  ['ISOWeek', { type: 'func() (int, int)', run: (t) => BigInt(isoYear(t)) }],
  [
    'Month',
    {
      type: 'func() time.Month',
      run: (t) => ({ kind: 'int', type: 'time.Month', value: BigInt(civil(t).month) }),
    },
  ],
  [
    'Weekday',
    {
      type: 'func() time.Weekday',
      run: (t) => ({ kind: 'int', type: 'time.Weekday', value: BigInt(weekday(civil(t))) }),
    },
  ],
  ['Format', { type: 'func(string) string', run: (t, [layout]) => formatGoTime(t, String(layout)) }],
  ['String', { type: 'func() string', run: goTimeText }],
  ['IsZero', { type: 'func() bool', run: (t) => t.nanos === ZERO_TIME }],
  [
    'In',
    { type: 'func(*time.Location) time.Time', run: (t, [zone]) => ({ ...t, zone: zoneOf(zone) ?? 'UTC' }) },
  ],
  ['Local', { type: 'func() time.Time', run: (t) => ({ ...t, zone: 'UTC' }) }],
  ['UTC', { type: 'func() time.Time', run: (t) => ({ ...t, zone: 'UTC' }) }],
  ['Location', { type: 'func() *time.Location', run: (t) => locationOf(t.zone) }],
  ['Zone', { type: 'func() (string, int)', run: (t) => civilTime(t).offset.name }],
  ['Round', { type: 'func(time.Duration) time.Time', run: (t, [d]) => roundTime(t, tagged(d, 'duration')) }],
  [
    'Truncate',
    { type: 'func(time.Duration) time.Time', run: (t, [d]) => floorTime(t, tagged(d, 'duration')) },
  ],
  ['Sub', { type: 'func(time.Time) time.Duration', run: (t, [u]) => duration(t.nanos - tagged(u, 'time')) }],
  ['Unix', { type: 'func() int64', run: (t) => int64(BigInt(epochSeconds(t))) }],
  ['UnixMilli', { type: 'func() int64', run: (t) => int64(floorDivide(t.nanos, 1_000_000n)) }],
  ['UnixMicro', { type: 'func() int64', run: (t) => int64(floorDivide(t.nanos, 1_000n)) }],
  ['UnixNano', { type: 'func() int64', run: (t) => int64(BigInt.asIntN(64, t.nanos)) }],
]);

function floorDivide(value: bigint, by: bigint): bigint {
  return (value - modulo(value, by)) / by;
}

function roundDuration(nanos: bigint, by: bigint): bigint {
  if (by <= 0n) return nanos;
  const size = nanos < 0n ? -nanos : nanos;
  const rest = size % by;
  const rounded = rest * 2n < by ? size - rest : size + by - rest;
  return nanos < 0n ? -rounded : rounded;
}

const inUnits = (nanos: bigint, unit: bigint): number =>
  Number(nanos / unit) + Number(nanos % unit) / Number(unit);

const durationMethods: ReadonlyMap<string, Method<GoDuration>> = new Map<string, Method<GoDuration>>([
  ['Abs', { type: 'func() time.Duration', run: (d) => duration(d.nanos < 0n ? -d.nanos : d.nanos) }],
  ['Hours', { type: 'func() float64', run: (d) => inUnits(d.nanos, 3_600n * NANOS) }],
  ['Minutes', { type: 'func() float64', run: (d) => inUnits(d.nanos, 60n * NANOS) }],
  ['Seconds', { type: 'func() float64', run: (d) => inUnits(d.nanos, NANOS) }],
  ['Milliseconds', { type: 'func() int64', run: (d) => int64(d.nanos / 1_000_000n) }],
  ['Microseconds', { type: 'func() int64', run: (d) => int64(d.nanos / 1_000n) }],
  ['Nanoseconds', { type: 'func() int64', run: (d) => int64(d.nanos) }],
  [
    'Round',
    {
      type: 'func(time.Duration) time.Duration',
      run: (d, [by]) => duration(roundDuration(d.nanos, tagged(by, 'duration'))),
    },
  ],
  [
    'Truncate',
    {
      type: 'func(time.Duration) time.Duration',
      run: (d, [by]) => {
        const unit = tagged(by, 'duration');
        return duration(unit <= 0n ? d.nanos : d.nanos - (d.nanos % unit));
      },
    },
  ],
  ['String', { type: 'func() string', run: (d) => goDurationText(d.nanos) }],
]);

const nameMethods: ReadonlyMap<string, Method<GoInt>> = new Map<string, Method<GoInt>>([
  ['String', { type: 'func() string', run: namedText }],
]);

function namedText({ type, value }: GoInt): string {
  const names = type === 'time.Month' ? monthNames : dayNames;
  return names[Number(value) - (type === 'time.Month' ? 1 : 0)] ?? `%!${type.slice(5)}(${value})`;
}

/** The type of the method of values of this type, if it has one. */
export function methodSignature(type: string, name: string): string | undefined {
  switch (type) {
    case 'time.Time':
      return timeMethods.get(name)?.type;
    case 'time.Duration':
      return durationMethods.get(name)?.type;
    case 'time.Month':
    case 'time.Weekday':
      return nameMethods.get(name)?.type;
    case '*time.Location':
      return name === 'String' ? 'func() string' : undefined;
    default:
      return undefined;
  }
}

/** The method of this value, ready to be called. */
export function methodOf(value: GoValue, name: string): GoFunction | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (value.kind === 'time') return bound(timeMethods, value, name);
  if (value.kind === 'duration') return bound(durationMethods, value, name);
  if (value.kind === 'int' && value.type.startsWith('time.')) return bound(nameMethods, value, name);
  if (value.kind !== 'map' || value.type.startsWith('map[')) return undefined;
  const method = value.entries?.get(name);
  return typeof method === 'object' && method?.kind === 'func' ? method : undefined;
}

function bound<T>(
  methods: ReadonlyMap<string, Method<T>>,
  receiver: T,
  name: string,
): GoFunction | undefined {
  const method = methods.get(name);
  if (!method) return undefined;
  return { kind: 'func', name, signature: method.type, call: (args) => method.run(receiver, args) };
}
