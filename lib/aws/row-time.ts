/** When rows may be deleted by DynamoDB, and short names for what is too long for a key. */
import { createHash } from 'node:crypto';

const DAY = 86_400;
/** An execution lasts a year at most; what it waits for lasts longer. */
const LONGEST_RUN_DAYS = 400;

/** Epoch seconds. */
export function expiresAfterRun(now: number): number {
  return Math.floor(now / 1000) + LONGEST_RUN_DAYS * DAY;
}

export function expiresInDays(now: number, days: number): number {
  return Math.floor(now / 1000) + Math.ceil(days * DAY);
}

/** A sort key has 1,024 bytes, a partition key 2,048; node names may be longer. */
export function keyHash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
