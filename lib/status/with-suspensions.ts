/** Puts into a run's state what was set on nodes that are still suspended, of which no event tells yet. */
import type { Node } from './node.ts';
import type { RunStatus } from './status.ts';

export interface SetNode {
  readonly node: string;
  readonly given?: Readonly<Record<string, string>>;
  readonly message?: string;
}

export function withSuspensions(status: RunStatus, set: readonly SetNode[]): RunStatus {
  const nodes = new Map(status.nodes);
  for (const { node: name, given = {}, message } of set) {
    const node = nodes.get(name);
    if (node === undefined || node.type !== 'Suspend' || node.phase !== 'Running') continue;
    const changed: Node = {
      ...node,
      ...(message !== undefined && { message }),
      ...(Object.keys(given).length > 0 && {
        outputs: { ...node.outputs, parameters: { ...node.outputs?.parameters, ...given } },
      }),
    };
    nodes.set(name, changed);
  }
  return { ...status, nodes };
}
