/** Suspended nodes of a run: the token that their resumption answers, kept under run and node. */
import { createHash } from 'node:crypto';
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

/** Stands for the node where the run itself is suspended: its token alone tells one such place from another. */
export function heldNode(token: string): string {
  return `%run/${createHash('sha256').update(token).digest('hex').slice(0, 32)}`;
}

export interface Suspensions {
  park(suspension: Suspension): Promise<void>;
  list(run: string): Promise<readonly Suspension[]>;
  /** Puts another `task` in its place; false when it is gone. */
  change(run: string, node: string, task: JsonValue): Promise<boolean>;
  /** Takes a suspension away; false when it was gone already. */
  take(run: string, node: string): Promise<boolean>;
}

export function memorySuspensions(): Suspensions {
  const parked = new Map<string, Suspension>();
  const keyOf = (run: string, node: string) => JSON.stringify([run, node]);
  return {
    park: async (suspension) => void parked.set(keyOf(suspension.run, suspension.node), suspension),
    list: async (run) => [...parked.values()].filter((one) => one.run === run),
    change: async (run, node, task) => {
      const known = parked.get(keyOf(run, node));
      if (known !== undefined) parked.set(keyOf(run, node), { ...known, task });
      return known !== undefined;
    },
    take: async (run, node) => parked.delete(keyOf(run, node)),
  };
}
