/**
 * Ends everything below it when a sibling fails or the execution stops. Much lighter than a tree of
 * AbortSignals.
 */

import { Cancelled } from './state-failure.ts';

export interface CancelScope {
  readonly isCancelled: boolean;
  cancel(): void;
  /** Calls back once cancelled, at once when it is already; answers how to stop listening. */
  onCancel(listener: () => void): () => void;
  child(): CancelScope;
  /** To be called when everything within the scope has ended. */
  close(): void;
  throwIfCancelled(): void;
}

export function createCancelScope(parent?: CancelScope): CancelScope {
  const listeners = new Set<() => void>();
  let cancelled = false;
  const cancel = () => {
    if (cancelled) return;
    cancelled = true;
    for (const listener of listeners) listener();
    listeners.clear();
  };
  const leaveParent = parent?.onCancel(cancel);
  const scope: CancelScope = {
    get isCancelled() {
      return cancelled;
    },
    cancel,
    onCancel: (listener) => {
      if (cancelled) listener();
      else listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    child: () => createCancelScope(scope),
    close: () => leaveParent?.(),
    throwIfCancelled: () => {
      if (cancelled) throw new Cancelled();
    },
  };
  return scope;
}
