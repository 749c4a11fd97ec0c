/** Small bundles and requests for the tests of leaves. */
import type { Template } from '../../../lib/argo/template.ts';
import type { WorkflowSpec } from '../../../lib/argo/workflow.ts';
import type { Bundle } from '../../../lib/evaluate/bundle.ts';
import type { RetryRequest, RunContext, StageRequest } from '../../../lib/evaluate/requests.ts';
import type { Outcome } from '../../../lib/protocol/outcome.ts';

export const now = '2026-03-01T10:00:00.000Z';

export function bundleOf(template: Template, spec: Partial<WorkflowSpec> = {}): Bundle {
  const name = template.name ?? 'work';
  return {
    id: 'b',
    spec: { entrypoint: name, ...spec },
    entrypoint: name,
    hooks: {},
    templates: { [name]: { id: name, name, scope: 'local/', template: { name, ...template }, calls: {} } },
    configMaps: {},
  };
}

export const run: RunContext = {
  name: 'demo',
  namespace: 'default',
  uid: 'u-1',
  serviceAccountName: 'default',
  mainEntrypoint: 'work',
  creationTimestamp: '2026-03-01T09:59:00Z',
  parameters: [{ name: 'color', value: 'teal' }],
  artifacts: [],
  labels: {},
  annotations: {},
};

export function stage(changes: Partial<StageRequest> = {}): StageRequest {
  return {
    op: 'stage',
    template: 'work',
    node: 'demo[0].first',
    inputs: {},
    run,
    globals: {},
    captureResult: false,
    inlineBytes: 4096,
    now,
    ...changes,
  };
}

export function failed(changes: Partial<Outcome> = {}): Outcome {
  return {
    node: 'demo[0].first(0)',
    phase: 'Failed',
    message: 'main: Error (exit code 1)',
    startedAt: '2026-03-01T09:59:50Z',
    finishedAt: now,
    outputs: { exitCode: '1' },
    ...changes,
  };
}

export function retry(changes: Partial<RetryRequest> = {}): RetryRequest {
  return {
    op: 'retry',
    template: 'work',
    node: 'demo[0].first',
    inputs: {},
    run,
    globals: {},
    attempts: 1,
    last: failed(),
    firstStartedAt: '2026-03-01T09:59:50Z',
    now,
    ...changes,
  };
}
