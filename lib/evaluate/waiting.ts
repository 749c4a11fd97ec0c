/**
 * The failure that stands where Argo would wait for ever: a reference to an output that will never be there, or a task
 * that hangs on nothing.
 */
import type { Body } from './body.ts';

/** Names what the reference lacks, and that Argo's own controller would requeue the run without end. */
export function waitingMessage(body: Body, error: string): string {
  const name = /\b(?:steps|tasks)\.([-a-zA-Z0-9_]+)/.exec(error)?.[1];
  const outcome =
    name !== undefined && Object.hasOwn(body.data.outcomes, name) ? body.data.outcomes[name] : undefined;
  const kind = body.kind === 'steps' ? 'step' : 'task';
  const cause =
    outcome === undefined
      ? 'nothing that has run before gives this value'
      : `${kind} '${name}' ended as ${outcome.phase} without giving this value`;
  return `${error}: ${cause}, and Argo would wait for it for ever`;
}

/** Names the target of a DAG whose dependencies ended without a node (assessDAGPhase in `dag.go` comes to no such task). */
export function unreachedMessage(task: string): string {
  return `what task '${task}' depends on ended without a node that it could follow on, and Argo would wait for it for ever`;
}
