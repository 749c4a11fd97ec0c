/** The wall clock of one time zone, quick enough for searches that step through years. */
import { type CivilTime, civilFromSeconds, secondsFromCivil } from '../go/time/calendar.ts';
import { zoneOffset } from '../go/time/zone.ts';

export interface ZoneClock {
  /** What the clock on the wall shows at an instant, in seconds since the epoch. */
  readonly civilAt: (seconds: number) => CivilTime;
  /** The instant that `time.Date` of Go takes for a wall clock; fields beyond their range carry over. */
  readonly instantOf: (
    year: number,
    month: number,
    day: number,
    hour?: number,
    minute?: number,
    second?: number,
  ) => number;
}

/** No zone changes its clock twice within so many seconds. */
const span = 7 * 86_400;

/** A clock that remembers offsets, since asking Intl for one is slow. */
export function openZoneClock(zone: string): ZoneClock {
  const known = new Map<number, number>();
  const offsetAt = (seconds: number): number => {
    let offset = known.get(seconds);
    if (offset === undefined) {
      offset = zoneOffset(zone, seconds).seconds;
      known.set(seconds, offset);
    }
    return offset;
  };
  const offset = (seconds: number): number => {
    const start = Math.floor(seconds / span) * span;
    const first = offsetAt(start);
    return first === offsetAt(start + span) ? first : offsetAt(seconds);
  };
  return {
    civilAt: (seconds) => civilFromSeconds(seconds + offset(seconds)),
    instantOf: (year, month, day, hour = 0, minute = 0, second = 0) => {
      const wall = secondsFromCivil({ year, month, day, hour, minute, second, nanos: 0 });
      // The wall clock is first taken for UTC, and corrected where that falls beyond a change of the clock.
      const guess = offset(wall);
      return guess === 0 ? wall : wall - offset(wall - guess);
    },
  };
}
