/** Finds out where steps lead: the first state of a list, and what a label stands for. */
import type { Step } from '../3-lower/plan.ts';

/** Label → the name of the state it stands for, undefined for the end of the block. */
export type Labels = ReadonlyMap<string, () => string | undefined>;

/** The labels of a block, those inside choices included; branches and processors are blocks of their own. */
export function labelsOf(steps: readonly Step[]): Labels {
  const labels = new Map<string, () => string | undefined>();
  const walk = (list: readonly Step[], continuation: () => string | undefined): void => {
    list.forEach((step, at) => {
      const after = () => entryAfter(list, at + 1, continuation, labels);
      if (step.kind === 'label') labels.set(step.label, after);
      if (step.kind !== 'choice') return;
      for (const way of [...step.rules, step.otherwise]) walk(way.steps ?? [], after);
    });
  };
  walk(steps, () => undefined);
  return labels;
}

/** The name of the first state from index `at` on; `continuation` follows the list's end. */
export function entryOf(
  steps: readonly Step[],
  at: number,
  continuation: string | undefined,
  labels: Labels,
): string | undefined {
  return entryAfter(steps, at, () => continuation, labels);
}

function entryAfter(
  steps: readonly Step[],
  at: number,
  continuation: () => string | undefined,
  labels: Labels,
): string | undefined {
  for (let index = at; index < steps.length; index += 1) {
    const step = steps[index] as Step;
    if (step.kind === 'goto') return labels.get(step.label)?.();
    if (step.kind !== 'label') return step.name;
  }
  return continuation();
}
