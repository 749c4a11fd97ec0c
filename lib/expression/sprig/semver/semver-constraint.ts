/** Version constraints such as `>=1.2 <2 || ^3.1` (Masterminds/semver). */
import { goQuote } from '../../go/quote.ts';
import { compileRegexp, findAll, findAllGroups, regexpMatches } from '../../go/regexp.ts';
import { GoError } from '../../go-error.ts';
import { comparePrereleases, compareVersions, parseVersion, type Version } from './semver-version.ts';

interface Constraint {
  readonly operator: string;
  readonly version: Version;
  /** Which parts are a wildcard or missing. */
  readonly isDirty: boolean;
  readonly minorDirty: boolean;
  readonly patchDirty: boolean;
}

const operators = '=||!=|>|<|>=|=>|<=|=<|~|~>|\\^';
const part = '[0-9|x|X|\\*]+';
const words = '[0-9A-Za-z\\-]+(\\.[0-9A-Za-z\\-]+)*';
const pattern = `v?(${part})(\\.${part})?(\\.${part})?(-(${words}))?(\\+(${words}))?`;
const one = `^\\s*(${operators})\\s*(${pattern})\\s*$`;
const range = `\\s*(${pattern})\\s+-\\s+(${pattern})\\s*`;
const each = `(${operators})\\s*(${pattern})`;
const valid = `^(\\s*(${operators})\\s*(${pattern})\\s*)((?:\\s+|,\\s*)(${operators})\\s*(${pattern})\\s*)*$`;

/** Whether a version meets a constraint. Throws GoError if one of them does not parse. */
export function satisfies(constraint: string, version: string): boolean {
  const groups = parseConstraints(constraint);
  const candidate = parseVersion(version);
  return groups.some((group) => {
    const takesPrerelease = group.some((item) => item.version.pre !== '');
    return group.every((item) => (candidate.pre === '' || takesPrerelease) && meets(candidate, item));
  });
}

function parseConstraints(text: string): Constraint[][] {
  if (text.length > 512) throw new GoError('constraint string is too long (max 512 bytes)');
  const groups = withoutRanges(text).split('||');
  if (groups.length > 32) throw new GoError('too many constraint groups (max 32)');
  return groups.map((group) => {
    if (!regexpMatches(compileRegexp(valid), group))
      throw new GoError(`improper constraint: ${goQuote(group)}`);
    return (findAll(compileRegexp(each), group, -1) ?? [group]).map(parseConstraint);
  });
}

/** `1.2 - 1.4` is `>= 1.2, <= 1.4`. */
function withoutRanges(text: string): string {
  let out = text;
  for (const groups of findAllGroups(compileRegexp(range), text)) {
    out = out.replace(groups[0] ?? '', () => `>= ${groups[1]}, <= ${groups[11]} `);
  }
  return out;
}

function parseConstraint(text: string): Constraint {
  const [match] = findAllGroups(compileRegexp(one), text, 1);
  if (!match) throw new GoError(`improper constraint: ${goQuote(text)}`);
  const [, operator = '', spelled = '', major = '', minor = '', patch = '', pre = ''] = match;
  const isMajorWild = isWild(major);
  const minorDirty = !isMajorWild && isWild(minor.slice(1));
  const patchDirty = !isMajorWild && !minorDirty && isWild(patch.slice(1));
  const kept = isMajorWild ? '0.0.0' : minorDirty ? `${major}.0.0` : `${major}${minor}.0`;
  const isDirty = isMajorWild || minorDirty || patchDirty;
  return { operator, version: parsed(isDirty ? kept + pre : spelled), isDirty, minorDirty, patchDirty };
}

function parsed(text: string): Version {
  try {
    return parseVersion(text);
  } catch (error) {
    if (error instanceof GoError) throw new GoError('constraint parser error');
    throw error;
  }
}

function isWild(text: string): boolean {
  return text === '' || text === 'x' || text === 'X' || text === '*';
}

function meets(candidate: Version, constraint: Constraint): boolean {
  const { version, isDirty, minorDirty } = constraint;
  const order = compareVersions(candidate, version);
  switch (constraint.operator) {
    case '':
    case '=':
      return isDirty ? isWithinTilde(candidate, constraint) : order === 0;
    case '!=':
      return isOther(candidate, constraint);
    case '>':
      return isGreater(candidate, constraint);
    case '<':
      return order < 0;
    case '>=':
    case '=>':
      return order >= 0;
    case '<=':
    case '=<':
      if (!isDirty) return order <= 0;
      if (candidate.major > version.major) return false;
      return !(candidate.major === version.major && candidate.minor > version.minor && !minorDirty);
    case '^':
      return isWithinCaret(candidate, constraint);
    default:
      return isWithinTilde(candidate, constraint);
  }
}

function isOther(candidate: Version, { version, isDirty, minorDirty, patchDirty }: Constraint): boolean {
  if (isDirty) {
    if (version.major !== candidate.major) return true;
    if (version.minor !== candidate.minor && !minorDirty) return true;
    if (minorDirty) return false;
    if (version.patch !== candidate.patch && !patchDirty) return true;
    if (patchDirty) return comparePrereleases(candidate.pre, version.pre) !== 0;
  }
  return compareVersions(candidate, version) !== 0;
}

function isGreater(candidate: Version, { version, isDirty, minorDirty, patchDirty }: Constraint): boolean {
  if (isDirty && candidate.major !== version.major) return candidate.major > version.major;
  if (isDirty && minorDirty) return false;
  if (isDirty && patchDirty) return candidate.minor > version.minor;
  return compareVersions(candidate, version) > 0;
}

function isWithinTilde(candidate: Version, { version, minorDirty, patchDirty }: Constraint): boolean {
  if (compareVersions(candidate, version) < 0) return false;
  const isZero = version.major === 0n && version.minor === 0n && version.patch === 0n;
  if (isZero && !minorDirty && !patchDirty) return true;
  return candidate.major === version.major && (candidate.minor === version.minor || minorDirty);
}

function isWithinCaret(candidate: Version, { version, minorDirty, patchDirty }: Constraint): boolean {
  if (compareVersions(candidate, version) < 0) return false;
  if (version.major > 0n || minorDirty) return candidate.major === version.major;
  if (candidate.major > 0n) return false;
  if (version.minor > 0n || patchDirty) return candidate.minor === version.minor;
  return candidate.minor === 0n && version.patch === candidate.patch;
}
