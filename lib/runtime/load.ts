/** Checks a definition and makes it ready to run. */

import { checkStateMachine, hasErrors } from '../asl/check.ts';
import type { Finding } from '../asl/finding.ts';
import type { JsonValue } from '../asl/json.ts';
import { createExpressionCache } from '../asl/jsonata.ts';
import type { StateMachine } from '../asl/state-machine.ts';
import { type LoadedMachine, prepareBlock } from './prepared.ts';

export type LoadResult =
  | { readonly ok: true; readonly machine: LoadedMachine; readonly warnings: readonly Finding[] }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** Expressions are compiled once, for the check and for all runs of the machine. */
export function loadMachine(definition: StateMachine | JsonValue): LoadResult {
  const cache = createExpressionCache();
  const findings = checkStateMachine(definition, cache);
  if (hasErrors(findings)) return { ok: false, findings };
  const checked = definition as StateMachine;
  return {
    ok: true,
    machine: { definition: checked, block: prepareBlock(checked, cache) },
    warnings: findings,
  };
}
