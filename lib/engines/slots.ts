/** Lets so many pieces of work run at once, in the order in which they came. */

export interface Slots {
  /** Resolves to what gives the slot back; rejects with the signal's reason while it waits. */
  take(signal: AbortSignal): Promise<() => void>;
}

export function createSlots(count: number): Slots {
  let free = count;
  const waiting = new Set<() => void>();
  const giveBack = () => {
    free += 1;
    const [next] = waiting;
    if (next === undefined) return;
    waiting.delete(next);
    next();
  };
  const release = (): (() => void) => {
    free -= 1;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      giveBack();
    };
  };
  return {
    take: async (signal) => {
      signal.throwIfAborted();
      if (free <= 0) {
        await new Promise<void>((resolve, reject) => {
          const turn = () => {
            signal.removeEventListener('abort', leave);
            resolve();
          };
          const leave = () => {
            waiting.delete(turn);
            reject(signal.reason);
          };
          waiting.add(turn);
          signal.addEventListener('abort', leave, { once: true });
        });
      }
      return release();
    },
  };
}
