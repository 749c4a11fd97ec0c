/** Semantic versions: `semver` and `semverCompare` (Masterminds/semver). */
import { goFormat } from '../../go/format.ts';
import { GoError } from '../../go-error.ts';
import type { GoFunction, GoMap, GoValue } from '../../values.ts';
import { define } from '../define.ts';
import { satisfies } from './semver-constraint.ts';
import { compareVersions, parseVersion, type Version, versionText } from './semver-version.ts';

export const semverFunctions: readonly GoFunction[] = [
  define('semver', ['string'], '(*semver.Version, error)', (text) =>
    versionValue(parseVersion(text), '*semver.Version'),
  ),
  define('semverCompare', ['string', 'string'], '(bool, error)', satisfies),
];

/** A version with the methods that expressions call. */
function versionValue(version: Version, type: string): GoMap {
  const uint64 = (value: bigint): GoValue => ({ kind: 'int', type: 'uint64', value });
  const compare = (other: GoValue): number => compareVersions(version, versionOf(other));
  const bumped = (major: bigint, minor: bigint, patch: bigint): GoValue => {
    const next: Version = { major, minor, patch, pre: '', metadata: '', original: '' };
    const prefix = version.original.startsWith('v') ? 'v' : '';
    return versionValue({ ...next, original: prefix + versionText(next) }, 'semver.Version');
  };
  const { major, minor, patch } = version;
  const methods = [
    define('Major', [], 'uint64', () => uint64(major)),
    define('Minor', [], 'uint64', () => uint64(minor)),
    define('Patch', [], 'uint64', () => uint64(patch)),
    define('Prerelease', [], 'string', () => version.pre),
    define('Metadata', [], 'string', () => version.metadata),
    define('Original', [], 'string', () => version.original),
    define('String', [], 'string', () => versionText(version)),
    define('IncMajor', [], 'semver.Version', () => bumped(major + 1n, 0n, 0n)),
    define('IncMinor', [], 'semver.Version', () => bumped(major, minor + 1n, 0n)),
    define('IncPatch', [], 'semver.Version', () =>
      bumped(major, minor, version.pre === '' ? patch + 1n : patch),
    ),
    define('Compare', ['any'], 'int', (other) => BigInt(compare(other))),
    define('Equal', ['any'], 'bool', (other) => compare(other) === 0),
    define('LessThan', ['any'], 'bool', (other) => compare(other) < 0),
    define('GreaterThan', ['any'], 'bool', (other) => compare(other) > 0),
  ];
  return { kind: 'map', type, entries: new Map(methods.map((method) => [method.name, method])) };
}

function versionOf(value: GoValue): Version {
  if (typeof value === 'object' && value?.kind === 'map' && value.type === '*semver.Version') {
    return parseVersion(goFormat(value));
  }
  throw new GoError('reflect: Call using a value that is no *semver.Version');
}
