/** Fits states that use the EKS cluster to it: which one it is, and ends of Jobs that no callback told. */
import type { JsonObject } from '../asl/json.ts';
import type { TaskState } from '../asl/state-machine.ts';
import { FAILED_ERRORS } from '../compiler/3-lower/outcome.ts';
import { ARGO_FAILED } from '../protocol/outcome.ts';
import { FAILED_WAIT, NODE_ANNOTATION, TASK_ANNOTATION } from '../protocol/run-job.ts';
import { asBag } from './bag.ts';

export interface BoundCluster {
  readonly name: string;
  readonly endpoint: string;
  readonly certificateAuthority: string;
}

export const EKS = /^arn:aws:states:::eks:/;
const CAUGHT = '$states.errorOutput';

export interface Rewriting {
  readonly success: (expression: string) => string;
  readonly failure: (expression: string) => string;
}

export function bindCluster(state: TaskState, cluster: BoundCluster): TaskState {
  const { name: ClusterName, endpoint: Endpoint, certificateAuthority: CertificateAuthority } = cluster;
  return {
    ...state,
    Arguments: { ...(asBag(state.Arguments) as JsonObject), ClusterName, CertificateAuthority, Endpoint },
  };
}

/**
 * Should the answer to the token be lost, or not be honoured, the Job ends all the same. It has succeeded when all
 * of its containers ended with 0, which only `wait` may not have done; and the exit code of `wait` is the message
 * of its failure (lib/compiler/3-lower/run-job.ts): 1 Failed, anything else no end that is known.
 */
export function jobRewriting(state: TaskState, inner: (value: unknown) => string): Rewriting | undefined {
  const known = asBag(asBag(asBag(asBag(state.Arguments)['Job'])['metadata'])['annotations']);
  // A call of its API is no Job.
  if (known[TASK_ANNOTATION] === undefined) return undefined;
  const key = inner(known[TASK_ANNOTATION]);
  const node = inner(known[NODE_ANNOTATION]);
  const outcome = (phase: string) =>
    `{"node": ${node}, "phase": "${phase}", "outputsRef": $replace(${key}, "task.json", "outcome.json")}`;
  const isFailed = `${CAUGHT}.Error = "States.TaskFailed" and $contains(${CAUGHT}.Cause, "${FAILED_WAIT}")`;
  return {
    success: (text) =>
      text.replace(
        /\$states\.result(?![\w.])/g,
        () => `($exists($states.result.phase) ? $states.result : ${outcome('Succeeded')})`,
      ),
    // What is caught becomes what the executor would have told.
    failure: (text) =>
      text === CAUGHT
        ? `${isFailed} ? {"Error": "${ARGO_FAILED}", "Cause": $string(${outcome('Failed')})} : ${CAUGHT}`
        : text.replace(FAILED_ERRORS, () => `(${FAILED_ERRORS} or (${isFailed}))`),
  };
}
