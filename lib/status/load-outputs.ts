/** Puts the outputs of nodes back that were too large to stand in the history. */
import { type BlobStore, blobJson } from '../protocol/blob-store.ts';
import type { Outputs } from '../protocol/outcome.ts';
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
  const found = await blobJson<{ readonly outputs?: Outputs }>(blobs, outputsRef);
  if (found === undefined) return node;
  const { outputs } = found;
  return outputs === undefined ? rest : { ...rest, outputs: { ...rest.outputs, ...outputs } };
}
