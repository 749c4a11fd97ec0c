/** Names of runs that are made from an upload or a firing, always the same ones from the same cause. */
import { createHash } from 'node:crypto';

/** Letters and digits that Kubernetes uses for generated names: none that make words or look alike. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const LONGEST_EXECUTION = 80;

export interface RunNames {
  readonly uid: string;
  readonly suffix: string;
  /** Of hexadecimal digits; ends the execution's name. */
  readonly hash: string;
}

export function runNames(...cause: readonly string[]): RunNames {
  const digest = createHash('sha256').update(JSON.stringify(cause)).digest();
  const suffix = [...digest.subarray(16, 21)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
  return { uid: uuidOf(digest), suffix, hash: digest.toString('hex').slice(0, 12) };
}

/** A name-based UUID (RFC 9562, version 8). */
function uuidOf(digest: Buffer): string {
  const bytes = Buffer.from(digest.subarray(0, 16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Only these characters may be logged to CloudWatch (SFN-DG/service-quotas). */
export function executionName(workflow: string, hash: string): string {
  const plain = workflow.replace(/[^A-Za-z0-9_-]/g, '-');
  return `${plain.slice(0, LONGEST_EXECUTION - hash.length - 1)}-${hash}`;
}
