/** What is left of earlier attempts at runs, in the bucket: cut into parts, since a stage asks about one node at a time. */
import { createHash } from 'node:crypto';
import type { RunContext } from '../evaluate/requests.ts';
import { type BlobStore, blobJson } from '../protocol/blob-store.ts';
import type { Outcome } from '../protocol/outcome.ts';
import { type Earlier, earlierName, earlierOutcome } from '../status/earlier.ts';
import type { Fact } from '../status/node.ts';

interface Index extends Omit<Earlier, 'facts'> {
  readonly parts: number;
}

const FACTS_IN_PART = 500;
/** A function keeps so many parts at hand. */
const KEPT_PARTS = 64;
const AT_ONCE = 8;

/** `key`: where the parts lie, as `RunContext.earlier` names it. */
export async function keepEarlier(blobs: BlobStore, key: string, earlier: Earlier): Promise<void> {
  const { facts, ...rest } = earlier;
  const count = Math.max(1, Math.ceil(facts.length / FACTS_IN_PART));
  const parts: Fact[][] = Array.from({ length: count }, () => []);
  for (const fact of facts) parts[partOf(fact.name, count)]?.push(fact);
  for (let at = 0; at < count; at += AT_ONCE)
    await Promise.all(
      parts
        .slice(at, at + AT_ONCE)
        .map((part, offset) => blobs.put(partKey(key, at + offset), JSON.stringify(part))),
    );
  const index: Index = { ...rest, parts: count };
  await blobs.put(indexKey(key), JSON.stringify(index));
}

export async function readEarlier(blobs: BlobStore, key: string): Promise<Earlier> {
  const { parts, ...rest } = await readJson<Index>(blobs, indexKey(key));
  const facts: Fact[] = [];
  for (let at = 0; at < parts; at += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, parts - at) }, (_, offset) => at + offset);
    const read = await Promise.all(numbers.map((one) => readJson<readonly Fact[]>(blobs, partKey(key, one))));
    facts.push(...read.flat());
  }
  return { ...rest, facts };
}

/** The outcome that a node of the run had, where it counts as done. */
export function earlierReader(
  blobs: BlobStore,
): (run: RunContext, node: string) => Promise<Outcome | undefined> {
  const read = new Map<string, Promise<unknown>>();
  const once = <T>(key: string): Promise<T> => {
    const known = read.get(key);
    if (known !== undefined) return known as Promise<T>;
    if (read.size >= KEPT_PARTS) read.clear();
    const found = readJson<T>(blobs, key);
    read.set(key, found);
    found.catch(() => read.delete(key));
    return found;
  };
  return async ({ earlier: key }, node) => {
    if (key === undefined) return undefined;
    const { retries, parts } = await once<Index>(indexKey(key));
    const part = partOf(earlierName(node, retries), parts);
    const facts = await once<readonly Fact[]>(partKey(key, part));
    return earlierOutcome(node, retries, (name) => facts.find((fact) => fact.name === name));
  };
}

function partOf(node: string, parts: number): number {
  return createHash('sha256').update(node).digest().readUInt32BE(0) % parts;
}

function indexKey(key: string): string {
  return `${key}/index.json`;
}

function partKey(key: string, part: number): string {
  return `${key}/${part}.json`;
}

async function readJson<T>(blobs: BlobStore, key: string): Promise<T> {
  const found = await blobJson<T>(blobs, key);
  if (found === undefined) throw new Error(`what was left of an earlier attempt is gone: ${key}`);
  return found;
}
