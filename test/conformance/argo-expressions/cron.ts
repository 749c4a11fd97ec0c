/** Compares the schedules of CronWorkflows with what Argo's own parser gave. */
import { nextTimes } from '../../../lib/expression/cron/next-times.ts';

interface CronVector {
  readonly schedule: string;
  readonly timezone: string;
  readonly start: string;
  readonly next?: readonly string[];
  readonly error?: string;
}

/** Undefined where the vector passes, else why not. */
export function check(vector: unknown): string | undefined {
  const { schedule, timezone, start, next, error } = vector as CronVector;
  const found = nextTimes(schedule, timezone, new Date(start), 5);
  if (error !== undefined) return found.ok ? `expected the error ${error}` : undefined;
  if (!found.ok) return `unexpected error ${found.error}`;
  const got = found.times.map((time) => time.toISOString().replace('.000Z', 'Z')).join(' ');
  const wanted = (next ?? []).join(' ');
  return got === wanted ? undefined : `expected ${wanted}, got ${got}`;
}
