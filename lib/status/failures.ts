/** `workflow.failures`: the nodes of a run that failed so far, as Argo lists them (operator.go, globalParams). */
import { podName } from '../argo/node-id.ts';
import { rfc3339 } from '../evaluate/creation-time.ts';
import type { JsonValue } from '../protocol/json.ts';
import type { RunStatus } from './status.ts';

export function failuresOf(status: RunStatus, workflow: string): JsonValue {
  const failed = [...status.nodes.values()].filter(
    (node) => node.phase === 'Failed' || node.phase === 'Error',
  );
  if (failed.length === 0) return null;
  return failed.map((node) => ({
    displayName: node.displayName,
    message: node.message ?? '',
    templateName: node.templateName ?? '',
    phase: node.phase,
    podName: podName(workflow, node.name, node.templateName ?? ''),
    finishedAt: node.finishedAt === undefined ? null : rfc3339(Date.parse(node.finishedAt)),
  }));
}
