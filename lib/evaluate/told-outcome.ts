/** The whole outcome, from what a machine holds of it: a Catch and a task without an answer leave something else. */
import { nodeId } from '../argo/node-id.ts';
import { nodeKey } from '../protocol/blob-store.ts';
import { ARGO_ERRORS, type CaughtOutcome, type Outcome } from '../protocol/outcome.ts';
import { FAILED_WAIT, TASK_ANNOTATION } from '../protocol/run-job.ts';
import { type RunTaskArguments, WAIT_CONTAINER } from '../protocol/run-task.ts';
import { type OrderedTask, orderedTask } from '../protocol/task-order.ts';

/** What ECS tells of a task that has ended (ecs:runTask.sync), as far as it is needed. */
interface TaskDescription extends Pick<RunTaskArguments, 'Overrides'> {
  readonly TaskArn: string;
  readonly Containers?: readonly { readonly Name: string; readonly ExitCode?: number }[];
  readonly StoppedReason?: string;
}

/** A Job on EKS that has failed, as far as it is needed. */
interface JobDescription {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
}

/**
 * The node of what is found counts, since the cause may come from an attempt below it; so does its message. Where the
 * answer of a task was lost, its outcome lies where the executor keeps it, as outputs too large for a state do.
 */
export function outcomeOf(found: Outcome | CaughtOutcome): Outcome {
  if ('caught' in found) return caughtOutcome(found);
  if (!('TaskArn' in found)) return found;
  const { node, phase } = found;
  return { node, phase, ...keptOutcome(orderedTask(found as unknown as TaskDescription)) };
}

function caughtOutcome({ caught, ...own }: CaughtOutcome): Outcome {
  const { Error: error = '', Cause: cause = '' } = caught;
  if (isArgoError(error)) {
    const told = toldIn(cause);
    if (told !== undefined) return { ...told, ...own };
  }
  const task = error === 'States.TaskFailed' ? toldIn<TaskDescription>(cause) : undefined;
  if (task?.TaskArn === undefined) return { message: cause || error, ...own };
  return own.phase === 'Failed'
    ? { ...own, ...keptOutcome(orderedTask(task)) }
    : { message: task.StoppedReason ?? cause, ...own };
}

/** The cause of such an error is the outcome of a node. */
export function isArgoError(error: string): boolean {
  return (ARGO_ERRORS as readonly string[]).includes(error);
}

/** What a task's own error means, as the machine works it out (lib/aws/bind-machine.ts). */
export function erroneousOutcome(node: string, error: string, cause: string): Outcome {
  const wait = toldIn<TaskDescription>(cause)?.Containers?.find(({ Name }) => Name === WAIT_CONTAINER);
  const job =
    error === 'States.TaskFailed' ? toldIn<JobDescription>(cause)?.metadata?.annotations : undefined;
  const key = job?.[TASK_ANNOTATION];
  if (key !== undefined && cause.includes(FAILED_WAIT))
    return { node, phase: 'Failed', outputsRef: outcomeKey(key) };
  const isFailed = error === 'States.Timeout' || (error === 'States.TaskFailed' && wait?.ExitCode === 1);
  const caught = { Error: error, Cause: cause };
  return caughtOutcome({ node, phase: isFailed ? 'Failed' : 'Error', caught });
}

/** Where the executor keeps the outcome of a task. */
export function keptOutcome({ order }: Pick<OrderedTask, 'order'>): Pick<Outcome, 'outputsRef'> {
  if (order === undefined) return {};
  if (order.kind === 'spec') return { outputsRef: outcomeKey(order.key) };
  const { run, node } = order.request;
  return { outputsRef: nodeKey(run.name, nodeId(run.name, node), 'outcome.json') };
}

function outcomeKey(specKey: string): string {
  return specKey.replace(/task\.json$/, 'outcome.json');
}

/** What the cause of an error tells; Lambda wraps what a function throws in `errorMessage`. */
export function toldIn<T = Outcome>(cause: string): T | undefined {
  const told = parsed(cause) as { readonly errorMessage?: unknown } | undefined;
  const found = typeof told?.errorMessage === 'string' ? parsed(told.errorMessage) : told;
  return found as T | undefined;
}

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
