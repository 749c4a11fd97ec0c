/** Checks conditions of resource templates against measured outcomes. */
import { resourceOutcome } from '../../../lib/expression/go/kubernetes/resource-condition.ts';

interface Vector {
  readonly successCondition?: string;
  readonly failureCondition?: string;
  readonly object: string;
  readonly outcome: string;
}

/** Undefined if the outcome is the measured one, else what differs. */
export function check(vector: unknown): string | undefined {
  const { object, outcome, ...conditions } = vector as Vector;
  const found = resourceOutcome(conditions, object);
  if (found.kind === outcome) return undefined;
  return `expected ${outcome}, found ${JSON.stringify(found)}`;
}
