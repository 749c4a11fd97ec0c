/** Outcomes of leaves that end before anything of theirs has run. */
import type { NodePhase, Outcome } from '../../protocol/outcome.ts';

interface Ended {
  readonly node: string;
  readonly phase: NodePhase;
  readonly message: string;
  readonly startedAt: string;
  readonly now: string;
  readonly notStarted?: boolean;
}

export function endedOutcome(ended: Ended): Outcome {
  return {
    node: ended.node,
    phase: ended.phase,
    message: ended.message,
    startedAt: ended.startedAt,
    finishedAt: ended.now,
    ...(ended.notStarted && { notStarted: true }),
  };
}

interface Staged {
  readonly node: string;
  readonly now: string;
  readonly startedAt?: string;
}

/** A leaf whose start is an error of Argo's controller: phase Error, and its step group fails at once. */
export function errorOutcome(request: Staged, message: string): Outcome {
  const startedAt = request.startedAt ?? request.now;
  return endedOutcome({
    node: request.node,
    phase: 'Error',
    message,
    startedAt,
    now: request.now,
    notStarted: true,
  });
}
