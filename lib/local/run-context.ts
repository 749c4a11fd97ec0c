/** Makes the run that templates see as `workflow.*` from a workflow, its arguments and the moment it starts. */
import type { Arguments } from '../argo/invocation.ts';
import type { ObjectMeta } from '../argo/policy.ts';
import type { WorkflowSpec } from '../argo/workflow.ts';
import type { RunContext } from '../evaluate/requests.ts';

export interface RunStart {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly metadata: ObjectMeta;
  readonly spec: WorkflowSpec;
  readonly arguments: Arguments;
  /** Parameters given at submission: they replace those of the spec and add to them. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly scheduledTime?: string;
}

export function runContextOf(start: RunStart): RunContext {
  const { spec, metadata } = start;
  const given = new Map(Object.entries(start.parameters));
  const declared = (start.arguments.parameters ?? []).map((parameter) => {
    const value = given.get(parameter.name);
    given.delete(parameter.name);
    if (value === undefined) return parameter;
    const { valueFrom: _from, ...rest } = parameter;
    return { ...rest, value };
  });
  const added = [...given].map(([name, value]) => ({ name, value }));
  const deadline = spec.activeDeadlineSeconds;
  return {
    name: start.name,
    namespace: start.namespace,
    uid: start.uid,
    serviceAccountName: spec.serviceAccountName ?? '',
    mainEntrypoint: spec.entrypoint ?? '',
    creationTimestamp: `${new Date(start.now).toISOString().slice(0, 19)}Z`,
    ...(start.scheduledTime === undefined ? {} : { scheduledTime: start.scheduledTime }),
    ...(spec.priority === undefined ? {} : { priority: spec.priority }),
    parameters: [...declared, ...added] as unknown as RunContext['parameters'],
    artifacts: (start.arguments.artifacts ?? []) as unknown as RunContext['artifacts'],
    labels: { ...metadata.labels, ...spec.workflowMetadata?.labels },
    annotations: { ...metadata.annotations, ...spec.workflowMetadata?.annotations },
    ...(deadline === undefined ? {} : { deadline: start.now + deadline * 1000 }),
  };
}
