/** Executor plugins named by the workflow. `Sidecar.Validate` in `pkg/plugins/spec`. */

import type { JsonObject, JsonValue } from '../../../argo/json.ts';
import type { WorkflowSpec } from '../../../argo/workflow.ts';
import { type Checker, report } from '../frame.ts';

export function checkExecutorPlugins(checker: Checker, spec: WorkflowSpec): void {
  for (const plugin of spec.executorPlugins ?? []) {
    const fault = pluginFault(plugin);
    if (fault) report(checker, 'invalid-plugin', checker.spans.name(plugin), `this executor plugin ${fault}`);
  }
}

function pluginFault(plugin: JsonObject): string | undefined {
  const container = objectOf(objectOf(objectOf(plugin['spec'])['sidecar'])['container']);
  const resources = objectOf(container['resources']);
  const ports = container['ports'];
  if (!objectOf(plugin['metadata'])['name']) return 'has no metadata.name';
  if (!Array.isArray(ports) || ports.length === 0) return 'has no port in its sidecar';
  if (resources['requests'] === undefined) return 'has no resources.requests in its sidecar';
  if (resources['limits'] === undefined) return 'has no resources.limits in its sidecar';
  if (container['securityContext'] === undefined) return 'has no securityContext in its sidecar';
  return undefined;
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
