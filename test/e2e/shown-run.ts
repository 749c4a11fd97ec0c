/** A run as its tree shows it, without what differs from run to run: ids, times, places. */
import type { WorkflowObject } from '../../lib/status/workflow-object.ts';

export interface ShownNode {
  readonly type: string;
  readonly phase: string;
  readonly message?: string;
  readonly template?: string;
  readonly inputs?: unknown;
  readonly outputs?: unknown;
  readonly children: readonly string[];
}

export function shownNodes({ metadata, status }: WorkflowObject): Readonly<Record<string, ShownNode>> {
  const names = new Map(Object.values(status.nodes).map(({ id, name }) => [id, name]));
  const shown = Object.values(status.nodes).map((node) => [
    node.name,
    {
      type: node.type,
      phase: node.phase,
      ...(node.message === undefined ? {} : { message: node.message }),
      ...(node.templateName === undefined ? {} : { template: node.templateName }),
      ...(node.inputs === undefined ? {} : { inputs: withoutPlaces(node.inputs, metadata.uid) }),
      ...(node.outputs === undefined ? {} : { outputs: withoutPlaces(node.outputs, metadata.uid) }),
      children: (node.children ?? []).map((id) => names.get(id)).sort(),
    },
  ]);
  return Object.fromEntries(shown.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))) as Record<
    string,
    ShownNode
  >;
}

/** Where artifacts lie depends on the store. */
function withoutPlaces(value: unknown, uid: string): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll(uid, 'UID'));
}

/** The tree of `argosy get`, without the columns of pods and durations. */
export function treeOf(output: string): readonly string[] {
  const lines = output.split('\n');
  const header = lines.findIndex((line) => line.startsWith('STEP'));
  const at = lines[header]!;
  const [pod, message] = [at.indexOf('PODNAME'), at.indexOf('MESSAGE')];
  return lines
    .slice(header + 1)
    .filter((line) => line !== '' && !line.startsWith('Console:'))
    .map((line) => `${line.slice(0, pod)}${line.slice(message)}`.replaceAll(/ {2,}/g, '  ').trimEnd());
}
