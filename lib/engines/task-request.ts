/** Finds out what a runTask request is about: its task spec, and the node it runs for. */
import { ARGO_ERROR, type Outcome } from '../protocol/outcome.ts';
import { NODE_ENV, TASK_SPEC_ENV } from '../protocol/run-task.ts';
import type { TaskSpec } from '../protocol/task-spec.ts';
import { type EngineRequest, taskFailure } from './engine.ts';

export async function taskSpecOf(request: EngineRequest): Promise<TaskSpec> {
  const key = overrideOf(request, TASK_SPEC_ENV);
  const node = overrideOf(request, NODE_ENV);
  const data = key === undefined ? undefined : await request.blobs.get(key);
  if (data === undefined) {
    const message =
      key === undefined ? `the task names no ${TASK_SPEC_ENV}` : `there is no task spec at ${key}`;
    const at = new Date(request.now()).toISOString();
    const outcome: Outcome = { node: node ?? '', phase: 'Error', message, startedAt: at, finishedAt: at };
    throw taskFailure(ARGO_ERROR, JSON.stringify(outcome));
  }
  const spec = JSON.parse(Buffer.from(data).toString('utf8')) as TaskSpec;
  return node === undefined ? spec : { ...spec, node };
}

function overrideOf(request: EngineRequest, name: string): string | undefined {
  for (const override of request.arguments.Overrides.ContainerOverrides) {
    const found = override.Environment.find((variable) => variable.Name === name);
    if (found !== undefined) return found.Value;
  }
  return undefined;
}
