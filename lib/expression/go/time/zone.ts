/** Time zones as Go knows them: offset and abbreviation of an instant, found through Intl. */
import { GoError } from '../../go-error.ts';
import { goTimeQuote } from '../quote.ts';
import { zoneAbbreviations } from './zone-abbreviations.ts';

/** What holds at an instant in a zone. */
export interface ZoneOffset {
  readonly seconds: number;
  /** The abbreviation, empty for an unnamed fixed offset. */
  readonly name: string;
}

const utc: ZoneOffset = { seconds: 0, name: 'UTC' };
const fixed = /^([A-Za-z]*)([+-])(\d\d):?(\d\d)(?::?(\d\d))?$/;
const ianaName = /^[A-Z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/;

/** Whether `time.LoadLocation` finds the name. `Local` is UTC, as in Argo's controller image. */
export function isKnownZone(zone: string): boolean {
  if (zone === '' || zone === 'UTC' || zone === 'Local') return true;
  if (!ianaName.test(zone)) return false;
  // The list is at hand sooner than the first formatter, but it leaves out other names of the same zones.
  const listed = Intl.supportedValuesOf('timeZone');
  return listed.includes(zone) || (formatter(zone) !== undefined && !isMiswritten(zone, listed));
}

/** Go looks for a file of that very name, Intl in any case. */
function isMiswritten(zone: string, listed: readonly string[]): boolean {
  return listed.some((name) => name.toLowerCase() === zone.toLowerCase());
}

/** `time.LoadLocation`: the name to hold in a GoTime. Throws GoError. */
export function loadZone(zone: string): string {
  if (!isKnownZone(zone)) throw new GoError(`unknown time zone ${zone}`);
  return zone === '' || zone === 'Local' ? 'UTC' : zone;
}

/** The zone of `time.FixedZone(name, seconds)` as `GoTime.zone` holds it: `MST-07:00`, `+01:00`. */
export function fixedZone(seconds: number, name = ''): string {
  if (name === 'UTC' && seconds === 0) return 'UTC';
  const size = Math.abs(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  const text = `${two(Math.floor(size / 3600))}:${two(Math.floor(size / 60) % 60)}`;
  const letters = /^[A-Za-z]*$/.test(name) ? name : '';
  return `${letters}${seconds < 0 ? '-' : '+'}${text}${size % 60 === 0 ? '' : `:${two(size % 60)}`}`;
}

/** Offset and abbreviation of a zone at an instant, in seconds since the epoch. Throws GoError. */
export function zoneOffset(zone: string, epochSeconds: number): ZoneOffset {
  if (zone === '' || zone === 'UTC' || zone === 'Local') return utc;
  const parts = fixed.exec(zone);
  if (parts) return { seconds: clockSeconds(parts.slice(2)), name: parts[1] ?? '' };
  const seconds = intlOffset(zone, epochSeconds);
  return { seconds, name: abbreviation(zone, seconds) };
}

/** Seconds since the epoch of a wall clock in a zone; where clocks change, the choice of `time.Date`. */
export function localToEpoch(zone: string, wallSeconds: number): number {
  const guess = zoneOffset(zone, wallSeconds).seconds;
  return guess === 0 ? wallSeconds : wallSeconds - zoneOffset(zone, wallSeconds - guess).seconds;
}

function formatter(zone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  } catch {
    return undefined;
  }
}

/** The furthest instant that Intl accepts. */
const farthest = 8.64e12;

function intlOffset(zone: string, epochSeconds: number): number {
  const intl = ianaName.test(zone) ? formatter(zone) : undefined;
  if (!intl) throw new GoError(`unknown time zone ${goTimeQuote(zone)}`);
  const instant = Math.max(-farthest, Math.min(farthest, epochSeconds));
  const part = intl.formatToParts(new Date(instant * 1000)).find(({ type }) => type === 'timeZoneName');
  const clock = /^GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(part?.value ?? '');
  return clock ? clockSeconds(clock.slice(1)) : 0;
}

function clockSeconds([sign, hours, minutes, seconds]: readonly (string | undefined)[]): number {
  const size = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds ?? 0);
  return sign === '-' ? -size : size;
}

function abbreviation(zone: string, seconds: number): string {
  const numeric = fixedZone(seconds);
  for (const [names, zones] of zoneAbbreviations) {
    if (!zones.split(' ').includes(zone)) continue;
    const pair = names.split(' ').find((name) => name.startsWith(`${numeric}=`));
    if (pair !== undefined) return pair.slice(numeric.length + 1);
  }
  // Before standard time, the zone data holds the local mean time of the place.
  return seconds % 900 === 0 ? numeric.replace(/:00$/, '').replace(':', '') : 'LMT';
}
