/** The main containers of a containerSet, which are ended when one of them has failed. */
import type { Stoppable } from './leaf-stopper.ts';

/** What ends within this time after the failure has ended by itself: Argo's controller needs a moment to hear of it. */
const HEARD_MS = 1000;

type Running = Pick<Stoppable, 'stop'>;

export interface Fellows {
  /** What is started after the others were ended is ended at once. */
  add(running: Running): void;
  /** One of them has failed. */
  failed(): void;
  haveEnded(): boolean;
  /** No timer outlives this. */
  dispose(): void;
}

export function createFellows(graceMs: number): Fellows {
  const started: Running[] = [];
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  return {
    add: (running) => {
      started.push(running);
      if (ended) running.stop(graceMs);
    },
    failed: () => {
      timer ??= setTimeout(() => {
        ended = true;
        for (const running of started) running.stop(graceMs);
      }, HEARD_MS);
    },
    haveEnded: () => ended,
    dispose: () => clearTimeout(timer),
  };
}
