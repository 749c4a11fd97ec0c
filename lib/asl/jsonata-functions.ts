/** The functions that Step Functions adds to JSONata (Developer Guide, page "transforming-data"). */

import { createHash } from 'node:crypto';

/** What an evaluation gets from the execution around it. */
export interface FunctionSources {
  readonly random: () => number;
  readonly uuid: () => string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface AwsFunction {
  /** As jsonata's registerFunction takes it. */
  readonly signature: string;
  readonly call: (sources: FunctionSources, ...given: readonly never[]) => unknown;
}

const LONGEST_ARRAY = 1_000_000;

function partition(
  _: FunctionSources,
  list: readonly unknown[] | undefined,
  size: number | undefined,
): unknown {
  if (list === undefined || size === undefined) return undefined;
  const step = Math.floor(size);
  if (!(step > 0)) throw new Error('Second argument of partition function must be a positive number');
  const chunks: unknown[] = [];
  for (let at = 0; at < list.length; at += step) chunks.push(list.slice(at, at + step));
  return chunks;
}

/**
 * Like every sequence of JSONata, a range of one number is that number (recorded on AWS), and of none
 * nothing.
 */
function range(_: FunctionSources, from?: number, to?: number, by?: number): unknown {
  if (from === undefined || to === undefined || by === undefined) return undefined;
  const [start, end, step] = [Math.floor(from), Math.floor(to), Math.floor(by)];
  if (step === 0 || Number.isNaN(step)) throw new Error('Third argument of range function must not be zero');
  const count = Math.floor((end - start) / step) + 1;
  if (count > LONGEST_ARRAY) throw new Error(`The range function would make ${count} items`);
  const numbers = Array.from({ length: Math.max(0, count) }, (_unused, i) => start + i * step);
  return numbers.length > 1 ? numbers : numbers[0];
}

const ALGORITHMS: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

function hash(_: FunctionSources, text: string | undefined, algorithm: string | undefined): unknown {
  if (text === undefined || algorithm === undefined) return undefined;
  const name = Object.hasOwn(ALGORITHMS, algorithm) ? ALGORITHMS[algorithm] : undefined;
  if (name === undefined)
    throw new Error(`Second argument of hash function is no known algorithm: ${algorithm}`);
  return createHash(name).update(text, 'utf8').digest('hex');
}

function random(sources: FunctionSources, seed: number | undefined): number {
  return seed === undefined ? sources.random() : firstJavaRandom(seed);
}

/** The first `nextDouble()` of `new java.util.Random(seed)`, which is what AWS answers for a seed. */
function firstJavaRandom(seed: number): number {
  const mask = (1n << 48n) - 1n;
  const multiplier = 0x5deece66dn;
  let state = (BigInt(Math.floor(seed)) ^ multiplier) & mask;
  const next = (bits: bigint): bigint => {
    state = (state * multiplier + 0xbn) & mask;
    return state >> (48n - bits);
  };
  const high = next(26n);
  return Number((high << 27n) + next(27n)) / 2 ** 53;
}

function uuid(sources: FunctionSources): string {
  return sources.uuid();
}

function parse(_: FunctionSources, text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text);
}

export const AWS_FUNCTIONS: ReadonlyMap<string, AwsFunction> = new Map<string, AwsFunction>([
  ['partition', { signature: '<an:a>', call: partition }],
  ['range', { signature: '<nnn:x>', call: range }],
  ['hash', { signature: '<ss:s>', call: hash }],
  ['random', { signature: '<n?:n>', call: random }],
  ['uuid', { signature: '<:s>', call: uuid }],
  ['parse', { signature: '<s:x>', call: parse }],
]);

/** Functions of JSONata 2.0.6 itself; `$eval` is not among them on AWS. */
export const JSONATA_FUNCTIONS: ReadonlySet<string> = new Set(
  (
    'sum count max min average string substring substringBefore substringAfter lowercase uppercase length ' +
    'trim pad match contains replace split join formatNumber formatBase formatInteger parseInteger number ' +
    'floor ceil round abs sqrt power random boolean not map zip filter single reduce sift keys lookup ' +
    'append exists spread merge reverse each error assert type sort shuffle distinct base64encode ' +
    'base64decode encodeUrlComponent encodeUrl decodeUrlComponent decodeUrl toMillis fromMillis clone ' +
    'now millis'
  ).split(' '),
);
