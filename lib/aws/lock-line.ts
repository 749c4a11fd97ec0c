/** Who is admitted next: the rules of a line of claims, apart from where the line is kept. */
import type { Claim, Wanted } from '../store/locks.ts';
import { keyHash } from './row-time.ts';

/** Claims that hold a lock, by the lock's short name; and the locks that refuse since a holder has failed. */
export interface Space {
  readonly held: Readonly<Record<string, readonly string[]>>;
  readonly failed: readonly string[];
}

export interface Waiting {
  readonly id: string;
  readonly wanted: readonly Wanted[];
}

export interface Freed {
  readonly id: string;
  /** Short names of the locks that refuse from now on. */
  readonly failed: readonly string[];
}

export interface Admission {
  readonly space: Space;
  readonly granted: readonly string[];
  readonly refused: readonly string[];
  /** Granted before, but perhaps never told. */
  readonly untold: readonly string[];
}

export function shortName(lock: string): string {
  return keyHash(lock);
}

export function isLimited({ limit }: Wanted): boolean {
  return Number.isFinite(limit);
}

export function failFastNames(wanted: readonly Wanted[]): readonly string[] {
  return wanted.filter(({ failFast }) => failFast === true).map(({ name }) => shortName(name));
}

export function isFull(space: Space, { name, limit }: Wanted): boolean {
  return (space.held[shortName(name)]?.length ?? 0) >= limit;
}

/** Sorts as Argo's queue does: larger priority first, then earlier. Both keep their order as text. */
export function orderOf({ priority, at }: Pick<Claim, 'priority' | 'at'>): string {
  const rank = 2 ** 31 - Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.trunc(priority)));
  return `${String(rank).padStart(11, '0')}#${String(Math.trunc(at)).padStart(15, '0')}`;
}

/** `line` in order. Who stands first holds back those behind who want only part of its locks. */
export function admit(before: Space, freed: readonly Freed[], line: readonly Waiting[]): Admission {
  const gone = new Set(freed.map(({ id }) => id));
  const held = new Map<string, string[]>();
  for (const [name, ids] of Object.entries(before.held)) {
    const kept = ids.filter((id) => !gone.has(id));
    if (kept.length > 0) held.set(name, kept);
  }
  const failed = new Set([...before.failed, ...freed.flatMap((one) => one.failed)]);
  const holders = new Set([...held.values()].flat());
  const blocked = new Set<string>();
  const granted: string[] = [];
  const refused: string[] = [];
  const untold: string[] = [];
  for (const { id, wanted } of line) {
    if (gone.has(id)) continue;
    if (holders.has(id)) {
      untold.push(id);
      continue;
    }
    if (failFastNames(wanted).some((name) => failed.has(name))) {
      refused.push(id);
      continue;
    }
    const limits = wanted.filter(isLimited).map(({ name, limit }) => [shortName(name), limit] as const);
    const isFree = limits.every(
      ([name, limit]) => !blocked.has(name) && (held.get(name)?.length ?? 0) < limit,
    );
    if (!isFree) {
      for (const [name] of limits) blocked.add(name);
      continue;
    }
    for (const [name] of limits) held.set(name, [...(held.get(name) ?? []), id]);
    granted.push(id);
  }
  return { space: { held: Object.fromEntries(held), failed: [...failed] }, granted, refused, untold };
}
