/** Decides a leaf's phase and message from how its containers ended (`operator.go` inferFailedReason). */
import type { ContainerOutcome, NodePhase } from '../protocol/outcome.ts';
import type { TaskSpec } from '../protocol/task-spec.ts';

export interface ContainerEnd {
  readonly exitCode: number;
  /** Kubernetes' word, `Error` unless something better is known, such as `OOMKilled`. */
  readonly reason?: string;
  readonly message?: string;
}

export interface LeafEnd {
  readonly spec: TaskSpec;
  /** Why nothing of the user's could be started. */
  readonly startError?: string;
  /** Why the inputs could not be prepared. */
  readonly initError?: string;
  /** Set when a deadline ended the leaf. */
  readonly deadlineMessage?: string;
  /** Those that ran and ended, by name: init containers, main containers, sidecars. */
  readonly ends: Readonly<Record<string, ContainerEnd>>;
  /** What went wrong with the outputs. */
  readonly errors: readonly string[];
}

export interface Verdict {
  readonly phase: Extract<NodePhase, 'Succeeded' | 'Failed' | 'Error'>;
  readonly message?: string;
}

/** Exit codes of a sidecar that was ended from outside. */
const KILLED = [137, 143];
/** What the wrapper itself exits with when it cannot run the command (`emissary.go`). */
export const WRAPPER_FAILED = 64;

/** In order of preference: deadline, init, init containers, main, outputs, sidecars. */
export function inferOutcome(end: LeafEnd): Verdict {
  const { spec, ends } = end;
  if (end.startError !== undefined) return { phase: 'Error', message: end.startError };
  if (end.deadlineMessage !== undefined) return { phase: 'Failed', message: end.deadlineMessage };
  if (end.initError !== undefined)
    return { phase: 'Error', message: `init: Error (exit code 1): ${end.initError}` };
  const failed = (
    names: readonly { readonly name: string }[],
    ignored: readonly number[],
  ): Verdict | undefined => {
    const found = names.find(({ name }) => {
      const code = ends[name]?.exitCode ?? 0;
      return code !== 0 && !ignored.includes(code);
    });
    if (found === undefined) return undefined;
    return { phase: 'Failed', message: describeEnd(found.name, ends[found.name]!) };
  };
  const before = failed(spec.initContainers, KILLED) ?? failed(spec.containers, []);
  if (before !== undefined) return before;
  if (end.errors.length > 0)
    return { phase: 'Error', message: `wait: Error (exit code 1): ${end.errors[0]}` };
  // A daemon has no business to end, not even well (`operator.go` assessNodeStatus).
  return failed(spec.sidecars, KILLED) ?? (spec.daemon ? { phase: 'Failed' } : { phase: 'Succeeded' });
}

function describeEnd(name: string, end: ContainerEnd): string {
  const text = `${name}: ${end.reason ?? 'Error'} (exit code ${end.exitCode})`;
  return end.message === undefined || end.message === '' ? text : `${text}: ${end.message}`;
}

/** The nodes of a containerSet's containers (`operator.go` assessNodeStatus). */
export function containerOutcomes(end: LeafEnd): Readonly<Record<string, ContainerOutcome>> {
  const outcomes: Record<string, ContainerOutcome> = {};
  for (const { name } of end.spec.containers) {
    const ended = end.ends[name];
    if (ended === undefined) continue;
    const { exitCode } = ended;
    const message = `${name}: ${ended.reason ?? 'Error'} (exit code ${exitCode}): ${ended.message ?? ''}`;
    if (exitCode === 0) outcomes[name] = { phase: 'Succeeded', exitCode };
    else outcomes[name] = { phase: exitCode === WRAPPER_FAILED ? 'Error' : 'Failed', message, exitCode };
  }
  return outcomes;
}

/**
 * Phases of the containers for which no other waits, where one differs from the leaf's own: a task that is omitted
 * after the leaf inherits these (`operator.go` getOutboundNodes, `dag.go` assessDAGPhase).
 */
export function lastPhases(
  { spec }: LeafEnd,
  containers: Readonly<Record<string, ContainerOutcome>>,
  own: NodePhase,
): readonly NodePhase[] {
  const awaited = new Set(spec.containers.flatMap(({ dependencies }) => dependencies ?? []));
  const phases = spec.containers.flatMap(({ name }) =>
    awaited.has(name) ? [] : (containers[name]?.phase ?? []),
  );
  return phases.some((phase) => phase !== own) ? [...new Set(phases)] : [];
}

/** Kubernetes' own when a pod's `activeDeadlineSeconds` have passed. */
export const POD_DEADLINE = 'Pod was active on the node longer than the specified deadline';

/** A process that a deadline ended counts as killed, with whichever signal (`emissary.go` exitCodeFromErr). */
export function markKilled(ends: Record<string, ContainerEnd>): void {
  for (const [name, end] of Object.entries(ends)) {
    if (end.exitCode > 128) ends[name] = { ...end, exitCode: 137 };
  }
}

/** Kubernetes' words for a container that lacks something it names. */
export function startErrorMessage(spec: TaskSpec, why: string): string {
  const first = spec.containers[0]?.name ?? 'main';
  return `Pod failed before ${first} container starts due to CreateContainerConfigError: ${why}`;
}
