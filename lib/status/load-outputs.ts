/** Puts back what does not stand in the history: outputs that are too large, and outcomes whose answer was lost. */
import { type BlobStore, blobJson } from '../protocol/blob-store.ts';
import type { Outcome } from '../protocol/outcome.ts';
import type { Node } from './node.ts';
import type { RunStatus } from './status.ts';

const AT_ONCE = 16;

/** What cannot be read any more is left out. */
export async function loadOutputs(status: RunStatus, blobs: Pick<BlobStore, 'get'>): Promise<RunStatus> {
  const large = [...status.nodes.values()].filter((node) => node.outputsRef !== undefined);
  if (large.length === 0) return status;
  const nodes = new Map(status.nodes);
  for (let at = 0; at < large.length; at += AT_ONCE) {
    const some = large.slice(at, at + AT_ONCE);
    const loaded = await Promise.all(some.map(async (node) => await withOutputs(node, blobs)));
    for (const node of loaded) nodes.set(node.name, node);
  }
  return { ...status, nodes };
}

async function withOutputs(node: Node, blobs: Pick<BlobStore, 'get'>): Promise<Node> {
  const { outputsRef = '', ...rest } = node;
  const found = await blobJson<Partial<Outcome>>(blobs, outputsRef);
  if (found === undefined) return node;
  const { outputs, message } = found;
  return {
    ...(message !== undefined && { message }),
    ...rest,
    ...(outputs !== undefined && { outputs: { ...rest.outputs, ...outputs } }),
  };
}
