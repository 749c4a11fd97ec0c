/** Times and durations as `argo` words them (util/humanize). */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

const UNITS: readonly (readonly [limit: number, size: number, name: string])[] = [
  [MINUTE, SECOND, 'second'],
  [HOUR, MINUTE, 'minute'],
  [DAY, HOUR, 'hour'],
  [WEEK, DAY, 'day'],
  [Number.POSITIVE_INFINITY, WEEK, 'week'],
];

function counted(count: number, name: string): string {
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}

/** One unit, rounded down: `3 minutes`. */
export function truncatedDuration(milliseconds: number): string {
  const length = Math.max(0, milliseconds);
  const [, size, name] = UNITS.find(([limit]) => length < limit)!;
  return counted(Math.floor(length / size), name);
}

/** Up to two units: `3 minutes 5 seconds`. */
export function duration(milliseconds: number): string {
  const length = Math.max(0, milliseconds);
  const first = truncatedDuration(length);
  if (length < MINUTE) return first;
  if (length < HOUR) return `${first} ${Math.floor((length % MINUTE) / SECOND)} seconds`;
  if (length < DAY) return `${first} ${Math.floor((length % HOUR) / MINUTE)} minutes`;
  return `${first} ${Math.floor((length % DAY) / HOUR)} hours`;
}

/** `3m`, as the columns of trees and lists have it. */
export function shortDuration(milliseconds: number): string {
  const length = Math.max(0, milliseconds);
  if (length < MINUTE) return `${Math.floor(length / SECOND)}s`;
  if (length < HOUR) return `${Math.floor(length / MINUTE)}m`;
  if (length < DAY) return `${Math.floor(length / HOUR)}h`;
  return `${Math.floor(length / DAY)}d`;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Mon Jan 02 15:04:05 +0000 (3 minutes ago)`, in the local time zone. */
export function timestamp(time: string, now: number): string {
  const date = new Date(time);
  const two = (value: number) => String(value).padStart(2, '0');
  const offset = -date.getTimezoneOffset();
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`;
  const day = `${DAYS[date.getDay()]} ${MONTHS[date.getMonth()]} ${two(date.getDate())}`;
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  const age = now - date.getTime();
  return `${day} ${clock} ${zone} (${age < SECOND ? 'now' : `${truncatedDuration(age)} ago`})`;
}

const AMOUNTS: Readonly<Record<string, number>> = { ms: 1, s: SECOND, m: MINUTE, h: HOUR, d: DAY };

/** `10m`, `3h`, `1d`, `1h30m` in milliseconds; undefined for anything else. */
export function parseAge(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== text) return undefined;
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (AMOUNTS[unit!] ?? 0), 0);
}
