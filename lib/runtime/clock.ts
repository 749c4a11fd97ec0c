/** Time as the interpreter sees it: real, or virtual, where waiting costs nothing. */

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when that is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface VirtualClock extends Clock {
  /**
   * Holds time still until `work` settles. For work of real duration (files, processes); simulated work calls
   * `sleep` instead, outside of this.
   */
  busy<T>(work: () => Promise<T>): Promise<T>;
}

/** setTimeout takes at most this, 24.8 days; longer waits are taken in pieces. */
const LONGEST_TIMER = 2_147_483_647;

export function realClock(): Clock {
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason);
      const end = Date.now() + ms;
      let timer: NodeJS.Timeout;
      const stop = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const turn = () => {
        const left = end - Date.now();
        if (left > 0) {
          timer = setTimeout(turn, Math.min(left, LONGEST_TIMER));
          return;
        }
        signal?.removeEventListener('abort', stop);
        resolve();
      };
      signal?.addEventListener('abort', stop, { once: true });
      timer = setTimeout(turn, Math.min(Math.max(0, ms), LONGEST_TIMER));
    });
  return { now: () => Date.now(), sleep };
}

interface Sleeper {
  readonly at: number;
  readonly order: number;
  wake: (() => void) | undefined;
}

/**
 * Time stands still while anything can go on by itself, then jumps to the next sleeper. "Idle" means that a
 * turn of the event loop has passed with no promise left to settle and nothing held by `busy`. Sleepers wake
 * one at a time, by time and then in the order in which they lay down, so a run is repeatable.
 */
export function virtualClock(start = 0): VirtualClock {
  let now = start;
  let order = 0;
  let held = 0;
  let turning = false;
  const queue = sleeperQueue();

  const turn = () => {
    turning = false;
    if (held > 0) return;
    const next = queue.pop();
    if (next === undefined) return;
    now = Math.max(now, next.at);
    next.wake?.();
    arrange();
  };
  const arrange = () => {
    if (turning || held > 0 || queue.isEmpty()) return;
    turning = true;
    setImmediate(turn);
  };
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason);
      const sleeper: Sleeper = { at: now + Math.max(0, ms), order: order++, wake: undefined };
      const stop = () => {
        sleeper.wake = undefined;
        queue.forget(sleeper);
        reject(signal?.reason);
      };
      sleeper.wake = () => {
        signal?.removeEventListener('abort', stop);
        resolve();
      };
      signal?.addEventListener('abort', stop, { once: true });
      queue.push(sleeper);
      arrange();
    });
  const busy = async <T>(work: () => Promise<T>): Promise<T> => {
    held += 1;
    try {
      return await work();
    } finally {
      held -= 1;
      arrange();
    }
  };
  return { now: () => now, sleep, busy };
}

interface SleeperQueue {
  push(sleeper: Sleeper): void;
  /** The earliest that has not been forgotten. */
  pop(): Sleeper | undefined;
  forget(sleeper: Sleeper): void;
  isEmpty(): boolean;
}

/** A binary heap. Forgotten sleepers stay until they come to the top, or until they are half of the heap. */
function sleeperQueue(): SleeperQueue {
  let heap: Sleeper[] = [];
  let forgotten = 0;
  const before = (a: Sleeper, b: Sleeper) => (a.at === b.at ? a.order < b.order : a.at < b.at);
  const swap = (i: number, j: number) => {
    const kept = heap[i]!;
    heap[i] = heap[j]!;
    heap[j] = kept;
  };
  const push = (sleeper: Sleeper) => {
    let i = heap.push(sleeper) - 1;
    for (let up = (i - 1) >> 1; i > 0 && before(heap[i]!, heap[up]!); up = (i - 1) >> 1) {
      swap(i, up);
      i = up;
    }
  };
  const takeTop = (): Sleeper | undefined => {
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || top === last) return top;
    heap[0] = last;
    for (let i = 0; ; ) {
      const left = 2 * i + 1;
      const right = left + 1;
      const least = right < heap.length && before(heap[right]!, heap[left]!) ? right : left;
      if (least >= heap.length || !before(heap[least]!, heap[i]!)) return top;
      swap(i, least);
      i = least;
    }
  };
  return {
    push,
    pop: () => {
      for (let top = takeTop(); top !== undefined; top = takeTop()) {
        if (top.wake !== undefined) return top;
        forgotten -= 1;
      }
      return undefined;
    },
    forget: () => {
      forgotten += 1;
      if (forgotten < 64 || forgotten * 2 < heap.length) return;
      const live = heap
        .filter((sleeper) => sleeper.wake !== undefined)
        .sort((a, b) => (before(a, b) ? -1 : 1));
      heap = live;
      forgotten = 0;
    },
    isEmpty: () => heap.length === forgotten,
  };
}
