/** Suspended nodes of a run: the token that their resumption answers, kept under run and node. */
import type { JsonValue } from '../protocol/json.ts';

export interface Suspension {
  readonly run: string;
  readonly node: string;
  readonly token: string;
  /** Id of the suspend template; empty where the run itself is suspended. */
  readonly template: string;
  /** What `stage` made of the suspend template. */
  readonly task: JsonValue;
}

export interface Suspensions {
  park(suspension: Suspension): Promise<void>;
  list(run: string): Promise<readonly Suspension[]>;
  /** Takes a suspension away; false when it was gone already. */
  take(run: string, node: string): Promise<boolean>;
}

export function memorySuspensions(): Suspensions {
  const parked = new Map<string, Suspension>();
  const keyOf = (run: string, node: string) => JSON.stringify([run, node]);
  return {
    park: async (suspension) => void parked.set(keyOf(suspension.run, suspension.node), suspension),
    list: async (run) => [...parked.values()].filter((one) => one.run === run),
    take: async (run, node) => parked.delete(keyOf(run, node)),
  };
}
