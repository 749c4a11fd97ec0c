/** Task tokens: the waiting side opens one, whoever does the work answers it once. */

import type { JsonValue } from '../asl/json.ts';

export type TokenAnswer =
  | { readonly kind: 'success'; readonly output: JsonValue }
  | { readonly kind: 'failure'; readonly error: string; readonly cause: string | undefined };

export interface TokenListener {
  readonly answered: (answer: TokenAnswer) => void;
  readonly heartbeat: () => void;
}

export interface TokenRegistry {
  /** Each answers false when no state waits for the token (any more). */
  sendTaskSuccess(token: string, output: JsonValue): boolean;
  sendTaskFailure(token: string, error: string, cause?: string): boolean;
  sendTaskHeartbeat(token: string): boolean;
  /** For the interpreter: the state waits until it is answered, or closes the token. */
  open(token: string, listener: TokenListener): void;
  close(token: string): void;
}

export function createTokens(): TokenRegistry {
  const waiting = new Map<string, TokenListener>();
  const answer = (token: string, given: TokenAnswer): boolean => {
    const listener = waiting.get(token);
    if (listener === undefined) return false;
    waiting.delete(token);
    listener.answered(given);
    return true;
  };
  return {
    sendTaskSuccess: (token, output) => answer(token, { kind: 'success', output }),
    sendTaskFailure: (token, error, cause) => answer(token, { kind: 'failure', error, cause }),
    sendTaskHeartbeat: (token) => {
      waiting.get(token)?.heartbeat();
      return waiting.has(token);
    },
    open: (token, listener) => void waiting.set(token, listener),
    close: (token) => void waiting.delete(token),
  };
}
