/** Ends the processes of a leaf for whichever reason comes first: deadline, cancellation, or a daemon's stop. */
import { POD_DEADLINE } from '../../executor/infer-outcome.ts';
import type { TaskSpec } from '../../protocol/task-spec.ts';

export interface Stoppable {
  stop(graceMs: number): void;
  kill(): void;
}

export type StopReason = 'deadline' | 'cancelled' | 'stopped';

export interface LeafStopper {
  /** What is started after the leaf was stopped is ended at once. */
  add(process: Stoppable & { readonly ended: Promise<unknown> }): void;
  stop(reason: StopReason): void;
  reason(): StopReason | undefined;
  /** Aborted as soon as there is a reason. */
  readonly stopped: AbortSignal;
  /** The message of the node, when a deadline ended it. */
  deadlineMessage(): string | undefined;
  /** From now on the signal is not listened to: a daemon outlives the call that started it. */
  outlive(): void;
  /** No timer or listener outlives this. */
  dispose(): void;
}

const DEFAULT_GRACE_SECONDS = 30;
const LONGEST_TIMER = 2_147_483_647;

/** How long what is asked to end may take until it is killed. */
export function graceMsOf({ terminationGraceSeconds }: TaskSpec): number {
  return (terminationGraceSeconds ?? DEFAULT_GRACE_SECONDS) * 1000;
}

export function createLeafStopper(spec: TaskSpec, now: number, signal: AbortSignal): LeafStopper {
  const running = new Set<Stoppable>();
  const graceMs = graceMsOf(spec);
  const stopped = new AbortController();
  let reason: StopReason | undefined;
  let message: string | undefined;
  const end = (process: Stoppable) => (reason === 'cancelled' ? process.kill() : process.stop(graceMs));
  const stop = (why: StopReason) => {
    if (reason !== undefined && why !== 'cancelled') return;
    reason = why;
    stopped.abort();
    for (const process of running) end(process);
  };
  const cancel = () => stop('cancelled');
  const limits: { ms: number; text: string }[] = [];
  if (spec.deadline !== undefined)
    limits.push({ ms: spec.deadline - now, text: spec.deadlineMessage ?? POD_DEADLINE });
  if (spec.activeDeadlineSeconds !== undefined) {
    limits.push({ ms: spec.activeDeadlineSeconds * 1000, text: POD_DEADLINE });
  }
  const timers = limits.map(({ ms, text }) =>
    setTimeout(
      () => {
        if (reason === undefined) message = text;
        stop('deadline');
      },
      Math.min(Math.max(0, ms), LONGEST_TIMER),
    ),
  );
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  return {
    add: (process) => {
      running.add(process);
      const forget = () => void running.delete(process);
      process.ended.then(forget, forget);
      if (reason !== undefined) end(process);
    },
    stop,
    reason: () => reason,
    stopped: stopped.signal,
    deadlineMessage: () => message,
    outlive: () => signal.removeEventListener('abort', cancel),
    dispose: () => {
      for (const timer of timers) clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
    },
  };
}
