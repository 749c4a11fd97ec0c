/** Dates and durations. The local zone is UTC, as in Argo's controller image. */
import { nearestGoInt } from '../go/parse-number.ts';
import { nanosPerSecond } from '../go/time/calendar.ts';
import { goDurationText, parseGoDuration } from '../go/time/duration.ts';
import { epochSeconds, formatGoTime } from '../go/time/format-time.ts';
import { parseGoTime } from '../go/time/parse-time.ts';
import { isKnownZone, loadZone } from '../go/time/zone.ts';
import { GoError } from '../go-error.ts';
import type { GoFunction, GoTime, GoValue } from '../values.ts';
import { alias, define, zeroTime } from './define.ts';

const dateOnly = '2006-01-02';
const dateInZone = define('dateInZone', ['string', 'any', 'string'], 'string', formatIn);
const dateModify = define('dateModify', ['string', 'time'], 'time.Time', (duration, time) =>
  orElse(() => shifted(duration, time), time),
);
const mustDateModify = define('mustDateModify', ['string', 'time'], '(time.Time, error)', shifted);

export const dateFunctions: readonly GoFunction[] = [
  define('now', [], 'time.Time', now),
  define('ago', ['any'], 'string', (value) => goDurationText(roundToSeconds(since(instant(value, false))))),
  define('date', ['string', 'any'], 'string', (layout, value) => formatIn(layout, value, 'Local')),
  dateInZone,
  alias('date_in_zone', dateInZone),
  define('htmlDate', ['any'], 'string', (value) => formatIn(dateOnly, value, 'Local')),
  define('htmlDateInZone', ['any', 'string'], 'string', (value, zone) => formatIn(dateOnly, value, zone)),
  dateModify,
  alias('date_modify', dateModify),
  mustDateModify,
  alias('must_date_modify', mustDateModify),
  define('toDate', ['string', 'string'], 'time.Time', (layout, text) =>
    orElse(() => parseGoTime(layout, text), zeroTime),
  ),
  define('mustToDate', ['string', 'string'], '(time.Time, error)', (layout, text) =>
    parseGoTime(layout, text),
  ),
  define('unixEpoch', ['time'], 'string', (time) => String(epochSeconds(time))),
  define('duration', ['any'], 'string', durationText),
  define('durationRound', ['any'], 'string', (value) => roundedText(durationOf(value))),
];

function now(): GoTime {
  return { kind: 'time', nanos: BigInt(Date.now()) * 1_000_000n, zone: 'UTC' };
}

function since(time: GoTime): bigint {
  return now().nanos - time.nanos;
}

/** A time as given, an integer as seconds since the epoch, and now for everything else. */
function instant(value: GoValue, takesInt32 = true): GoTime {
  if (typeof value === 'bigint') return { kind: 'time', nanos: value * nanosPerSecond, zone: 'UTC' };
  if (typeof value !== 'object' || value === null) return now();
  if (value.kind === 'time') return value;
  const isSeconds =
    value.kind === 'int' && (value.type === 'int64' || (takesInt32 && value.type === 'int32'));
  return isSeconds ? { kind: 'time', nanos: value.value * nanosPerSecond, zone: 'UTC' } : now();
}

function formatIn(layout: string, value: GoValue, zone: string): string {
  return formatGoTime({ ...instant(value), zone: isKnownZone(zone) ? loadZone(zone) : 'UTC' }, layout);
}

function shifted(duration: string, time: GoTime): GoTime {
  return { ...time, nanos: time.nanos + parseGoDuration(duration) };
}

function durationText(value: GoValue): string {
  const isInt64 = typeof value === 'object' && value?.kind === 'int' && value.type === 'int64';
  const seconds = typeof value === 'string' ? nearestGoInt(value) : isInt64 ? value.value : 0n;
  return goDurationText(BigInt.asIntN(64, seconds * nanosPerSecond));
}

function durationOf(value: GoValue): bigint {
  if (typeof value === 'string') return orElse(() => parseGoDuration(value), 0n);
  if (typeof value !== 'object' || value === null) return 0n;
  if (value.kind === 'time') return since(value);
  return value.kind === 'int' && value.type === 'int64' ? value.value : 0n;
}

const hour = 3600n * nanosPerSecond;
const roundUnits: readonly (readonly [bigint, string])[] = [
  [hour * 24n * 365n, 'y'],
  [hour * 24n * 30n, 'mo'],
  [hour * 24n, 'd'],
  [hour, 'h'],
  [60n * nanosPerSecond, 'm'],
  [nanosPerSecond, 's'],
];

/** The largest unit that the duration exceeds, and how often it holds it. */
function roundedText(nanos: bigint): string {
  const size = nanos < 0n ? -nanos : nanos;
  const unit = roundUnits.find(([length]) => size > length);
  return unit ? `${size / unit[0]}${unit[1]}` : '0s';
}

function roundToSeconds(nanos: bigint): bigint {
  const half = nanos < 0n ? -nanosPerSecond / 2n : nanosPerSecond / 2n;
  return ((nanos + half) / nanosPerSecond) * nanosPerSecond;
}

function orElse<T>(run: () => T, otherwise: T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof GoError) return otherwise;
    throw error;
  }
}
