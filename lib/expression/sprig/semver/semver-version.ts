/** Versions as Masterminds/semver reads them: lenient about missing parts, a leading v and leading zeros. */
import { parseGoUint } from '../../go/parse-number.ts';
import { GoError } from '../../go-error.ts';

export interface Version {
  readonly major: bigint;
  readonly minor: bigint;
  readonly patch: bigint;
  readonly pre: string;
  readonly metadata: string;
  readonly original: string;
}

const words = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';
const loose = new RegExp(`^v?([0-9]+)(?:\\.([0-9]+))?(?:\\.([0-9]+))?(?:-(${words}))?(?:\\+(${words}))?$`);

/** `semver.NewVersion`. Throws GoError. */
export function parseVersion(text: string): Version {
  if (text.length > 256) throw new GoError('version string is too long (max 256 bytes)');
  const match = loose.exec(text);
  if (!match) throw new GoError('invalid semantic version');
  const [, major = '', minor = '0', patch = '0', pre = '', metadata = ''] = match;
  if (pre.split('.').some((part) => /^0[0-9]+$/.test(part)))
    throw new GoError('version segment starts with 0');
  const number = (digits: string): bigint => {
    const value = parseGoUint(digits);
    if (value === undefined) throw new GoError('error parsing version segment: value out of range');
    return value;
  };
  return { major: number(major), minor: number(minor), patch: number(patch), pre, metadata, original: text };
}

/** The canonical text. */
export function versionText({ major, minor, patch, pre, metadata }: Version): string {
  return `${major}.${minor}.${patch}${pre === '' ? '' : `-${pre}`}${metadata === '' ? '' : `+${metadata}`}`;
}

/** -1, 0 or 1; metadata does not count. */
export function compareVersions(a: Version, b: Version): number {
  const numbers = compare(a.major, b.major) || compare(a.minor, b.minor) || compare(a.patch, b.patch);
  return numbers || comparePrereleases(a.pre, b.pre);
}

/** A version without prerelease comes after those with one; numbers come before words. */
export function comparePrereleases(a: string, b: string): number {
  if (a === b) return 0;
  if (a === '' || b === '') return a === '' ? 1 : -1;
  const left = a.split('.');
  const right = b.split('.');
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const order = compareParts(left[at] ?? '', right[at] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

function compareParts(a: string, b: string): number {
  if (a === b) return 0;
  if (a === '' || b === '') return a === '' ? -1 : 1;
  const left = parseGoUint(a);
  const right = parseGoUint(b);
  if (left !== undefined && right !== undefined) return compare(left, right);
  if (left !== undefined || right !== undefined) return left !== undefined ? -1 : 1;
  return compare(a, b);
}

function compare<T extends bigint | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
